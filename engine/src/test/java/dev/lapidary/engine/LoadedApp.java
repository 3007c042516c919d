package dev.lapidary.engine;

import dev.lapidary.abi.Request;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.guest.js.JsCode;
import dev.lapidary.engine.guest.js.ModuleSources;

/** An app that is loaded for one request. */
public final class LoadedApp {
  private LoadedApp() {}

  /**
   * What a new facet of the app answers.
   *
   * @throws java.util.concurrent.CompletionException where it cannot be loaded, or fails
   */
  public static String answer(FacetEngine engine, String facet, ModuleSources sources) {
    JsCode code = engine.load(sources, null).join();
    return engine
        .namespace("Test")
        .getByName("o")
        .facet(facet, () -> new FacetStart(code, null))
        .fetch(Request.get("http://f/"))
        .join()
        .text();
  }
}
