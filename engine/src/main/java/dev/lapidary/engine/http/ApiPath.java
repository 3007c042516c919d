package dev.lapidary.engine.http;

import java.util.Optional;

/// What of a facet the API was asked for: `/_api/objects/{object}/facets/{facet}` is the facet
/// itself, `/{what}` may follow.
///
/// @param object the object's name, percent-decoded
/// @param facet the facet's name, percent-decoded
/// @param what empty for the facet itself
record ApiPath(String object, String facet, String what) {

  /// Reads a request target as it came: the router decodes paths and resolves dots in them.
  ///
  /// @return empty where the target is another
  /// @throws BadRequest where a name is not UTF-8 in percent-encoding
  static Optional<ApiPath> of(String target) {
    String[] parts = target.split("\\?", 2)[0].split("/", -1);
    boolean fits =
        (parts.length == 6 || (parts.length == 7 && !parts[6].isEmpty()))
            && parts[0].isEmpty()
            && parts[1].equals("_api")
            && parts[2].equals("objects")
            && parts[4].equals("facets");
    return fits
        ? FacetPath.path(parts[3], parts[5])
            .map(
                path -> new ApiPath(path.object(), path.facet(), parts.length == 7 ? parts[6] : ""))
        : Optional.empty();
  }

  boolean is(String which) {
    return what.equals(which);
  }
}
