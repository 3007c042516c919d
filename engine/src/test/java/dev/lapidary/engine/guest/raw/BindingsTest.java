package dev.lapidary.engine.guest.raw;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Header;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.engine.FacetEngine;
import dev.lapidary.engine.GuestCompiler;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.guest.GuestCode;
import dev.lapidary.engine.object.FacetStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The guest SDK's two bindings, in real guests that do the same. */
class BindingsTest {
  enum Language {
    ASSEMBLYSCRIPT,
    C;

    byte[] probe() {
      return this == C
          ? GuestCompiler.c("guest-sdk/src/test/c/probe.c")
          : GuestCompiler.assemblyScript("guest-sdk/src/test/assemblyscript");
    }
  }

  private static final String STORE_MAP =
      """
      export class App {
        constructor(ctx) { this.kv = ctx.storage.kv; }
        fetch(request) {
          if (request.method === "PUT") this.kv.put("opaque", new Map([["a", new Date(5)]]));
          return new Response(String(this.kv.get("copy")?.get("a").getTime()));
        }
      }
      """;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void everyPartOfTheBindingWorks(Language language) throws IOException {
    byte[] wasm = language.probe();
    List<String> logs = new CopyOnWriteArrayList<>();
    try (FacetEngine engine =
        FacetEngine.open(
            folder.resolve("data"),
            Limits.DEFAULT,
            (facet, level, message) -> logs.add(level + " " + message))) {
      RawCode code = engine.wasm(wasm);
      assertThat(engine.check(code).join()).isEmpty();
      FacetStub facet = facet(engine, code);
      assertThat(text(facet, "values")).isEqualTo("0 -9223372036854775808 -3 é𝄞 510 0");
      assertThat(text(facet, "many")).isEqualTo("12702500");
      assertThat(text(facet, "error")).startsWith("-1 no such column: missing");
      assertThat(text(facet, "savepoint")).isEqualTo("undone");
      assertThat(text(facet, "alarm")).isEqualTo("right");
      assertThat(text(facet, "timer")).isEqualTo("timer");
      FacetException failed = failure(facet, "fail");
      assertThat(failed.error().summary()).isEqualTo("Error: on purpose");
      assertThat(failed.outcome()).isEqualTo(Outcome.EXCEPTION);
      assertThat(logs).contains("WARN about to fail", "ERROR Uncaught Error: on purpose");
      assertThat(failure(facet, "trap")).hasMessageContaining("unreachable");
      if (language == Language.ASSEMBLYSCRIPT) {
        assertThat(logs).anyMatch(line -> line.startsWith("ERROR thrown ("));
      }
      assertThat(text(facet, "savepoint")).isEqualTo("undone");
      echoes(facet);
      engine.namespace("Test").startAlarms(asked -> Optional.of(() -> new FacetStart(code, null)));
      String due = text(facet, "ring");
      String rang = "0";
      long deadline = System.nanoTime() + 20_000_000_000L;
      while (rang.equals("0") && System.nanoTime() < deadline) {
        rang = text(facet, "rang");
      }
      assertThat(rang).isEqualTo(due);
    }
  }

  @Test
  void theReadmesLinesOfCRun() throws IOException {
    String readme = Files.readString(Path.of("../README.md"));
    int from = readme.indexOf("```c\n") + 5;
    Path source = Files.createDirectories(Path.of("target/readme")).resolve("app.c");
    Files.writeString(source, readme.substring(from, readme.indexOf("```", from)));
    byte[] wasm = GuestCompiler.c("engine/" + source);
    try (FacetEngine engine = FacetEngine.open(folder.resolve("data"))) {
      FacetStub facet = facet(engine, engine.wasm(wasm));
      assertThat(text(facet, "")).isEqualTo("counted");
      assertThat(text(facet, "")).isEqualTo("counted");
    }
  }

  private static void echoes(FacetStub facet) {
    byte[] body = new byte[100_000];
    body[99_999] = 7;
    Response echo =
        facet
            .fetch(new Request("PATCH", "http://f/echo", List.of(new Header("X-A", "ü")), body))
            .join();
    assertThat(echo.status()).isEqualTo(201);
    assertThat(echo.header("x-first")).contains("ü");
    assertThat(echo.header("x-method")).contains("PATCH");
    assertThat(echo.body().bytes()).isEqualTo(body);
  }

  @ParameterizedTest
  @EnumSource
  void whatOnlyJavaScriptUnderstandsCanBeCopied(Language language) throws IOException {
    byte[] wasm = language.probe();
    Path data = folder.resolve("data");
    try (FacetEngine engine = FacetEngine.open(data)) {
      FacetStub javaScript = facet(engine, javaScript(engine));
      javaScript.fetch(new Request("PUT", "http://f/", List.of(), new byte[0])).join();
    }
    try (FacetEngine engine = FacetEngine.open(data)) {
      assertThat(text(facet(engine, engine.wasm(wasm)), "copy")).isEqualTo("copied");
    }
    try (FacetEngine engine = FacetEngine.open(data)) {
      assertThat(text(facet(engine, javaScript(engine)), "")).isEqualTo("5");
    }
  }

  private static GuestCode javaScript(FacetEngine engine) {
    return engine.load(engine.module("app.js", STORE_MAP), null).join();
  }

  private static FacetStub facet(FacetEngine engine, GuestCode code) {
    return engine
        .namespace("Test")
        .getByName("object")
        .facet("f", () -> new FacetStart(code, null));
  }

  private static String text(FacetStub facet, String path) {
    return facet.fetch(Request.get("http://f/" + path)).join().text();
  }

  private static FacetException failure(FacetStub facet, String path) {
    try {
      throw new AssertionError("answered " + text(facet, path));
    } catch (CompletionException e) {
      return (FacetException) Objects.requireNonNull(e.getCause());
    }
  }
}
