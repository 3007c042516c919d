package dev.lapidary.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Locale;

/// What one request asks the app to do, and what a right answer looks like. Reads are compared with
/// the exact bytes expected; writes answer a number that must rise in each facet.
enum Workload {
  HELLO("GET", "/hello"),
  KV("POST", "/kv"),
  INSERT("POST", "/insert?n="),
  READ("GET", "/read?n="),
  LIST("GET", "/list?n=");

  private static final int ROWS = 1000;
  private static final int PAGE = 100;
  private static final byte[] HELLO_BODY = "hello".getBytes(US_ASCII);
  private static final byte[][] READ_BODIES = readBodies();
  private static final byte[][] LIST_BODIES = listBodies();

  private final String method;
  private final String path;

  Workload(String method, String path) {
    this.method = method;
    this.path = path;
  }

  /// As in options, tables and JSON.
  String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// `GET` or `POST`.
  String method() {
    return method;
  }

  /// What follows `/{object}/{facet}`; ends in `=` where an argument belongs.
  String path() {
    return path;
  }

  boolean takesArgument() {
    return path.endsWith("=");
  }

  /// True when each answer is a number larger than the facet's last one.
  boolean counts() {
    return this == KV || this == INSERT;
  }

  /// The argument of the `n`th request: rows and pages vary, so that no answer can be a cached one.
  long argument(long n) {
    return switch (this) {
      case READ -> 1 + Math.floorMod(n * 7, ROWS);
      case LIST -> Math.floorMod(n, ROWS / PAGE) * (long) PAGE;
      case HELLO, KV, INSERT -> n;
    };
  }

  /// The exact answer to `argument`, for the workloads that do not count.
  byte[] expected(long argument) {
    return switch (this) {
      case HELLO -> HELLO_BODY;
      case READ -> READ_BODIES[(int) argument];
      case LIST -> LIST_BODIES[(int) argument / PAGE];
      case KV, INSERT -> throw new IllegalStateException(this + " answers a count");
    };
  }

  private static String row(int n) {
    return "{\"id\":%d,\"name\":\"item-%04d\",\"score\":%d}".formatted(n, n, n * 7919 % 1000);
  }

  private static byte[][] readBodies() {
    byte[][] bodies = new byte[ROWS + 1][];
    for (int n = 0; n <= ROWS; n++) {
      bodies[n] = row(n).getBytes(US_ASCII);
    }
    return bodies;
  }

  private static byte[][] listBodies() {
    byte[][] bodies = new byte[ROWS / PAGE][];
    for (int page = 0; page < bodies.length; page++) {
      StringBuilder text = new StringBuilder("[");
      for (int n = page * PAGE + 1; n <= (page + 1) * PAGE; n++) {
        text.append(text.length() > 1 ? "," : "").append(row(n));
      }
      bodies[page] = text.append(']').toString().getBytes(US_ASCII);
    }
    return bodies;
  }
}
