package dev.lapidary.engine.http;

import java.util.Arrays;
import java.util.Optional;

/// What of a facet the API was asked for: `/_api/objects/{object}/facets/{facet}` is the facet
/// itself, `/{what}` and `/{what}/{item}` may follow.
///
/// @param object the object's name, percent-decoded
/// @param facet the facet's name, percent-decoded
/// @param what empty for the facet itself
/// @param item what follows, percent-decoded; empty where nothing does
record ApiPath(String object, String facet, String what, String item) {

  /// Reads a request target as it came: the router decodes paths and resolves dots in them.
  ///
  /// @return empty where the target is another
  /// @throws BadRequest where a name is not UTF-8 in percent-encoding
  static Optional<ApiPath> of(String target) {
    String[] parts = target.split("\\?", 2)[0].split("/", -1);
    boolean fits =
        parts.length >= 6
            && parts.length <= 8
            && Arrays.stream(parts).skip(6).noneMatch(String::isEmpty)
            && parts[0].isEmpty()
            && parts[1].equals("_api")
            && parts[2].equals("objects")
            && parts[4].equals("facets");
    return fits
        ? FacetPath.path(parts[3], parts[5])
            .map(
                path ->
                    new ApiPath(
                        path.object(),
                        path.facet(),
                        parts.length > 6 ? parts[6] : "",
                        parts.length > 7 ? FacetPath.decode(parts[7]) : ""))
        : Optional.empty();
  }

  boolean is(String which) {
    return what.equals(which) && item.isEmpty();
  }
}
