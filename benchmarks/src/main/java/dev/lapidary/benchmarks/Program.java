package dev.lapidary.benchmarks;

/// What a server runs: a Worker project of two modules.
///
/// @param main the Worker; a Lapidary that has apps deployed does without
/// @param app a module's text that the Worker loads, and the app that such a Lapidary gets
record Program(String main, String app) {
  /// An app, and a Worker that runs it as facets.
  static Program ofApp(String app) {
    return new Program(Launcher.resource("main.js"), app);
  }

  /// A Worker that loads nothing from beside it.
  static Program ofWorker(String main) {
    return new Program(main, "");
  }
}
