package dev.lapidary.benchmarks;

import java.util.Locale;

/// What one storage call does; the same for everybody who makes it.
enum StorageOperation {
  KV_GET("kvGet", 1_000),
  KV_PUT("kvPut", 1_000),
  SQL_READ("sqlRead", 1_000),
  SQL_INSERT("sqlInsert", 1_000),
  SQL_LIST("sqlList", 50);

  /// Rows and pairs there are.
  static final int ROWS = 1_000;

  /// What follows the ten digits in each value that is written.
  static final String TAIL = "x".repeat(90);

  private final String route;
  private final int calls;

  StorageOperation(String route, int calls) {
    this.route = route;
    this.calls = calls;
  }

  /// The name in `storage.js`.
  String route() {
    return route;
  }

  /// Calls of one turn, which ends with a commit.
  int calls() {
    return calls;
  }

  static long row(long seed, int call) {
    return (seed + call * 7L) % ROWS;
  }

  static String key(long seed, int call) {
    return "key-" + row(seed, call);
  }

  static String value(long seed, int call) {
    return (1_000_000_000L + seed + call) + TAIL;
  }

  static long firstOfPage(long seed, int call) {
    return (seed + call) % 9 * 100;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
