package dev.lapidary.engine.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Which facet a request's path leads to: `/{object}/{facet}` and whatever follows.
///
/// @param object the object's name, percent-decoded
/// @param facet the facet's name, percent-decoded
record FacetPath(String object, String facet) {

  /// Reads a request target as it came, undecoded.
  ///
  /// @return empty where the target has no two segments
  /// @throws BadRequest where a segment is not UTF-8 in percent-encoding
  static Optional<FacetPath> of(String target) {
    int end = indexOrEnd(target, '?', 0);
    if (!target.startsWith("/")) {
      return Optional.empty();
    }
    int slash = target.indexOf('/', 1);
    if (slash < 0 || slash >= end) {
      return Optional.empty();
    }
    return path(
        target.substring(1, slash),
        target.substring(slash + 1, Math.min(indexOrEnd(target, '/', slash + 1), end)));
  }

  /// The facet of two segments, as they stand in a target.
  ///
  /// @return empty where one has no character
  /// @throws BadRequest where a segment is not UTF-8 in percent-encoding
  static Optional<FacetPath> path(String rawObject, String rawFacet) {
    String object = decode(rawObject);
    String facet = decode(rawFacet);
    return object.isEmpty() || facet.isEmpty()
        ? Optional.empty()
        : Optional.of(new FacetPath(object, facet));
  }

  private static int indexOrEnd(String text, char c, int from) {
    int index = text.indexOf(c, from);
    return index < 0 ? text.length() : index;
  }

  static String decode(String segment) {
    String decoded;
    try {
      decoded = URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new BadRequest("The path's percent-encoding is malformed.");
    }
    if (decoded.indexOf('\uFFFD') >= 0) {
      throw new BadRequest("The path is not UTF-8 in percent-encoding.");
    }
    return decoded;
  }
}
