package dev.lapidary.engine.guest.js;

import com.dylibso.chicory.runtime.TrapException;
import dev.lapidary.abi.Outcome;
import dev.lapidary.engine.guest.TurnFailed;
import dev.lapidary.engine.guest.js.HostCallException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Finds and loads modules for QuickJS: the platform's, and the app's of every type.
///
/// QuickJS knows ES modules alone. A module of another type is one line of ES module that takes its
/// default export from the platform's `lapidary:modules`, which asks back here for the content. Not
/// thread-safe: part of a [JsRuntime].
final class ModuleLoader {
  private static final Set<HostFunction> FUNCTIONS =
      EnumSet.range(HostFunction.MODULE_REQUIRE, HostFunction.MODULE_NAMESPACE);

  /// The one platform module that the lines made here import.
  private static final String VALUES = PlatformSources.PREFIX + "modules";

  private final QuickJs js;
  private final ModuleSources modules;

  /// The platform's modules as bytecode, by name.
  private final Map<String, byte[]> platform;

  /// Those of them that QuickJS has. Never changed: replaced.
  private Set<String> loaded;

  ModuleLoader(
      QuickJs js, ModuleSources modules, Map<String, byte[]> platform, Set<String> loaded) {
    this.js = js;
    this.modules = modules;
    this.platform = platform;
    this.loaded = loaded;
  }

  /// Names of the platform's modules that were loaded so far.
  Set<String> loaded() {
    return loaded;
  }

  /// QuickJS' question for a module's full name: `(importer, specifier)`. It asks next whether it
  /// has a module of that name already, so here is where the platform's come in.
  long normalize(long[] args) {
    String importer = js.memory.readCString((int) args[0]);
    String specifier = js.memory.readCString((int) args[1]);
    try {
      String name = resolve(importer, specifier);
      if (PlatformSources.has(name)) {
        loadPlatform(name);
      }
      return js.cString(name);
    } catch (HostCallException e) {
      js.raise(e);
      return 0;
    }
  }

  private void loadPlatform(String name) {
    byte[] bytecode = platform.get(name);
    if (bytecode != null && !loaded.contains(name)) {
      Set<String> more = new HashSet<>(loaded);
      more.add(name);
      loaded = Set.copyOf(more);
      Modules.read(js, bytecode);
    }
  }

  private String resolve(String importer, String specifier) {
    if (PlatformSources.has(specifier) && mayImportPlatform(importer, specifier)) {
      return specifier;
    }
    return modules.resolve(importer, specifier);
  }

  private boolean mayImportPlatform(String importer, String specifier) {
    return PlatformSources.has(importer)
        || (specifier.equals(VALUES)
            && modules.modules().containsKey(importer)
            && !(modules.content(importer) instanceof ModuleContent.Es));
  }

  /// QuickJS' question for a module's source: `(name, address of its length)`. It asks for one of
  /// the platform's only where another is compiled, and needs no more than that there is one.
  long load(long[] args) {
    String name = js.memory.readCString((int) args[0]);
    try {
      String source = PlatformSources.has(name) ? "" : source(name);
      int pointer = js.cString(source);
      js.memory.writeI32((int) args[1], source.getBytes(StandardCharsets.UTF_8).length);
      return pointer;
    } catch (HostCallException e) {
      js.raise(e);
      return 0;
    }
  }

  private String source(String name) {
    return modules.content(name) instanceof ModuleContent.Es es
        ? es.source()
        : "import { load } from \"" + VALUES + "\"; export default load(" + quoted(name) + ");";
  }

  private static String quoted(String name) {
    return '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  // Host functions

  boolean has(HostFunction function) {
    return FUNCTIONS.contains(function);
  }

  long perform(HostFunction function, long[] args) {
    return switch (function) {
      case MODULE_REQUIRE -> require(args[0], args[1]);
      case MODULE_TYPE -> type(args[0]);
      case MODULE_CONTENT -> content(args[0]);
      case MODULE_NAMESPACE -> namespace(args[0]);
      default -> throw new IllegalStateException("not a function of modules: " + function);
    };
  }

  /// The full name of what a CommonJS module requires.
  long require(long importer, long specifier) {
    return js.string(resolve(js.text(importer), js.text(specifier)));
  }

  /// `js`, `cjs`, `text`, `json`, `data` or `wasm`; the platform's own are `js`.
  long type(long name) {
    String module = js.text(name);
    return js.string(PlatformSources.has(module) ? "js" : modules.content(module).type());
  }

  /// What is in a module: a string, an ArrayBuffer, or the function around a CommonJS module, of
  /// `exports, require, module, __filename, __dirname`.
  long content(long name) {
    String module = js.text(name);
    return switch (modules.content(module)) {
      case ModuleContent.Text text -> js.string(text.text());
      case ModuleContent.Json json -> js.string(json.json());
      case ModuleContent.Data data -> js.arrayBuffer(data.bytes());
      case ModuleContent.Wasm wasm -> js.arrayBuffer(wasm.bytes());
      case ModuleContent.CommonJs script ->
          Modules.script(
              js,
              module,
              "(function (exports, require, module, __filename, __dirname) { "
                  + script.source()
                  + "\n})");
      case ModuleContent.Es es -> JsValue.UNDEFINED;
    };
  }

  /// The namespace of an ES module that a CommonJS module requires, evaluated now.
  long namespace(long name) {
    String module = js.text(name);
    String source = "export * as namespace from " + quoted(module) + ";";
    long outer = evaluateNow(module, source);
    if (outer == JsValue.EXCEPTION) {
      return outer;
    }
    if (JsValue.isUndefined(outer)) {
      throw new HostCallException(
          Kind.ERROR, "Top-level await in module is not permitted at this time.");
    }
    long namespace = js.get(outer, "namespace");
    js.freeValue(outer);
    return namespace;
  }

  /// QuickJS traps on a circle that it is evaluating already; so the turn ends, with the reason.
  private long evaluateNow(String module, String source) {
    try {
      return Modules.evaluateNow(js, PlatformSources.PREFIX + "require", source);
    } catch (TrapException e) {
      throw new TurnFailed(
          Outcome.EXCEPTION,
          "Module \"" + module + "\" was required while it waits for the module that requires it.");
    }
  }
}
