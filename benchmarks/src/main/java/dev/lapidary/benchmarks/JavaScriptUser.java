package dev.lapidary.benchmarks;

import dev.lapidary.abi.Effect;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Request;
import dev.lapidary.engine.FacetEngine;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.guest.js.JsCode;
import dev.lapidary.engine.object.FacetStub;
import java.io.IOException;
import java.nio.file.Path;

/// An app that makes the calls: one request, one turn. The request itself is in the time, too.
final class JavaScriptUser implements StorageUser {
  private final FacetEngine engine;
  private final FacetStub facet;

  JavaScriptUser(Path folder) throws IOException {
    engine =
        FacetEngine.open(
            folder,
            Limits.DEFAULT,
            (id, level, message) -> {
              if (level == Effect.Level.ERROR) {
                throw new IllegalStateException(message);
              }
            });
    JsCode code =
        engine.load(engine.module("storage.js", Launcher.resource("storage.js")), "App").join();
    facet =
        engine
            .namespace("Benchmark")
            .getByName("storage")
            .facet("app", () -> new FacetStart(code, "App"));
  }

  @Override
  public String name() {
    return "JavaScript";
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
