package dev.lapidary.engine.project;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where the places of a bundled module come from (source map, version 3). Immutable.
public final class SourceMap {
  /// A map that knows no place.
  public static final SourceMap NONE = new SourceMap(List.of());

  private static final String DIGITS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  /// For each line from 0: places by column from 0.
  private final List<NavigableMap<Integer, Place>> lines;

  private SourceMap(List<NavigableMap<Integer, Place>> lines) {
    this.lines = lines;
  }

  /// A place in a source.
  ///
  /// @param line from 1
  /// @param column from 1
  public record Place(String source, int line, int column) {}

  /// Reads a map; [#NONE] where the text is none.
  public static SourceMap parse(String json) {
    JsonNode map;
    try {
      map = new JsonMapper().readTree(json);
    } catch (JsonProcessingException e) {
      return NONE;
    }
    List<String> sources = new ArrayList<>();
    map.path("sources").forEach(source -> sources.add(source.asText()));
    try {
      return new SourceMap(decode(map.path("mappings").asText(), sources));
    } catch (IndexOutOfBoundsException e) {
      return NONE;
    }
  }

  private static List<NavigableMap<Integer, Place>> decode(String mappings, List<String> sources) {
    List<NavigableMap<Integer, Place>> lines = new ArrayList<>();
    int[] state = new int[4]; // column, source, source line, source column
    for (String line : mappings.split(";", -1)) {
      NavigableMap<Integer, Place> places = new TreeMap<>();
      state[0] = 0;
      for (String segment : line.split(",", -1)) {
        List<Integer> deltas = numbers(segment);
        for (int i = 0; i < Math.min(4, deltas.size()); i++) {
          state[i] += deltas.get(i);
        }
        if (deltas.size() >= 4) {
          places.put(state[0], new Place(sources.get(state[1]), state[2] + 1, state[3] + 1));
        }
      }
      lines.add(places);
    }
    return lines;
  }

  /// Numbers in base 64, five bits a digit, the lowest first; the lowest bit of all is the sign.
  private static List<Integer> numbers(String segment) {
    List<Integer> numbers = new ArrayList<>();
    int value = 0;
    int shift = 0;
    for (int i = 0; i < segment.length(); i++) {
      int digit = DIGITS.indexOf(segment.charAt(i));
      value |= (digit & 31) << shift;
      shift += 5;
      if ((digit & 32) == 0) {
        numbers.add((value & 1) == 0 ? value >> 1 : -(value >> 1));
        value = 0;
        shift = 0;
      }
    }
    return numbers;
  }

  /// The source of a place in the module.
  ///
  /// @param line from 1
  /// @param column from 1
  public @Nullable Place source(int line, int column) {
    if (line < 1 || line > lines.size()) {
      return null;
    }
    Map.Entry<Integer, Place> entry = lines.get(line - 1).floorEntry(column - 1);
    return entry == null ? null : entry.getValue();
  }

  /// A text with every `module:line:column` in it replaced by the place in the source.
  public String map(String module, String text) {
    if (lines.isEmpty() || !text.contains(module + ":")) {
      return text;
    }
    return Pattern.compile("(?<![\\w./-])" + Pattern.quote(module) + ":(\\d{1,9})(?::(\\d{1,9}))?")
        .matcher(text)
        .replaceAll(match -> Matcher.quoteReplacement(mapped(match)));
  }

  private String mapped(MatchResult match) {
    int column = match.group(2) == null ? Integer.MAX_VALUE : Integer.parseInt(match.group(2));
    Place place = source(Integer.parseInt(match.group(1)), column);
    if (place == null) {
      return match.group();
    }
    String source = place.source() + ":" + place.line();
    return match.group(2) == null ? source : source + ":" + place.column();
  }
}
