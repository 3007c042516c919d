package dev.lapidary.engine.worker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The compatibility flags that workerd knows, and what they do here: the platform behaves as at
/// [#NEWEST_BEHAVIOUR] whatever is said, so a flag that asks for something else has no effect.
public final class CompatibilityFlags {
  /// The date whose behaviour the platform has.
  public static final String NEWEST_BEHAVIOUR = "2026-08-01";

  /// The newest date that there is a behaviour of.
  public static final String NEWEST_DATE = "2026-11-24";

  /// Those that something depends on, or whose features are always there.
  private static final Set<String> HONOURED =
      Set.of(
          "js_rpc",
          "nodejs_compat",
          "nodejs_compat_v2",
          "nodejs_als",
          "durable_object_alarms",
          "enable_request_signal",
          "request_signal_passthrough",
          "websocket_standard_binary_type",
          "no_websocket_standard_binary_type");

  private static final Map<String, Flag> KNOWN = read();

  private CompatibilityFlags() {}

  private record Flag(
      String enable, @Nullable String disable, boolean isDefault, boolean isExperimental) {
    /// Whether a name of this flag asks for what is so anyway.
    boolean isSo(String name) {
      return HONOURED.contains(name) || name.equals(enable) == isDefault;
    }
  }

  /// Why loaded code cannot have these flags, in workerd's words; null where it can.
  static @Nullable String refusal(List<String> flags) {
    String wrong = problem(flags);
    if (wrong != null) {
      return wrong;
    }
    for (String flag : flags) {
      Flag known = KNOWN.get(flag);
      if (known != null
          && known.isExperimental
          && flag.equals(known.enable)
          && !HONOURED.contains(flag)) {
        return "The compatibility flag "
            + flag
            + " is experimental and may break or be removed in a future version of workerd. To use"
            + " this flag, you must pass --experimental on the command line.";
      }
    }
    return null;
  }

  /// What is wrong with a list of flags, in workerd's words; null where nothing is.
  public static @Nullable String problem(List<String> flags) {
    Set<String> given = new HashSet<>();
    for (String flag : flags) {
      if (!given.add(flag)) {
        return "Compatibility flag specified multiple times: " + flag;
      }
    }
    for (String flag : flags) {
      Flag known = KNOWN.get(flag);
      if (known != null && given.contains(known.enable) && given.contains(known.disable)) {
        return "Compatibility flags are mutually contradictory: "
            + known.enable
            + " vs "
            + known.disable;
      }
    }
    return flags.stream()
        .filter(flag -> !KNOWN.containsKey(flag))
        .findFirst()
        .map(flag -> "No such compatibility flag: " + flag)
        .orElse(null);
  }

  /// The flags of these that are known and change nothing here, though they would elsewhere.
  public static List<String> withoutEffect(List<String> flags) {
    return flags.stream()
        .filter(
            flag -> {
              Flag known = KNOWN.get(flag);
              return known != null && !known.isSo(flag);
            })
        .toList();
  }

  private static Map<String, Flag> read() {
    List<Flag> flags = new ArrayList<>();
    try (InputStream in =
            Objects.requireNonNull(
                CompatibilityFlags.class.getResourceAsStream("compatibility-flags.tsv"));
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          String[] fields = line.split("\t", -1);
          flags.add(
              new Flag(
                  fields[0],
                  fields[1].equals("-") ? null : fields[1],
                  fields[2].equals("on"),
                  fields[3].equals("experimental")));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, Flag> byName = new LinkedHashMap<>();
    for (Flag flag : flags) {
      byName.put(flag.enable, flag);
      if (flag.disable != null) {
        byName.put(flag.disable, flag);
      }
    }
    return byName;
  }
}
