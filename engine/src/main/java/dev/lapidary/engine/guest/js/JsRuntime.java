package dev.lapidary.engine.guest.js;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import dev.lapidary.abi.Effect;
import dev.lapidary.abi.Event;
import dev.lapidary.abi.Limits;
import dev.lapidary.engine.guest.Environment;
import dev.lapidary.engine.guest.FuelTank;
import dev.lapidary.engine.guest.GuestContext;
import dev.lapidary.engine.guest.MemoryBudget;
import dev.lapidary.engine.guest.SeededRandom;
import dev.lapidary.engine.guest.Tariff;
import dev.lapidary.engine.guest.TurnFailed;
import dev.lapidary.engine.guest.TurnGuard;
import dev.lapidary.engine.guest.wasm.FlatMemory;
import dev.lapidary.engine.guest.wasm.Fuel;
import dev.lapidary.engine.guest.wasm.Snapshot;
import dev.lapidary.engine.guest.wasm.StackBudget;
import dev.lapidary.engine.storage.FacetDatabase;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One JavaScript engine in one Wasm instance, with the platform booted and the app's modules
/// evaluated. Knows nothing of limits or failures: [JsGuest] stands guard around it. Not
/// thread-safe.
final class JsRuntime implements AutoCloseable {
  private final Limits limits;
  private final ModuleSources modules;
  private final WasmFunctions wasm;
  private final SeededRandom random;
  private final FuelTank fuel;
  private final Instance instance;
  private final FlatMemory memory;
  private final QuickJs js;
  private final Handles handles;
  private final Payloads payloads;
  private final JsEvents events;
  private final EffectFunctions effects;
  private final CallFunctions calls;
  private final SocketFunctions sockets;
  private final StreamFunctions streams;
  private final StorageFunctions storage;
  private final LibraryFunctions library;
  private final PromiseHook promises;
  private final ModuleLoader loader;
  private final Rejections rejections;
  private final int randomState;

  private long clockNanos;
  private long dispatcher = JsValue.UNDEFINED;
  private long namespace = JsValue.UNDEFINED;

  private JsRuntime(
      Map<String, byte[]> platform,
      WasmModules modules,
      Surroundings surroundings,
      FuelTank fuel,
      @Nullable JsImage image) {
    this.modules = modules.sources();
    this.fuel = fuel;
    this.limits = surroundings.limits();
    this.random = new SeededRandom(surroundings.seed());
    JsEngine engine = JsEngine.shared();
    FlatMemory[] created = new FlatMemory[1];
    Instance made;
    try {
      made =
          engine.instantiate(
              this,
              limits.memoryPages(),
              pages -> created[0] = memory(pages, surroundings.budget(), image));
    } catch (RuntimeException | Error e) {
      if (created[0] != null) {
        created[0].close();
      }
      throw e;
    }
    this.instance = made;
    this.memory = created[0];
    try {
      surroundings.guard().holds(memory);
      if (image == null) {
        connectCounters();
        this.js = engine.initialize(instance, memory, fuel);
        this.randomState = MathRandom.locate(js, memory);
      } else {
        image.snapshot().restore(instance, memory);
        connectCounters();
        this.js = engine.connect(instance, memory, fuel, image.layout());
        this.randomState = image.randomState();
        memory.writeLong(randomState, random.positiveLong() | 1);
        this.dispatcher = image.dispatcher();
        this.namespace = image.namespace();
      }
      this.handles = new Handles(image == null ? Handles.Image.EMPTY : image.handles());
      this.payloads = new Payloads(js, handles);
      this.events = new JsEvents(js, payloads, this::call);
      this.effects = new EffectFunctions(js, limits, payloads, surroundings.budget());
      this.calls = new CallFunctions(js, handles, payloads, effects, random);
      this.sockets = new SocketFunctions(js, payloads, effects, surroundings.budget());
      this.streams = new StreamFunctions(js, handles, payloads, effects, fuel);
      this.storage = new StorageFunctions(js, limits, fuel, effects);
      this.promises = new PromiseHook(js, instance, () -> dispatcher);
      this.library = new LibraryFunctions(js, fuel, random, promises);
      this.rejections = new Rejections(js);
      this.loader =
          new ModuleLoader(js, this.modules, platform, image == null ? Set.of() : image.loaded());
      this.wasm = WasmFunctions.of(js, fuel, limits, modules, image);
    } catch (RuntimeException | Error e) {
      memory.close();
      throw e;
    }
  }

