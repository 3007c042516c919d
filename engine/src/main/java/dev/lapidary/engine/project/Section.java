package dev.lapidary.engine.project;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// An object of the configuration, read key by key. A value of the wrong type is an error and reads
/// as if it were absent; [#end] reports the keys that nobody asked for. Not thread-safe.
final class Section {
  private final ConfigProblems problems;
  private final String pointer;
  private final ObjectNode values;
  private final Set<String> asked = new HashSet<>();
  private final Map<String, String> places = new HashMap<>();

  Section(ConfigProblems problems, String pointer, ObjectNode values) {
    this.problems = problems;
    this.pointer = pointer;
    this.values = values;
  }

  /// The JSON Pointer of a key.
  String at(String key) {
    return pointer + "/" + key.replace("~", "~0").replace("/", "~1");
  }

  /// Where a key's value was written: below `env` where an environment gave it.
  String pointerOf(String key) {
    return places.getOrDefault(key, at(key));
  }

  /// This section with the keys of another over its own.
  ///
  /// @param own keys of this section that are left out
  Section over(Section other, Set<String> own) {
    ObjectNode merged = values.deepCopy();
    merged.remove(own);
    Section section = new Section(problems, pointer, merged);
    other.each(
        (key, value) -> {
          merged.set(key, value);
          section.places.put(key, other.at(key));
        });
    return section;
  }

  void error(String key, String what) {
    problems.error(pointerOf(key), what);
  }

  void warn(String key, String what) {
    problems.warn(pointerOf(key), what);
  }

  boolean has(String key) {
    return values.has(key);
  }

  /// Whether a key is there with a value that wants something: no empty array or object, not null,
  /// not false.
  boolean isUsed(String key) {
    JsonNode value = value(key);
    return value != null
        && !value.isNull()
        && !(value.isContainerNode() && value.isEmpty())
        && !(value.isBoolean() && !value.booleanValue());
  }

  void each(BiConsumer<String, JsonNode> action) {
    values
        .properties()
        .forEach(
            property -> {
              asked.add(property.getKey());
              action.accept(property.getKey(), property.getValue());
            });
  }

  Set<String> keys() {
    Set<String> keys = new HashSet<>();
    values.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  @Nullable JsonNode value(String key) {
    asked.add(key);
    return values.get(key);
  }

  @Nullable String string(String key) {
    JsonNode value = value(key);
    if (value != null && !value.isTextual()) {
      wrong(key, "a string", value);
      return null;
    }
    return value == null ? null : value.textValue();
  }

  /// A string that must be there and not be empty.
  @Nullable String requiredString(String key) {
    if (value(key) == null) {
      problems.error(pointer, "'" + key + "' is missing");
      return null;
    }
    String value = string(key);
    if (value != null && value.isBlank()) {
      error(key, "must not be empty");
      return null;
    }
    return value;
  }

  @Nullable Boolean flag(String key) {
    JsonNode value = value(key);
    if (value != null && !value.isBoolean()) {
      wrong(key, "true or false", value);
      return null;
    }
    return value == null ? null : value.booleanValue();
  }

  /// A whole number from 1.
  @Nullable Integer positive(String key) {
    JsonNode value = value(key);
    if (value != null
        && (!value.canConvertToInt() || !value.isIntegralNumber() || value.intValue() < 1)) {
      wrong(key, "a whole number from 1", value);
      return null;
    }
    return value == null ? null : value.intValue();
  }

  List<String> strings(String key) {
    List<String> strings = new ArrayList<>();
    elements(
        key,
        "strings",
        (at, element) -> {
          if (element.isTextual()) {
            strings.add(element.textValue());
          } else {
            problems.wrong(at, "a string", element);
          }
        });
    return strings;
  }

  List<Section> sections(String key) {
    List<Section> sections = new ArrayList<>();
    elements(
        key,
        "objects",
        (at, element) -> {
          if (element instanceof ObjectNode object) {
            sections.add(new Section(problems, at, object));
          } else {
            problems.wrong(at, "an object", element);
          }
        });
    return sections;
  }

  private void elements(String key, String what, BiConsumer<String, JsonNode> each) {
    JsonNode value = value(key);
    if (value == null) {
      return;
    }
    if (!value.isArray()) {
      wrong(key, "an array of " + what, value);
      return;
    }
    for (int i = 0; i < value.size(); i++) {
      each.accept(pointerOf(key) + "/" + i, value.get(i));
    }
  }

  @Nullable Section section(String key) {
    JsonNode value = value(key);
    if (value == null) {
      return null;
    }
    if (value instanceof ObjectNode object) {
      return new Section(problems, pointerOf(key), object);
    }
    wrong(key, "an object", value);
    return null;
  }

  /// An object whose values are strings.
  Map<String, String> stringMap(String key) {
    Map<String, String> map = new LinkedHashMap<>();
    Section section = section(key);
    if (section != null) {
      section
          .values
          .fieldNames()
          .forEachRemaining(
              name -> {
                String value = section.string(name);
                if (value != null) {
                  map.put(name, value);
                }
              });
    }
    return map;
  }

  private void wrong(String key, String expected, JsonNode value) {
    problems.wrong(pointerOf(key), expected, value);
  }

  /// Reports every key that was not asked for: a mistake in the name, most often.
  void end() {
    values
        .fieldNames()
        .forEachRemaining(
            key -> {
              if (!asked.contains(key)) {
                warn(key, "is a key that Lapidary does not know; it has no effect");
              }
            });
  }
}
