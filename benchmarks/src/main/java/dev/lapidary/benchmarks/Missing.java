package dev.lapidary.benchmarks;

/// Something the run needs is not there; the message says what to do. Exit code 2.
final class Missing extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Missing(String message) {
    super(message);
  }
}
