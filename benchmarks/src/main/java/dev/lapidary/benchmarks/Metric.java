package dev.lapidary.benchmarks;

/// A column of a table of results: one for each side.
///
/// @param title with the unit
/// @param decimals shown
/// @param use whether a side's value is also divided by the peer's
record Metric(String title, int decimals, Use use) {
  enum Use {
    SHOWN,
    COMPARED
  }

  static Metric shown(String title, int decimals) {
    return new Metric(title, decimals, Use.SHOWN);
  }

  static Metric compared(String title, int decimals) {
    return new Metric(title, decimals, Use.COMPARED);
  }
}
