package dev.lapidary.engine.guest.js;

import com.dylibso.chicory.wasm.ChicoryException;
import dev.lapidary.abi.Outcome;
import dev.lapidary.engine.guest.TurnFailed;
import dev.lapidary.engine.guest.js.HostCallException.Kind;

/// Calls of JavaScript from within a host function, which nest: each has room of its own for its
/// arguments. And the platform's own functions for WebAssembly. Not thread-safe: part of a
/// [WasmStore].
final class WasmCalls {
  private static final int BYTES = 4096;
  private static final int CELL = 16;

  private final QuickJs js;
  private final int getException;

  /// An object of functions of the platform: `error`, `code`, `wrap`, `record`, `list`.
  private long hooks;

  /// Of [#CELL] bytes for results of the engine's API, then [#BYTES] for arguments.
  private int area;

  private int top;

  /// @param state of another store whose memory this one's is a copy of
  WasmCalls(QuickJs js, State state) {
    this.js = js;
    this.getException = js.api.getException;
    this.hooks = state.hooks();
    this.area = state.area();
    this.top = area + CELL;
  }

  /// What stays when the memory is copied.
  record State(long hooks, int area) {
    static final State NONE = new State(JsValue.UNDEFINED, 0);
  }

  State state() {
    return new State(hooks, area);
  }

  /// Takes the platform's functions, once and before anything else is asked for.
  void connect(long functions) {
    if (area != 0) {
      throw new HostCallException(Kind.TYPE_ERROR, "WebAssembly is there already");
    }
    hooks = js.dup(functions);
    area = js.malloc(CELL + BYTES);
    top = area + CELL;
  }

  /// Makes sure that the platform's functions are there.
  void requireConnected() {
    if (area == 0) {
      throw new HostCallException(Kind.TYPE_ERROR, "WebAssembly is not there yet");
    }
  }

  /// The address of 16 bytes that any call may overwrite.
  int cell() {
    return area;
  }

  /// Calls a function with `this` undefined; the arguments stay the caller's.
  ///
  /// @throws JsThrown with what it throws
  long call(long function, long... args) {
    int bytes = 8 * args.length;
    boolean fits = top + bytes <= area + CELL + BYTES;
    int pointer = fits ? top : js.malloc(bytes);
    int before = top;
    top = fits ? top + bytes : top;
    for (int i = 0; i < args.length; i++) {
      js.memory.writeLong(pointer + 8 * i, args[i]);
    }
    long result = invoke(function, args.length, pointer);
    top = before;
    if (!fits) {
      js.free(pointer);
    }
    return checked(result);
  }

  /// A trap of the engine itself is not the app's to catch.
  private long invoke(long function, int count, int pointer) {
    try {
      return js.invoke(js.api.call, js.context(), function, JsValue.UNDEFINED, count, pointer);
    } catch (ChicoryException e) {
      throw new TurnFailed(Outcome.INTERNAL_ERROR, "The sandbox stopped the code: it trapped.");
    }
  }

  /// Passes a value on, or throws the pending exception that it stands for.
  long checked(long value) {
    if (value == JsValue.EXCEPTION) {
      throw pending();
    }
    return value;
  }

  /// The pending exception.
  JsThrown pending() {
    return new JsThrown(js.invoke(getException, js.context()));
  }

  /// Calls one of the platform's functions.
  long hook(String name, long... args) {
    long function = js.get(hooks, name);
    try {
      return call(function, args);
    } finally {
      js.freeValue(function);
    }
  }

  /// An error of the class that is named, to be thrown.
  JsThrown error(String name, String message) {
    long[] args = {js.string(name), js.string(message)};
    try {
      return new JsThrown(hook("error", args));
    } finally {
      js.freeValue(args[0]);
      js.freeValue(args[1]);
    }
  }

  /// Throws a value in JavaScript: what a host function answers then.
  long raise(JsThrown thrown) {
    return js.invoke(js.api.throwValue, js.context(), thrown.value());
  }
}
