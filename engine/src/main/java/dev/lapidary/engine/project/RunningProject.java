package dev.lapidary.engine.project;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.rpc.InvocationLimits;
import dev.lapidary.abi.rpc.Payload;
import dev.lapidary.abi.rpc.Stub;
import dev.lapidary.engine.FacetEngine;
import dev.lapidary.engine.guest.js.ModuleSources;
import dev.lapidary.engine.project.WranglerConfig.EventLimits;
import dev.lapidary.engine.worker.DefinedWorker;
import dev.lapidary.engine.worker.WorkerDefinition;
import dev.lapidary.engine.worker.WorkerDefinition.Binding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// A Worker project that runs on an engine. Its code is replaced as a whole by [#load], or not at
/// all: code that cannot be made, or does not start, leaves what runs alone.
///
/// Thread-safe.
public final class RunningProject {
  private final FacetEngine engine;
  private final Path folder;
  private final @Nullable String environment;
  private final Bundler bundler;
  private final @Nullable Stub outbound;
  private int generation;
  private volatile @Nullable Loaded loaded;
  private volatile @Nullable Stub entrypoint;

  /// @param folder the project's folder
  /// @param environment which of its environments; null for the top level
  /// @param outbound what its `fetch()` goes to; null where it is refused
  public RunningProject(
      FacetEngine engine,
      Path folder,
      @Nullable String environment,
      Bundler bundler,
      @Nullable Stub outbound) {
    this.engine = engine;
    this.folder = folder;
    this.environment = environment;
    this.bundler = bundler;
    this.outbound = outbound;
  }

  /// What runs.
  ///
  /// @param notices what changed in the data folder, and what has no effect, one a line
  public record Loaded(WranglerConfig config, Bundle bundle, List<String> notices) {
    public Loaded {
      notices = List.copyOf(notices);
    }
  }

  /// The default entrypoint of the code that runs now.
  ///
  /// @throws IllegalStateException where nothing was loaded yet
  public Stub entrypoint() {
    Stub current = entrypoint;
    if (current == null) {
      throw new IllegalStateException("no code was loaded yet");
    }
    return current;
  }

  /// What runs now; null where nothing was loaded yet.
  public @Nullable Loaded loaded() {
    return loaded;
  }

  /// Makes the project's code anew, and lets it take over: requests from here on meet it, and
  /// objects are reset.
  ///
  /// @throws InvalidProject where that cannot be; what ran before runs on
  public synchronized Loaded load() throws InvalidProject {
    WranglerConfig config = WranglerConfig.read(folder, environment);
    Bundle bundle = bundler.bundle(folder, config);
    checkExports(config, bundle);
    ClassLedger ledger = ClassLedger.read(engine.data(), config.name());
    ClassLedger.Applied classes = ledger.preview(config.migrations(), config.classes());
    DefinedWorker worker = define(config, bundle, classes.namespaces());
    ledger.apply(config.migrations(), config.classes());
    worker.takeOver();
    List<String> notices = new ArrayList<>(config.warnings());
    notices.addAll(bundle.warnings());
    notices.addAll(classes.notices());
    Loaded now = new Loaded(config, bundle, notices);
    loaded = now;
    entrypoint = worker.entrypoint(null);
    return now;
  }

  private static void checkExports(WranglerConfig config, Bundle bundle) throws InvalidProject {
    if (!config.bundling().bundle()) {
      return;
    }
    List<String> problems = new ArrayList<>();
    for (String className : new TreeSet<>(config.objects().values())) {
      if (!bundle.exports().contains(className)) {
        problems.add(
            config.file()
                + ": durable_objects binds "
                + className
                + ", which main does not export.");
      }
    }
    config
        .services()
        .forEach(
            (binding, service) -> {
              String export = Objects.requireNonNullElse(service.entrypoint(), "default");
              if (!bundle.exports().contains(export)) {
                problems.add(
                    config.file() + ": services binds " + export + ", which main does not export.");
              }
            });
    if (!bundle.exports().contains("default")) {
      problems.add(
          "main exports no default: nothing would answer requests. Write export default { fetch }.");
    }
    if (!problems.isEmpty()) {
      throw new InvalidProject(problems);
    }
  }

  private DefinedWorker define(WranglerConfig config, Bundle bundle, Map<String, String> namespaces)
      throws InvalidProject {
    Map<String, String> classes = new LinkedHashMap<>(namespaces);
    classes.keySet().retainAll(config.classes());
    if (config.bundling().bundle()) {
      classes.keySet().retainAll(bundle.exports());
    }
    try {
      return engine
          .workers()
          .define(
              new WorkerDefinition(
                  config.name(),
                  new ModuleSources(bundle.main(), bundle.modules(), engine.limits()),
                  config.compatibilityDate(),
                  config.compatibilityFlags(),
                  vars(config),
                  bindings(config),
                  classes,
                  outbound,
                  List.of(),
                  limits(config.limits())))
          .join();
    } catch (ModuleSources.InvalidModules e) {
      throw new InvalidProject(String.valueOf(e.getMessage()));
    } catch (CompletionException e) {
      if (e.getCause() instanceof FacetException failure) {
        String text = failure.error().message();
        throw new InvalidProject(bundle.sourceMap().map(bundle.main(), text));
      }
      throw e;
    }
  }

  private static String vars(WranglerConfig config) {
    ObjectNode vars = JsonNodeFactory.instance.objectNode();
    config.vars().forEach(vars::set);
    return vars.toString();
  }

  private Map<String, Binding> bindings(WranglerConfig config) {
    Map<String, Binding> bindings = new LinkedHashMap<>();
    config
        .objects()
        .forEach((name, className) -> bindings.put(name, new Binding.DurableObjects(className)));
    // What older code loaded is not for newer code to find.
    int number = ++generation;
    config
        .loaders()
        .forEach(
            name ->
                bindings.put(name, new Binding.Loader(config.name() + "." + name + "." + number)));
    config
        .services()
        .forEach(
            (name, service) ->
                bindings.put(
                    name, new Binding.Service(service.entrypoint(), props(service.props()))));
    return bindings;
  }

  private static Payload props(@Nullable JsonNode props) {
    return props == null ? Payload.UNDEFINED : Payload.json(props.toString());
  }

  private static InvocationLimits limits(EventLimits limits) {
    return new InvocationLimits(
        limits.cpuMillis() == null ? Long.MAX_VALUE : limits.cpuMillis(),
        limits.subrequests() == null ? Integer.MAX_VALUE : limits.subrequests());
  }
}
