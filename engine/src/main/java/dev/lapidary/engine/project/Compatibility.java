package dev.lapidary.engine.project;

import dev.lapidary.engine.worker.CompatibilityFlags;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/// The date and the flags that a project is to be compatible with.
final class Compatibility {
  /// For projects that name none.
  private static final String DEFAULT_DATE = CompatibilityFlags.NEWEST_BEHAVIOUR;

  private Compatibility() {}

  static String date(Section config, ConfigProblems problems) {
    String date = config.string("compatibility_date");
    if (date == null) {
      problems.warn("", "'compatibility_date' is missing; " + DEFAULT_DATE + " is used");
      return DEFAULT_DATE;
    }
    try {
      String parsed = LocalDate.parse(date).toString();
      String today = LocalDate.now(ZoneOffset.UTC).toString();
      if (parsed.compareTo(CompatibilityFlags.NEWEST_DATE) > 0) {
        config.error(
            "compatibility_date",
            "requires a newer runtime: the newest date supported is "
                + CompatibilityFlags.NEWEST_DATE);
      } else if (parsed.compareTo(today) > 0) {
        config.error("compatibility_date", "is in the future: today is " + today + " (UTC)");
      }
      return parsed;
    } catch (DateTimeException e) {
      config.error("compatibility_date", "must be a date such as 2026-08-01, not '" + date + "'");
      return DEFAULT_DATE;
    }
  }

  static List<String> flags(Section config) {
    List<String> flags = config.strings("compatibility_flags");
    String problem = CompatibilityFlags.problem(flags);
    if (problem != null) {
      config.error("compatibility_flags", "is refused: " + problem);
    }
    List<String> idle = CompatibilityFlags.withoutEffect(flags);
    if (!idle.isEmpty()) {
      config.warn("compatibility_flags", "has no effect here: " + String.join(", ", idle));
    }
    return flags;
  }
}
