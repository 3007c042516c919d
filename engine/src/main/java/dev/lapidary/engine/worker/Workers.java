package dev.lapidary.engine.worker;

import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.rpc.Capability;
import dev.lapidary.abi.rpc.InvocationLimits;
import dev.lapidary.abi.rpc.Namespace;
import dev.lapidary.abi.rpc.Payload;
import dev.lapidary.abi.rpc.WorkerCode;
import dev.lapidary.abi.rpc.WorkerLoader;
import dev.lapidary.engine.facet.Facet;
import dev.lapidary.engine.facet.FacetHost;
import dev.lapidary.engine.facet.WorkerContext;
import dev.lapidary.engine.guest.Environment;
import dev.lapidary.engine.guest.Group;
import dev.lapidary.engine.guest.TurnFailed;
import dev.lapidary.engine.guest.TurnGuard;
import dev.lapidary.engine.guest.js.JsCode;
import dev.lapidary.engine.guest.js.ModuleContent;
import dev.lapidary.engine.guest.js.ModuleSources;
import dev.lapidary.engine.guest.wasm.Pipeline;
import dev.lapidary.engine.object.ObjectNamespace;
import dev.lapidary.engine.worker.WorkerDefinition.Binding;
import java.lang.ref.Cleaner;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/// All workers of an engine. Thread-safe.
public final class Workers {
  /// What a loaded worker takes beside its modules.
  private static final int CODE_OVERHEAD = 16 * 1024;

  private final FacetHost host;
  private final Pipeline pipeline;
  private final Function<String, ObjectNamespace> namespaces;
  private final CodeMemory codeMemory = new CodeMemory();

  /// Loaders by id while anybody has them, and those that remember workers.
  private final Map<String, WeakReference<Loader>> loaders = new HashMap<>();

  private final Set<Loader> filled = ConcurrentHashMap.newKeySet();
  private final Set<LoadedWorker> alive = ConcurrentHashMap.newKeySet();

  /// @param pipeline what WebAssembly is compiled by
  /// @param namespaces the objects of a namespace's key
  public Workers(FacetHost host, Pipeline pipeline, Function<String, ObjectNamespace> namespaces) {
    this.host = host;
    this.pipeline = pipeline;
    this.namespaces = namespaces;
  }

  /// Loads a worker that is defined ahead of time; its code is evaluated before this completes.
  ///
  /// @return completed exceptionally with [FacetException] where the code does not start
  public CompletableFuture<DefinedWorker> define(WorkerDefinition definition) {
    Map<String, Namespace> classes = new LinkedHashMap<>();
    Map<String, WorkerNamespace> objects = new LinkedHashMap<>();
    LoadedWorker[] self = new LoadedWorker[1];
    LoadedWorker worker =
        new LoadedWorker(
            definition.name(),
            Group.of("worker " + definition.name()),
            host,
            () -> script(definition, self[0], classes),
            alive::add);
    self[0] = worker;
    definition
        .classes()
        .forEach(
            (className, key) -> {
              WorkerNamespace namespace =
                  new WorkerNamespace(
                      namespaces.apply(key), worker.facetClass(className, Payload.UNDEFINED));
              classes.put(className, namespace);
              objects.put(className, namespace);
            });
    alive.add(worker);
    return worker.script().thenApply(ready -> new DefinedWorker(worker, objects));
  }

  private CompletableFuture<Script> script(
      WorkerDefinition definition, LoadedWorker self, Map<String, Namespace> classes) {
    List<Environment.Binding> bindings = new ArrayList<>();
    definition
        .bindings()
        .forEach(
            (name, binding) ->
                bindings.add(new Environment.Binding(name, capability(binding, self, classes))));
    Environment environment =
        new Environment(
            Payload.json(definition.vars()),
            bindings,
            classes,
            definition.compatibilityDate(),
            definition.compatibilityFlags());
    WorkerContext context =
        new WorkerContext(
            self, definition.outbound(), definition.tails(), definition.limits(), self.group());
    JsCode code = new JsCode(definition.modules(), environment, pipeline);
    return evaluated(code, context, self.group());
  }

  private Capability capability(
      Binding binding, LoadedWorker self, Map<String, Namespace> classes) {
    return switch (binding) {
      case Binding.DurableObjects objects -> {
        Namespace namespace = classes.get(objects.className());
        if (namespace == null) {
          throw new IllegalArgumentException(
              "There is no Durable Object class " + objects.className() + ".");
        }
        yield namespace;
      }
      case Binding.Loader loader -> loader(loader.id());
      case Binding.Service service ->
          self.entrypoint(service.entrypoint(), service.props(), InvocationLimits.NONE);
      case Binding.Java java -> java.service();
    };
  }

