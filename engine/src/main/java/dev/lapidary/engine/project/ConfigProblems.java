package dev.lapidary.engine.project;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/// What is wrong with a configuration, all of it, each with its place. Not thread-safe.
final class ConfigProblems {
  private final ConfigFile file;
  private final List<String> errors = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  ConfigProblems(ConfigFile file) {
    this.file = file;
  }

  void error(String pointer, String what) {
    errors.add(line(pointer, what));
  }

  void warn(String pointer, String what) {
    warnings.add(line(pointer, what));
  }

  void wrong(String pointer, String expected, JsonNode value) {
    error(pointer, "must be " + expected + ", not " + kind(value));
  }

  private String line(String pointer, String what) {
    return file.place(pointer) + ": " + path(pointer) + " " + what + ".";
  }

  private static String path(String pointer) {
    StringBuilder path = new StringBuilder();
    for (String part : pointer.split("/", -1)) {
      String key = part.replace("~1", "/").replace("~0", "~");
      if (key.matches("[0-9]+")) {
        path.append('[').append(key).append(']');
      } else if (!key.isEmpty()) {
        path.append(path.isEmpty() ? "" : ".").append(key);
      }
    }
    return path.isEmpty() ? "the configuration:" : path.toString();
  }

  private static String kind(JsonNode value) {
    return switch (value.getNodeType()) {
      case STRING -> "a string";
      case NUMBER -> value.isIntegralNumber() ? "the number " + value : "a number";
      case BOOLEAN -> value.toString();
      case NULL -> "null";
      case ARRAY -> "an array";
      default -> "an object";
    };
  }

  List<String> errors() {
    return errors;
  }

  List<String> warnings() {
    return warnings;
  }
}