  private static FlatMemory memory(
      MemoryLimits pages, MemoryBudget budget, @Nullable JsImage image) {
    return image == null ? FlatMemory.roomy(pages, budget) : image.snapshot().memory(pages, budget);
  }

  /// What an instance is made in.
  ///
  /// @param budget where its memory comes from
  /// @param guard what its turns run under
  /// @param seed 32 bytes from which its randomness follows
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  record Surroundings(Limits limits, MemoryBudget budget, TurnGuard guard, byte[] seed) {}

  /// Makes an engine with nothing in it.
  ///
  /// @param platform the platform's modules as bytecode, by name
  static JsRuntime bare(Map<String, byte[]> platform, Surroundings surroundings, FuelTank fuel) {
    return new JsRuntime(platform, WasmModules.NONE, surroundings, fuel, null);
  }

  /// Evaluates the app's modules on a copy of the platform and takes the image of it.
  ///
  /// Neither the fuel nor the image tells which facet came first: the boot has a tank and a seed of
  /// its own.
  ///
  /// @throws JsException with the JavaScript error where they cannot be evaluated
  static JsImage boot(
      Platform platform, WasmModules modules, Environment environment, Surroundings surroundings) {
    Limits limits = surroundings.limits();
    ModuleSources sources = modules.sources();
    FuelTank fuel = surroundings.guard().fuel().aside();
    Surroundings neutral =
        new Surroundings(limits, surroundings.budget(), surroundings.guard(), sources.seed());
    try (JsRuntime runtime =
        new JsRuntime(platform.bytecode(), modules, neutral, fuel, platform.image())) {
      runtime.js.limitStack(limits.stackBytes());
      for (String module : sources.mentioned()) {
        runtime.call("prepare", runtime.js.freeLater(runtime.js.string(module)));
      }
      fuel.fill(limits.fuel());
      runtime.bind(environment);
      runtime.evaluateApp();
      if (runtime.memory.exhausted()) {
        throw TurnFailed.exceededMemory(limits);
      }
      return runtime.image(platform.image().snapshot());
    } finally {
      fuel.end();
    }
  }

  /// Goes on from an image of these modules, with randomness of its own.
  static JsRuntime restore(
      Platform platform, JsImage image, WasmModules modules, Surroundings surroundings) {
    FuelTank fuel = surroundings.guard().fuel();
    return new JsRuntime(platform.bytecode(), modules, surroundings, fuel, image);
  }

  /// What it is now.
  ///
  /// @param base what most of its memory is the same as
  JsImage image(@Nullable Snapshot base) {
    return new JsImage(
        Snapshot.of(instance, memory, base),
        js.layout,
        randomState,
        dispatcher,
        namespace,
        handles.image(),
        wasm.image(),
        loader.loaded());
  }

  QuickJs js() {
    return js;
  }

  FlatMemory memory() {
    return memory;
  }

  private void connectCounters() {
    Fuel counters = Fuel.of(instance);
    counters.allowStack(StackBudget.TURN);
    fuel.connect(counters);
  }

  /// What the guest calls when a slice of fuel is burnt.
  long[] outOfFuel() {
    fuel.refill();
    return new long[0];
  }

  /// What to throw before the thread's stack could end. QuickJS' own limit ends recursion earlier,
  /// with a JavaScript error.
  TurnFailed outOfStack() {
    return TurnFailed.exceededStack(limits);
  }

  EffectFunctions effects() {
    return effects;
  }

  Rejections rejections() {
    return rejections;
  }

  ModuleLoader loader() {
    return loader;
  }

  /// Boots the platform in a bare engine.
  void bootPlatform() {
    String entry = "export { boot } from \"" + PlatformSources.ENTRY + "\";";
    long platform = Modules.evaluate(js, PlatformSources.PREFIX + "boot", entry);
    long boot = js.get(platform, "boot");
    long host = HostFunction.object(js);
    dispatcher = js.call(boot, JsValue.UNDEFINED, host);
    js.freeValue(host);
    js.freeValue(boot);
    js.freeValue(platform);
  }

  private void evaluateApp() {
    namespace = Modules.evaluate(js, modules.main(), modules.mainSource());
  }

  /// Makes sure that facets can be started with this class.
  ///
  /// @param className null for the default rule: `App`, else the only one exported
  /// @throws JsException where there is no such class
  void check(@Nullable String className) {
    call("check", js.freeLater(js.dup(namespace)), nameOrUndefined(className));
  }

