package dev.lapidary.benchmarks;

import java.util.List;

/// What `/proc/<pid>/stat` and `/proc/<pid>/status` say of a process.
///
/// @param cpuTicks user and system time of all its threads and of the children it has waited for
/// @param rssBytes resident memory now
record ProcStat(long cpuTicks, long rssBytes) {
  /// @param stat the one line of `/proc/<pid>/stat`; the command's name in it may hold blanks and
  ///     parentheses
  /// @param status the lines of `/proc/<pid>/status`
  static ProcStat parse(String stat, List<String> status) {
    int nameEnd = stat.lastIndexOf(')');
    if (nameEnd < 0) {
      throw new IllegalArgumentException("not a stat line: " + stat);
    }
    // Field 3 (the state) comes first after the name: utime is field 14, cstime field 17.
    String[] fields = stat.substring(nameEnd + 2).split(" ", -1);
    long ticks = 0;
    for (int field = 14; field <= 17; field++) {
      ticks += Long.parseLong(fields[field - 3]);
    }
    return new ProcStat(ticks, rss(status));
  }

  ProcStat plus(ProcStat other) {
    return new ProcStat(cpuTicks + other.cpuTicks, rssBytes + other.rssBytes);
  }

  private static long rss(List<String> status) {
    for (String line : status) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.substring(6).replace("kB", "").trim()) * 1024;
      }
    }
    return 0; // a zombie has none
  }
}
