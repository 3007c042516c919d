package dev.lapidary.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.abi.rpc.InvocationLimits;
import dev.lapidary.abi.rpc.Payload;
import dev.lapidary.engine.facet.LogSink;
import dev.lapidary.engine.guest.js.ModuleContent;
import dev.lapidary.engine.guest.js.ModuleSources;
import dev.lapidary.engine.worker.DefinedWorker;
import dev.lapidary.engine.worker.WorkerDefinition;
import dev.lapidary.engine.worker.WorkerDefinition.Binding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A Worker project of the test resources, running in an engine of its own. Thread-safe.
public final class TestProject implements AutoCloseable {
  private static final int SECONDS = 90;
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS, JsonReadFeature.ALLOW_TRAILING_COMMA)
          .build();

  private final FacetEngine engine;
  private final DefinedWorker worker;

  private TestProject(FacetEngine engine, DefinedWorker worker) {
    this.engine = engine;
    this.worker = worker;
  }

  /// What the projects' default entrypoints take: a method of an object, with its arguments.
  public record Call(String object, String method, List<Object> args) {
    public static Call of(String object, String method, Object... args) {
      return new Call(object, method, List.of(args));
    }
  }

  public static TestProject open(Path home, Path data, Limits limits) throws IOException {
    return open(home, Map.of(), data, limits);
  }

  /// Opens an engine that runs a project.
  ///
  /// @param home a folder with a `wrangler.jsonc` and modules
  /// @param more modules from elsewhere, by their names
  public static TestProject open(Path home, Map<String, Path> more, Path data, Limits limits)
      throws IOException {
    JsonNode config = JSON.readTree(home.resolve("wrangler.jsonc").toFile());
    LogSink silent = (facet, level, message) -> {};
    FacetEngine engine = FacetEngine.open(data, limits, silent);
    try {
      ModuleSources modules =
          new ModuleSources(config.get("main").asText(), modules(home, more), limits);
      DefinedWorker worker = engine.workers().define(definition(config, modules)).join();
      worker.takeOver();
      return new TestProject(engine, worker);
    } catch (RuntimeException e) {
      engine.close();
      throw e;
    }
  }

  private static Map<String, ModuleContent> modules(Path home, Map<String, Path> more)
      throws IOException {
    Map<String, Path> files = new LinkedHashMap<>(more);
    try (Stream<Path> paths = Files.walk(home)) {
      paths
          .filter(path -> path.toString().endsWith(".js"))
          .forEach(path -> files.put(home.relativize(path).toString(), path));
    }
    Map<String, ModuleContent> modules = new LinkedHashMap<>();
    for (Map.Entry<String, Path> file : files.entrySet()) {
      modules.put(file.getKey(), ModuleContent.of("js", Files.readAllBytes(file.getValue())));
    }
    return modules;
  }

  private static WorkerDefinition definition(JsonNode config, ModuleSources modules) {
    Map<String, Binding> bindings = new LinkedHashMap<>();
    Map<String, String> classes = new LinkedHashMap<>();
    for (JsonNode objects : config.path("durable_objects").path("bindings")) {
      String className = objects.get("class_name").asText();
      bindings.put(objects.get("name").asText(), new Binding.DurableObjects(className));
      classes.put(className, className);
    }
    for (JsonNode loader : config.path("worker_loaders")) {
      String name = loader.get("binding").asText();
      bindings.put(name, new Binding.Loader(name));
    }
    for (JsonNode service : config.path("services")) {
      JsonNode props = service.path("props");
      bindings.put(
          service.get("binding").asText(),
          new Binding.Service(
              service.path("entrypoint").asText(null),
              props.isMissingNode() ? Payload.UNDEFINED : Payload.json(props.toString())));
    }
    JsonNode vars = config.path("vars");
    return new WorkerDefinition(
        config.get("name").asText(),
        modules,
        config.get("compatibility_date").asText(),
        List.of(),
        vars.isMissingNode() ? "{}" : vars.toString(),
        bindings,
        classes,
        null,
        List.of(),
        InvocationLimits.NONE);
  }

  public JsonNode get(String path) {
    return ask(Request.get("http://project" + path));
  }

  public JsonNode post(Call call) {
    try {
      byte[] body = JSON.writeValueAsString(call).getBytes(StandardCharsets.UTF_8);
      return ask(new Request("POST", "http://project/", List.of(), body));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What its default entrypoint answers.
  public CompletableFuture<Response> fetch(Request request) {
    return worker.entrypoint(null).fetch(request);
  }

  private JsonNode ask(Request request) {
    try {
      Response response = fetch(request).orTimeout(SECONDS, TimeUnit.SECONDS).join();
      return JSON.readTree(response.text());
    } catch (CompletionException e) {
      String text =
          e.getCause() instanceof FacetException known
              ? known.error().summary()
              : String.valueOf(e.getCause());
      return JSON.createObjectNode().put("$rejected", text);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Lets go of every instance that is idle.
  public void evict() {
    engine.sweep(0);
  }

  @Override
  public void close() {
    engine.close();
  }
}
