package dev.lapidary.benchmarks;

/// What bodies a request of the streaming benchmark has, and who touches them.
enum Transfer {
  SMALL_WHOLE("100 bytes whole", "/whole?bytes=100", 0, 100),
  SMALL_STREAMED("100 bytes streamed", "/stream?bytes=100&chunk=100", 0, 100),
  CHUNKS_WHOLE("100 KB whole", "/whole?bytes=100000", 0, 100_000),
  CHUNKS_STREAMED("100 KB in chunks of 1 KB", "/stream?bytes=100000&chunk=1000", 0, 100_000),
  DOWN_WHOLE("1 MB down whole", "/whole?bytes=1048576", 0, 1 << 20),
  DOWN_1("1 MB down", "/stream?bytes=1048576&chunk=65536", 0, 1 << 20),
  DOWN_16("16 MB down", "/stream?bytes=16777216&chunk=65536", 0, 16 << 20),
  UP_WHOLE("1 MB up, taken whole", "/take", 1 << 20, 0),
  UP_1("1 MB up, read by chunks", "/read", 1 << 20, 0),
  UP_16("16 MB up, read by chunks", "/read", 16 << 20, 0),
  PASS_1("1 MB up and down, handed on", "/pass", 1 << 20, 1 << 20),
  PASS_16("16 MB up and down, handed on", "/pass", 16 << 20, 16 << 20),
  ECHO_1("1 MB up and down through JavaScript", "/echo", 1 << 20, 1 << 20),
  ECHO_16("16 MB up and down through JavaScript", "/echo", 16 << 20, 16 << 20);

  private final String title;
  private final String path;
  private final long up;
  private final long down;

  Transfer(String title, String path, long up, long down) {
    this.title = title;
    this.path = path;
    this.up = up;
    this.down = down;
  }

  /// As in tables.
  String title() {
    return title;
  }

  /// Whether its bytes are what it is about, and not its requests.
  boolean isLong() {
    return up + down >= 1 << 20;
  }

  /// @param facet path of the facet that runs the app
  Ask ask(String facet) {
    return down == 0
        ? Ask.forText(facet + path, up, Long.toString(up))
        : Ask.forPattern(facet + path, up, down);
  }
}