  private long nameOrUndefined(@Nullable String name) {
    return name == null ? JsValue.UNDEFINED : js.freeLater(js.string(name));
  }

  /// Makes what the code is bound to importable.
  private void bind(Environment environment) {
    new JsOptions(js, payloads)
        .payload("env", environment.env().retain())
        .bindings("bindings", environment.bindings(), handles)
        .namespaces("namespaces", environment.namespaces(), handles)
        .text("date", environment.compatibilityDate())
        .texts("flags", environment.compatibilityFlags())
        .passTo(options -> call("environment", options));
  }

  /// Constructs the class over a database; a worker constructs nothing yet.
  void start(@Nullable String className, GuestContext context) {
    payloads.attach(context.outside());
    FacetDatabase database = context.database();
    if (database != null) {
      storage.attach(database);
    }
    new JsOptions(js, payloads)
        .text("className", className)
        .text("id", context.objectId())
        .text("name", context.objectName().orElse(null))
        .text("idText", context.idText())
        .payload("props", context.props().retain())
        .flag("stateless", database == null)
        .passTo(options -> call("start", js.freeLater(js.dup(namespace)), options));
  }

  /// Delivers one event and drains the microtasks it led to.
  void deliver(Event event) {
    events.deliver(event);
  }

  private void call(String method, long... args) {
    long function = js.get(dispatcher, method);
    js.freeValue(js.call(function, dispatcher, args));
    js.freeValue(function);
    js.freeBorrowed();
    js.drainJobs();
    rejections.report(reason -> call("rejection", reason));
  }

  /// Moves the guest's clock: within a turn it stands still.
  void setClock(long epochMillis) {
    clockNanos = epochMillis * 1_000_000;
  }

  long clockNanos() {
    return clockNanos;
  }

  byte[] random(int count) {
    int bytes = Math.clamp(count, 0, 65_536);
    fuel.charge(Tariff.bytes(bytes));
    return random.bytes(bytes);
  }

  void log(Effect.Level level, String message) {
    fuel.charge(Tariff.bytes(message.length()));
    effects.log(level, message.stripTrailing());
  }

  // Host functions

  /// The one entry of all host functions: `(context, this, argc, argv, number)`.
  long hostCall(long[] call) {
    fuel.charge(Tariff.CALL);
    if ((int) call[4] < 0) {
      promises.happened(call[2], call[1]);
      return JsValue.UNDEFINED;
    }
    HostFunction function = HostFunction.of((int) call[4]);
    int given = (int) call[2];
    long[] args = new long[function.count(given)];
    int pointer = (int) call[3];
    for (int i = 0; i < args.length; i++) {
      args[i] = i < given ? memory.readLong(pointer + 8 * i) : JsValue.UNDEFINED;
    }
    try {
      return perform(function, args);
    } catch (HostCallException e) {
      return js.raise(e);
    } catch (JsException e) {
      return js.raise(new HostCallException(HostCallException.Kind.ERROR, e.error().message()));
    } catch (IllegalArgumentException e) {
      return js.raise(
          new HostCallException(HostCallException.Kind.TYPE_ERROR, String.valueOf(e.getMessage())));
    }
  }

  private long perform(HostFunction function, long[] args) {
    switch (function) {
      case REPLY -> effects.reply(args);
      case FAIL -> effects.fail(args);
      case DONE -> effects.done(args);
      case LOG -> effects.log(args);
      case ABORT -> throw effects.abort(args);
      case SET_TIMER -> effects.setTimer(args);
      case CLEAR_TIMER -> effects.clearTimer(args);
      case RANDOM -> {
        return js.arrayBuffer(random((int) JsValue.toDouble(args[0])));
      }
      case NOW -> {
        return JsValue.of(clockNanos / 1_000_000);
      }
      default -> {
        if (wasm.has(function)) {
          return wasm.perform(function, args);
        }
        if (calls.has(function)) {
          return calls.perform(function, args);
        }
        if (sockets.has(function)) {
          return sockets.perform(function, args);
        }
        if (streams.has(function)) {
          return streams.perform(function, args);
        }
        if (loader.has(function)) {
          return loader.perform(function, args);
        }
        boolean isLibrary = library.has(function);
        return isLibrary ? library.perform(function, args) : storage.perform(function, args);
      }
    }
    return JsValue.UNDEFINED;
  }

  @Override
  public void close() {
    memory.close();
    effects.left();
    streams.close();
    handles.close();
  }
}
