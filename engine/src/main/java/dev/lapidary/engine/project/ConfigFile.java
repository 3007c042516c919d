package dev.lapidary.engine.project;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// A configuration file: its values, and on which line each key stands. Immutable.
///
/// @param name the file's name
/// @param root its values
/// @param lines line numbers from 1, by the key's JSON Pointer; in TOML only of what can be told
/// @param beside other configuration files in the folder, which nobody reads
record ConfigFile(String name, ObjectNode root, Map<String, Integer> lines, List<String> beside) {
  private static final List<String> NAMES =
      List.of("wrangler.json", "wrangler.jsonc", "wrangler.toml");
  private static final long MAX_BYTES = 1 << 20;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
          .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();
  private static final TomlMapper TOML = new TomlMapper();

  /// Reads the folder's `wrangler.json`, `wrangler.jsonc` or `wrangler.toml`, the first there is.
  static ConfigFile read(Path folder) throws InvalidProject {
    List<String> found =
        NAMES.stream().filter(name -> Files.isRegularFile(folder.resolve(name))).toList();
    if (found.isEmpty()) {
      throw new InvalidProject(
          "There is no wrangler.jsonc, wrangler.json or wrangler.toml in the project's folder.");
    }
    String name = found.getFirst();
    String text = text(folder.resolve(name), name);
    return name.endsWith(".toml")
        ? toml(name, text, found.subList(1, found.size()))
        : json(name, text, found.subList(1, found.size()));
  }

  private static String text(Path file, String name) throws InvalidProject {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new InvalidProject(name + " is larger than 1 MiB.");
      }
      String text = Files.readString(file, StandardCharsets.UTF_8);
      return text.startsWith("\ufeff") ? text.substring(1) : text;
    } catch (IOException e) {
      throw new InvalidProject(name + " cannot be read, or is not UTF-8.");
    }
  }

  private static ConfigFile json(String name, String text, List<String> beside)
      throws InvalidProject {
    try {
      JsonNode root = JSON.readTree(text);
      return new ConfigFile(name, object(name, root), jsonLines(text), beside);
    } catch (JsonProcessingException e) {
      throw malformed(name, "JSON", e);
    } catch (IOException e) {
      throw new InvalidProject(name + " cannot be read.");
    }
  }

  private static ConfigFile toml(String name, String text, List<String> beside)
      throws InvalidProject {
    try {
      ObjectNode root = object(name, TOML.readTree(text));
      return new ConfigFile(name, root, tomlLines(text), beside);
    } catch (JsonProcessingException e) {
      throw malformed(name, "TOML", e);
    }
  }

  private static ObjectNode object(String name, JsonNode root) throws InvalidProject {
    if (root instanceof ObjectNode object) {
      return object;
    }
    throw new InvalidProject(name + " must hold an object.");
  }

  private static InvalidProject malformed(String name, String language, JsonProcessingException e) {
    var at = e.getLocation();
    String place = at == null ? "" : ":" + at.getLineNr() + ":" + at.getColumnNr();
    String what = e.getOriginalMessage().lines().findFirst().orElse("");
    return new InvalidProject(name + place + ": this is not " + language + ": " + what);
  }

  private static Map<String, Integer> jsonLines(String text) throws IOException {
    Map<String, Integer> lines = new HashMap<>();
    try (JsonParser parser = JSON.createParser(text)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        String at = parser.getParsingContext().pathAsPointer().toString();
        lines.putIfAbsent(at, parser.currentTokenLocation().getLineNr());
      }
    }
    return lines;
  }

  /// The parser tells no lines. A key that stands at the begin of one line only is on that line.
  private static Map<String, Integer> tomlLines(String text) {
    Pattern key = Pattern.compile("\\s*\\[{0,2}\\s*(?:[\\w.-]+\\.)?\"?([\\w$-]+)\"?\\s*(?:=|]).*");
    Map<String, Integer> lines = new HashMap<>();
    List<String> all = text.lines().toList();
    for (int i = 0; i < all.size(); i++) {
      var match = key.matcher(all.get(i));
      if (match.matches()) {
        lines.merge(match.group(1), i + 1, (first, second) -> 0);
      }
    }
    return lines;
  }

  /// Names a place as `file:line`, by the key or else what it is in; as the file alone where no
  /// line is known.
  String place(String pointer) {
    for (String at = pointer; !at.isEmpty(); at = at.substring(0, at.lastIndexOf('/'))) {
      String key = name.endsWith(".toml") ? at.substring(at.lastIndexOf('/') + 1) : at;
      int line = lines.getOrDefault(key, 0);
      if (line > 0) {
        return name + ":" + line;
      }
    }
    return name;
  }
}
