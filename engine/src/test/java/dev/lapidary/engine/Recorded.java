package dev.lapidary.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;

/// What workerd answered to the programs of a folder, in `golden/`, and what is to differ here, in
/// `differences.json`, each with its reason and its result. Programs are known by `topic|program`.
final class Recorded {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, JsonNode> golden = new TreeMap<>();
  private final JsonNode differences;

  Recorded(Path home) throws IOException {
    for (Path file : files(home.resolve("golden"))) {
      String topic = file.getFileName().toString().replace(".json", "");
      for (Map.Entry<String, JsonNode> program : JSON.readTree(file.toFile()).properties()) {
        golden.put(topic + "|" + program.getKey(), program.getValue());
      }
    }
    this.differences = JSON.readTree(home.resolve("differences.json").toFile());
  }

  static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  /// Every program has a record, every record a program, and every difference both.
  void assertCover(Map<String, JsonNode> results, int atLeast) {
    assertThat(results.keySet()).isEqualTo(golden.keySet()).hasSizeGreaterThan(atLeast);
    assertThat(results.keySet())
        .containsAll(differences.properties().stream().map(Map.Entry::getKey).toList());
  }

  /// A test for each program, by topic.
  Stream<DynamicContainer> tests(Map<String, JsonNode> results) {
    Map<String, List<DynamicTest>> topics = new TreeMap<>();
    results.forEach(
        (name, result) -> {
          String[] parts = name.split("\\|", 2);
          JsonNode expected = golden.getOrDefault(name, JSON.missingNode());
          topics
              .computeIfAbsent(parts[0], topic -> new ArrayList<>())
              .add(dynamicTest(parts[1], () -> compare(result, expected, differences.get(name))));
        });
    return topics.entrySet().stream()
        .map(topic -> dynamicContainer(topic.getKey(), topic.getValue()));
  }

  private static void compare(JsonNode result, JsonNode golden, @Nullable JsonNode difference) {
    if (difference == null) {
      assertSame(result, golden, "as workerd");
      return;
    }
    String why = difference.get("why").asText();
    assertThat(why).isNotBlank();
    assertSame(result, difference.get("here"), "differs on purpose: " + why);
    assertThat(result).isNotEqualTo(golden);
  }

  /// The order of an object's keys means nothing.
  private static void assertSame(JsonNode result, JsonNode expected, String as) {
    if (!result.equals(expected)) {
      assertThat(result.toString()).as(as).isEqualTo(expected.toString());
    }
  }
}
