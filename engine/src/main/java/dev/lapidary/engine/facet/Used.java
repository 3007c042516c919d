package dev.lapidary.engine.facet;

import dev.lapidary.engine.storage.Usage;

/// What was used, of all that is counted.
///
/// @param fuel units burnt, by the guest and by the host for it
/// @param cpuNanos CPU time of the turns
/// @param wallNanos from each turn's begin until its writes were durable, waiting included
/// @param rowsRead see [Usage]
/// @param rowsWritten see [Usage]
/// @param subRequests requests and calls made to others
/// @param messages WebSocket messages sent
/// @param bytesIn bodies, arguments and answers received; of streams what was read
/// @param bytesOut bodies and results answered; of streams what was produced. A stream that is only
///     handed on counts for nobody but its maker
/// @param logBytes text logged, in UTF-16 units
public record Used(
    long fuel,
    long cpuNanos,
    long wallNanos,
    long rowsRead,
    long rowsWritten,
    long subRequests,
    long messages,
    long bytesIn,
    long bytesOut,
    long logBytes) {
  public static final Used NOTHING = new Used(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /// One turn's use of the processor and of the database.
  static Used ofTurn(long fuel, long cpuNanos, long wallNanos, Usage rows) {
    return new Used(fuel, cpuNanos, wallNanos, rows.rowsRead(), rows.rowsWritten(), 0, 0, 0, 0, 0);
  }

  static Used ofSubRequest() {
    return new Used(0, 0, 0, 0, 0, 1, 0, 0, 0, 0);
  }

  static Used ofMessage() {
    return new Used(0, 0, 0, 0, 0, 0, 1, 0, 0, 0);
  }

  static Used ofBytesIn(long bytes) {
    return new Used(0, 0, 0, 0, 0, 0, 0, bytes, 0, 0);
  }

  static Used ofBytesOut(long bytes) {
    return new Used(0, 0, 0, 0, 0, 0, 0, 0, bytes, 0);
  }

  static Used ofLog(long units) {
    return new Used(0, 0, 0, 0, 0, 0, 0, 0, 0, units);
  }

  public Used plus(Used more) {
    return new Used(
        fuel + more.fuel,
        cpuNanos + more.cpuNanos,
        wallNanos + more.wallNanos,
        rowsRead + more.rowsRead,
        rowsWritten + more.rowsWritten,
        subRequests + more.subRequests,
        messages + more.messages,
        bytesIn + more.bytesIn,
        bytesOut + more.bytesOut,
        logBytes + more.logBytes);
  }

  Used minus(Used less) {
    return new Used(
        fuel - less.fuel,
        cpuNanos - less.cpuNanos,
        wallNanos - less.wallNanos,
        rowsRead - less.rowsRead,
        rowsWritten - less.rowsWritten,
        subRequests - less.subRequests,
        messages - less.messages,
        bytesIn - less.bytesIn,
        bytesOut - less.bytesOut,
        logBytes - less.logBytes);
  }
}
