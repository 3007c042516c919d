package dev.lapidary.engine.facet;

/// What a facet uses and a [Quota] can bound.
public enum Resource {
  /// Requests, calls and alarms that begin.
  EVENTS("events"),
  /// Units of fuel, starts of instances included.
  FUEL("units of fuel"),
  ROWS_READ("rows read"),
  ROWS_WRITTEN("rows written"),
  /// Calls and requests to others.
  SUB_REQUESTS("subrequests"),
  /// What is logged, in UTF-16 units.
  LOG_BYTES("bytes of logs");

  private final String unit;

  Resource(String unit) {
    this.unit = unit;
  }

  @Override
  public String toString() {
    return unit;
  }
}
