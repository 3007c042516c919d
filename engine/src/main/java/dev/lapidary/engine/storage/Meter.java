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

  Usage usage() {
    return new Usage(read, written);
  }

  Usage take() {
    Usage usage = usage();
    read = 0;
    written = 0;
    return usage;
  }
}
