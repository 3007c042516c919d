package dev.lapidary.engine.http;

import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/// The target `/_api/objects/{object}/facets/{facet}/{what}`, read as it came: the router decodes
/// paths and resolves dots in them.
record StoragePath(String object, String facet, String what) {

  /// @return empty where the target is another
  /// @throws BadRequest where a name is not UTF-8 in percent-encoding
  static Optional<StoragePath> of(RoutingContext context) {
    String[] parts = context.request().uri().split("\\?", 2)[0].split("/", -1);
    boolean fits =
        parts.length == 7
            && parts[0].isEmpty()
            && parts[1].equals("_api")
            && parts[2].equals("objects")
            && parts[4].equals("facets");
    return fits
        ? FacetPath.of("/" + parts[3] + "/" + parts[5])
            .map(path -> new StoragePath(path.object(), path.facet(), parts[6]))
        : Optional.empty();
  }

  boolean is(String which) {
    return what.equals(which);
  }
}
