package dev.lapidary.benchmarks;

import dev.lapidary.abi.Effect;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Request;
import dev.lapidary.engine.FacetEngine;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.guest.GuestCode;
import dev.lapidary.engine.object.FacetStub;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Function;

/// An app that makes the calls: one request, one turn. The request itself is in the time, too.
final class GuestUser implements StorageUser {
  private final String name;
  private final FacetEngine engine;
  private final FacetStub facet;

  private GuestUser(String name, Path folder, Function<FacetEngine, GuestCode> load)
      throws IOException {
    this.name = name;
    engine =
        FacetEngine.open(
            folder,
            Limits.DEFAULT,
            (id, level, message) -> {
              if (level == Effect.Level.ERROR) {
                throw new IllegalStateException(message);
              }
            });
    GuestCode code = load.apply(engine);
    facet =
        engine
            .namespace("Benchmark")
            .getByName("storage")
            .facet("app", () -> new FacetStart(code, null));
  }

  /// `storage.js`.
  static GuestUser javaScript(Path folder) throws IOException {
    String source = Launcher.resource("storage.js");
    return new GuestUser(
        "JavaScript",
        folder,
        engine -> engine.load(engine.module("storage.js", source), null).join());
  }

  /// `storage.c`, compiled.
  static GuestUser wasm(Path folder, byte[] module) throws IOException {
    return new GuestUser("Wasm (C)", folder, engine -> engine.wasm(module));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long run(StorageOperation operation, long seed) {
    String url = "http://app/" + operation.route() + "/" + operation.calls() + "/" + seed;
    return Long.parseLong(facet.fetch(Request.get(url)).join().text());
  }

  @Override
  public void close() {
    engine.close();
  }
}
