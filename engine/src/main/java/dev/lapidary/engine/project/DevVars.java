package dev.lapidary.engine.project;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Secrets for development, `KEY=value` a line: the file `.dev.vars.<environment>` if there is one,
/// else `.dev.vars`. They take the place of vars of the same names.
final class DevVars {
  static final String NAME = ".dev.vars";

  /// A key, then a value in single, double or backward quotes, which may go over lines, or a bare
  /// one to the end of the line.
  private static final Pattern ENTRY =
      Pattern.compile(
          "\\s*(?:export\\s+)?([\\w.-]+)\\s*=[ \\t]*"
              + "(?:'([^']*)'|\"((?:\\\\.|[^\"\\\\])*)\"|`([^`]*)`|([^\\n]*))"
              + "[ \\t]*(?:#[^\\n]*)?(?:\\n|\\z)");

  private static final Pattern BLANK = Pattern.compile("[ \\t]*(?:#[^\\n]*)?(?:\\n|\\z)");

  private DevVars() {}

  /// Reads the secrets of an environment.
  ///
  /// @return the secrets by name, in the file's order; none without a file
  static Map<String, String> read(Path folder, @Nullable String environment) throws InvalidProject {
    String name = environment == null ? NAME : NAME + "." + environment;
    name = Files.isRegularFile(folder.resolve(name)) ? name : NAME;
    try {
      return Files.isRegularFile(folder.resolve(name))
          ? parse(name, Files.readString(folder.resolve(name)).replace("\r\n", "\n"))
          : Map.of();
    } catch (IOException e) {
      throw new InvalidProject(name + " cannot be read, or is not UTF-8.");
    }
  }

  static Map<String, String> parse(String name, String text) throws InvalidProject {
    Map<String, String> secrets = new LinkedHashMap<>();
    Matcher entry = ENTRY.matcher(text);
    Matcher blank = BLANK.matcher(text);
    int at = 0;
    while (at < text.length()) {
      if (blank.region(at, text.length()).lookingAt()) {
        at = blank.end();
      } else if (entry.region(at, text.length()).lookingAt()) {
        secrets.put(entry.group(1), value(entry));
        at = entry.end();
      } else {
        long line = text.substring(0, at).chars().filter(c -> c == '\n').count() + 1;
        throw new InvalidProject(
            name + ":" + line + ": write KEY=value, KEY=\"value\" or # comment.");
      }
    }
    return secrets;
  }

  private static String value(Matcher entry) {
    if (entry.group(3) != null) {
      return entry.group(3).replace("\\n", "\n").replace("\\r", "\r").replace("\\\"", "\"");
    }
    String quoted = entry.group(2) != null ? entry.group(2) : entry.group(4);
    if (quoted != null) {
      return quoted;
    }
    return String.valueOf(entry.group(5)).replaceFirst("(^|\\s)#.*", "").strip();
  }
}
