package dev.lapidary.engine.storage;

/// Counts rows between two calls of [#take()].
final class Meter {
  private long read;
  private long written;

  void read(long rows) {
    read += rows;
  }

  void wrote(long rows) {
    written += rows;
  }

  Usage take() {
    Usage usage = new Usage(read, written);
    read = 0;
    written = 0;
    return usage;
  }
}