  /// The loader of an id: what it loaded is shared by all who ask for that id.
  public WorkerLoader loader(String id) {
    synchronized (loaders) {
      WeakReference<Loader> known = loaders.get(id);
      Loader loader = known == null ? null : known.get();
      if (loader == null) {
        loader = new Loader(id, this);
        loaders.put(id, new WeakReference<>(loader));
      }
      return loader;
    }
  }

  /// A loader remembers workers from here on.
  void keep(Loader loader) {
    filled.add(loader);
  }

  /// A worker whose code is asked for when it is needed.
  ///
  /// @param owner whose part it is
  LoadedWorker dynamic(String name, Group owner, WorkerLoader.CodeSource source) {
    LoadedWorker[] self = new LoadedWorker[1];
    LoadedWorker worker =
        new LoadedWorker(
            name,
            owner.part(new Object()), // like no other
            host,
            () -> loading(self[0], source).get(),
            alive::add);
    self[0] = worker;
    return worker;
  }

  /// How a worker loads what a source gives.
  Supplier<CompletableFuture<Script>> loading(LoadedWorker worker, WorkerLoader.CodeSource source) {
    return () -> source.code().thenCompose(code -> loaded(worker, code));
  }

  private CompletableFuture<Script> loaded(LoadedWorker self, WorkerCode code) {
    String refusal = CompatibilityFlags.refusal(code.compatibilityFlags());
    if (refusal != null) {
      code.release();
      return CompletableFuture.failedFuture(new FacetException(Outcome.NEVER_STARTED, refusal));
    }
    long bytes =
        code.modules().values().stream().mapToLong(module -> module.content().length).sum();
    CodeMemory.Reserved reserved =
        new CodeMemory.Reserved(host.memory().share(self.group()), bytes + CODE_OVERHEAD);
    if (!codeMemory.reserve(reserved)) {
      code.release();
      return CompletableFuture.failedFuture(
          new FacetException(
              Outcome.EXCEEDED_MEMORY, "The workers of this loader hold too much code."));
    }
    try {
      Map<String, ModuleContent> modules = new LinkedHashMap<>();
      code.modules()
          .forEach(
              (name, module) ->
                  modules.put(name, ModuleContent.of(module.type(), module.content())));
      ModuleSources sources = new ModuleSources(code.mainModule(), modules, host.limits());
      Environment environment =
          new Environment(
              code.env(), List.of(), Map.of(), code.compatibilityDate(), code.compatibilityFlags());
      WorkerContext context =
          new WorkerContext(self, code.globalOutbound(), code.tails(), code.limits(), self.group());
      JsCode loaded = new JsCode(sources, environment, pipeline);
      Cleaner.Cleanable counted = reserved.whileReachable(loaded);
      return evaluated(loaded, context, self.group())
          .whenComplete(
              (script, failure) -> {
                if (failure != null) {
                  counted.clean();
                }
              });
    } catch (ModuleSources.InvalidModules e) {
      reserved.run();
      code.release();
      return CompletableFuture.failedFuture(StartFailure.of(e));
    }
  }

  private CompletableFuture<Script> evaluated(JsCode code, WorkerContext context, Group group) {
    return CompletableFuture.supplyAsync(
        () -> {
          TurnGuard sandbox =
              new TurnGuard(host.limits(), host.watchdog(), host.lane(), group, () -> {});
          try {
            code.evaluate(host.limits(), sandbox, host.memory().share(group));
            return new Script(code, context);
          } catch (TurnFailed e) {
            throw StartFailure.of(e);
          }
        },
        host.threads());
  }

  /// Instances in memory, or about to be.
  public List<Facet> awake() {
    return alive.stream().flatMap(worker -> worker.awake().stream()).toList();
  }

  /// Lets instances go that have been idle for so long, and forgets code nobody uses.
  public void sweep(long idleNanos) {
    for (Loader loader : List.copyOf(filled)) {
      loader.sweep();
      if (loader.isEmpty()) {
        filled.remove(loader);
        if (!loader.isEmpty()) {
          filled.add(loader); // used meanwhile
        }
      }
    }
    synchronized (loaders) {
      loaders.values().removeIf(loader -> loader.refersTo(null));
    }
    for (LoadedWorker worker : List.copyOf(alive)) {
      if (worker.sweep(idleNanos) && worker.idleFor(idleNanos)) {
        alive.remove(worker);
        if (!worker.idleFor(idleNanos)) {
          alive.add(worker); // woken meanwhile
        }
      }
    }
  }

  /// Closes every instance in good order. No event may be delivered any more.
  public CompletableFuture<Void> close() {
    return CompletableFuture.allOf(
        awake().stream().map(Facet::close).toArray(CompletableFuture<?>[]::new));
  }
}
