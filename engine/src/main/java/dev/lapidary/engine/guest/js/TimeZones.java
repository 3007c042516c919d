package dev.lapidary.engine.guest.js;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// IANA time zones, as the JDK knows them. Names are compared without regard to case. Thread-safe.
final class TimeZones {
  private static final double MAX_MILLIS = 8.64e15;
  private static final Map<String, ZoneId> ZONES =
      ZoneId.getAvailableZoneIds().stream()
          .filter(name -> name.indexOf('/') > 0 || name.equals("UTC") || name.equals("GMT"))
          .filter(name -> !name.startsWith("SystemV/"))
          .collect(Collectors.toUnmodifiableMap(TimeZones::key, ZoneId::of, (a, b) -> a));

  private TimeZones() {}

  /// Seconds that the zone is ahead of UTC at a moment; NaN for an unknown zone or moment.
  static double offsetSeconds(String zone, double epochMillis) {
    ZoneId known = ZONES.get(key(zone));
    if (known == null || !(Math.abs(epochMillis) <= MAX_MILLIS)) {
      return Double.NaN;
    }
    ZoneOffset offset = known.getRules().getOffset(Instant.ofEpochMilli((long) epochMillis));
    return offset.getTotalSeconds();
  }

  private static String key(String zone) {
    return zone.toLowerCase(Locale.ROOT);
  }
}
