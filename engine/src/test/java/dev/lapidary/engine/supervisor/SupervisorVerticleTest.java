package dev.lapidary.engine.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Header;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.abi.rpc.ActorClass;
import dev.lapidary.abi.rpc.InvocationLimits;
import dev.lapidary.abi.rpc.Payload;
import dev.lapidary.abi.rpc.RpcCall;
import dev.lapidary.abi.rpc.Stub;
import dev.lapidary.abi.rpc.WorkerCode;
import dev.lapidary.engine.FacetEngine;
import dev.lapidary.engine.facet.FacetId;
import dev.lapidary.engine.facet.FacetPolicy;
import dev.lapidary.engine.facet.FacetStatus;
import dev.lapidary.engine.facet.InvocationReport;
import dev.lapidary.engine.facet.Quota;
import dev.lapidary.engine.facet.Resource;
import dev.lapidary.engine.facet.Trigger;
import dev.lapidary.engine.guest.js.JsCode;
import dev.lapidary.engine.guest.v8.PayloadReader;
import dev.lapidary.engine.guest.v8.ValueWriter;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisorVerticleTest {
  private static final String APP =
      """
      import { DurableObject } from "cloudflare:workers";
      export class App extends DurableObject {
        async fetch(request) {
          if (request.url.endsWith("/out")) {
            const answer = await fetch("https://api.example.com/x");
            return new Response(await answer.text());
          }
          return new Response("facet " + new URL(request.url).pathname);
        }
        count() {
          const n = (this.ctx.storage.kv.get("n") ?? 0) + 1;
          this.ctx.storage.kv.put("n", n);
          return n;
        }
        echo(...args) { return args; }
        async ask(name) { return await this.env.DIRECTORY.lookup(name); }
        fail() { throw Object.assign(new RangeError("no"), { extra: 1 }); }
        greeter() { return (name) => this.env.GREETING + ", " + name; }
      }
      """;

  /** A supervisor as somebody might write it. */
  private static final class Sample extends SupervisorVerticle {
    private final BlockingQueue<InvocationReport> reports = new LinkedBlockingQueue<>();

    Sample(FacetEngine engine) {
      super(engine, "Sample");
    }

    @Override
    protected Response fetch(String object, String facet, Request request) {
      return facet(object, facet).fetch(request);
    }

    private BlockingStub facet(String object, String facet) {
      return object(object).facets().get(facet, this::app);
    }

    private ActorClass app() {
      return loader("apps")
          .get("app-1", () -> CompletableFuture.completedFuture(code()))
          .actorClass("App", Payload.UNDEFINED);
    }

    private WorkerCode code() {
      return new WorkerCode(
          "2026-08-01",
          List.of(),
          "app.js",
          Map.of("app.js", new WorkerCode.Module("js", APP.getBytes(StandardCharsets.UTF_8))),
          ValueWriter.payload(Map.of("GREETING", "Hello", "DIRECTORY", new Directory())),
          new Outbound(),
          List.of(),
          InvocationLimits.NONE);
    }

    @Override
    protected FacetPolicy policy(FacetId facet) {
      return facet.name().equals("poor")
          ? FacetPolicy.UNLIMITED.withQuotas(new Quota(Resource.EVENTS, 1, Duration.ofDays(1)))
          : FacetPolicy.UNLIMITED;
    }

    @Override
    protected void before(FacetId facet, Trigger trigger) {
      if (facet.name().equals("closed")) {
        throw new FacetException(Outcome.EXCEPTION, "closed for maintenance");
      }
    }

    @Override
    protected void after(InvocationReport report) {
      reports.add(report);
    }

    <T> T run(Supplier<T> work) {
      try {
        return call(work).toCompletionStage().toCompletableFuture().join();
      } catch (CompletionException e) {
        throw (RuntimeException) e.getCause();
      }
    }
  }

  /** A service that the facets' env holds. */
  private static final class Directory implements Stub {
    @Override
    public CompletableFuture<Payload> call(RpcCall call) {
      assertThat(call.path()).containsExactly("lookup");
      List<?> args = (List<?>) PayloadReader.read(Objects.requireNonNull(call.args(), "a call"));
      return CompletableFuture.completedFuture(
          ValueWriter.payload(Map.of("name", Objects.requireNonNull(args).getFirst(), "age", 7)));
    }
  }

  /** What the facets' fetch() goes to. */
  private static final class Outbound implements Stub {
    @Override
    public CompletableFuture<Response> fetch(Request request) {
      return CompletableFuture.completedFuture(
          new Response(
              200, List.of(), ("out to " + request.url()).getBytes(StandardCharsets.UTF_8)));
    }
  }

  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();
  private FacetEngine engine;
  private Sample sample;

  @BeforeEach
  void open() throws IOException {
    engine = FacetEngine.open(folder);
    sample = new Sample(engine);
    vertx
        .deployVerticle(
            sample, new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD))
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
    engine.close();
  }

  private @Nullable Object call(String facet, String method, @Nullable Object... args) {
    return sample.run(() -> sample.facet("alice", facet).call(method, args));
  }

  private BlockingFacets facets() {
    return sample.object("alice").facets();
  }

  @Test
  void loadsCodeAndForwardsRequestsAndCalls() {
    Response response =
        sample
            .dispatch("alice", "f", Request.get("http://f/path"))
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    assertThat(response.text()).isEqualTo("facet /path");
    assertThat(call("f", "count")).isEqualTo(1L);
    assertThat(call("f", "count")).isEqualTo(2L);
    assertThat(call("f", "echo", 1, "two", List.of(true), Map.of("k", 1.5)))
        .isEqualTo(List.of(1L, "two", List.of(true), Map.of("k", 1.5)));
  }

  @Test
  void facetsCallServicesWrittenInJava() {
    assertThat(call("f", "ask", "bob")).isEqualTo(Map.of("name", "bob", "age", 7L));
    Response response =
        sample.run(() -> sample.facet("alice", "f").fetch(Request.get("http://f/out")));
    assertThat(response.text()).isEqualTo("out to https://api.example.com/x");
  }

  @Test
  void javaCallsFunctionsThatFacetsHandOut() {
    Stub greeter = (Stub) Objects.requireNonNull(call("f", "greeter"));
    try {
      Payload answer =
          greeter.call(new RpcCall(List.of(), ValueWriter.payload(List.of("Java")))).join();
      assertThat(PayloadReader.read(answer)).isEqualTo("Hello, Java");
    } finally {
      greeter.release();
    }
  }

  @Test
  void errorsKeepTheirClass() {
    assertThatThrownBy(() -> call("f", "fail"))
        .isInstanceOf(FacetException.class)
        .hasMessage("RangeError: no");
  }

  @Test
  void abortsDeletesClonesAndLists() {
    call("a", "count");
    call("a", "count");
    sample.run(
        () -> {
          facets().clone("a", "b");
          return null;
        });
    assertThat(call("b", "count")).isEqualTo(3L);
    assertThat(sample.run(() -> facets().list())).containsExactlyInAnyOrder("a", "b");
    sample.run(
        () -> {
          facets().abort("b", "enough");
          facets().delete("a");
          facets().delete("never");
          return null;
        });
    assertThat(call("a", "count")).isEqualTo(1L);
    assertThat(call("b", "count")).isEqualTo(4L);
    Optional<FacetStatus> status = sample.run(() -> facets().stat("b"));
    assertThat(status.orElseThrow().usage().events()).isEqualTo(2);
    assertThat(sample.run(() -> facets().stat("never"))).isEmpty();
  }

  @Test
  void itsPolicyHoldsAndItsHooksAreAsked() throws InterruptedException {
    call("poor", "count");
    assertThatThrownBy(() -> call("poor", "count")).hasMessageContaining("overloaded");
    assertThatThrownBy(() -> call("closed", "count")).hasMessage("Error: closed for maintenance");
    assertThat(report().trigger()).isEqualTo(new Trigger.Start());
    assertThat(report().trigger()).isEqualTo(new Trigger.Call("count"));
    InvocationReport refused = report();
    assertThat(refused.outcome()).isEqualTo(Outcome.OVERLOADED);
    assertThat(refused.facet().name()).isEqualTo("poor");
  }

  private InvocationReport report() throws InterruptedException {
    return Objects.requireNonNull(sample.reports.poll(20, TimeUnit.SECONDS), "no report in 20 s");
  }

  @Test
  void theExampleOfTheDocumentationWorksAndStandsThereWordForWord() throws IOException {
    Path source = Path.of("src/test/java/dev/lapidary/engine/supervisor/Tenants.java");
    String example = Files.readString(source).split("// ---\n", 2)[1];
    assertThat(Files.readString(Path.of("../docs/supervisors.md")))
        .contains("```java\n" + example + "```");
    String app =
        """
        import { DurableObject } from "cloudflare:workers";
        export class App extends DurableObject {
          visited(by) { this.by = by; }
          fetch() { return new Response("visited by " + this.by); }
        }
        """;
    JsCode code = engine.load(engine.module("app.js", app), "App").join();
    Tenants tenants = new Tenants(engine, code);
    vertx
        .deployVerticle(
            tenants, new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD))
        .toCompletionStage()
        .toCompletableFuture()
        .join();
    Request request =
        new Request("GET", "http://f/", List.of(new Header("x-user", "ann")), new byte[0]);
    assertThat(
            tenants
                .dispatch("acme", "crm", request)
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .text())
        .isEqualTo("visited by acme");
    assertThat(tenants.fuel.sum()).isPositive();
  }
}
