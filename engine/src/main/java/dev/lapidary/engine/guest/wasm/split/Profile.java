package dev.lapidary.engine.guest.wasm.split;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// How often each straight run of large functions ran in a training workload. A function is found
/// by the fingerprint of its code, so a profile fits whatever module its code is linked into, and
/// never code that changed.
///
/// As text, a line a function: fingerprint, then counts of two significant digits in the order of
/// [Runs]; `zN` stands for N zeros. Lines starting with `#` are comments.
public final class Profile {
  /// No counts at all.
  public static final Profile NONE = new Profile(Map.of());

  private static final String QUICKJS = "quickjs.profile";

  private final Map<String, long[]> counts;

  Profile(Map<String, long[]> counts) {
    this.counts = new TreeMap<>(counts);
  }

  /// The JavaScript engine's, as `Training` made it.
  public static Profile quickJs() {
    try (var in = requireNonNull(Profile.class.getResourceAsStream(QUICKJS), QUICKJS)) {
      return parse(new String(in.readAllBytes(), UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(QUICKJS, e);
    }
  }

  static Profile parse(String text) {
    Map<String, long[]> all = new HashMap<>();
    text.lines()
        .filter(line -> !line.startsWith("#") && !line.isBlank())
        .forEach(
            line -> {
              List<String> words = List.of(line.split(" ", -1));
              all.put(words.getFirst(), parse(words.subList(1, words.size())));
            });
    return new Profile(all);
  }

  private static long[] parse(List<String> words) {
    List<Long> counts = new ArrayList<>();
    for (String word : words) {
      if (word.startsWith("z")) {
        for (int i = Integer.parseInt(word.substring(1)); i > 0; i--) {
          counts.add(0L);
        }
      } else {
        counts.add(Long.parseLong(word));
      }
    }
    return counts.stream().mapToLong(c -> c).toArray();
  }

  String format() {
    return counts.entrySet().stream()
        .map(entry -> entry.getKey() + format(entry.getValue()) + "\n")
        .collect(Collectors.joining());
  }

  private static String format(long[] counts) {
    StringBuilder out = new StringBuilder();
    int zeros = 0;
    for (long count : counts) {
      if (count == 0) {
        zeros++;
        continue;
      }
      out.append(zeros > 0 ? " z" + zeros : "").append(' ').append(rounded(count));
      zeros = 0;
    }
    return out.append(zeros > 0 ? " z" + zeros : "").toString();
  }

  private static long rounded(long count) {
    long unit = 1;
    while (count / unit >= 100) {
      unit *= 10;
    }
    return count / unit * unit;
  }

  /// The counts for a function, or null where the profile knows no such code.
  long @Nullable [] counts(Runs runs) {
    long[] known = counts.get(runs.fingerprint());
    return known == null || known.length != runs.all().size() ? null : known;
  }
}
