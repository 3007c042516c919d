package dev.lapidary.engine.alarm;

import java.util.ArrayList;
import java.util.List;

/// A facet's path as one text: names joined by `/`, with `/` and `\\` in a name escaped by `\\`.
final class FacetPath {
  private FacetPath() {}

  static String text(List<String> path) {
    StringBuilder text = new StringBuilder();
    for (String name : path) {
      if (!text.isEmpty()) {
        text.append('/');
      }
      text.append(name.replace("\\", "\\\\").replace("/", "\\/"));
    }
    return text.toString();
  }

  /// Empty for the empty text: facets' names are not empty.
  static List<String> parse(String text) {
    List<String> path = new ArrayList<>();
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '/') {
        path.add(name.toString());
        name.setLength(0);
      } else {
        name.append(c == '\\' && i + 1 < text.length() ? text.charAt(++i) : c);
      }
    }
    if (!name.isEmpty()) {
      path.add(name.toString());
    }
    return path;
  }
}
