package dev.lapidary.engine.guest.js;

import com.dylibso.chicory.runtime.Instance;
import dev.lapidary.engine.guest.wasm.LinkedModule;
import java.util.function.LongSupplier;

/// Tells the guest what happens to its promises, so that asynchronous context can follow them
/// through `await`: for that QuickJS has no JavaScript hook. It is off until the guest asks for it;
/// then its dispatcher's `promise(kind, promise)` is called, within whatever runs. Not thread-safe:
/// part of a [JsRuntime].
final class PromiseHook {
  private final QuickJs js;
  private final Instance instance;
  private final LongSupplier dispatcher;
  private long listener = JsValue.UNDEFINED;
  private int arguments;

  PromiseHook(QuickJs js, Instance instance, LongSupplier dispatcher) {
    this.js = js;
    this.instance = instance;
    this.dispatcher = dispatcher;
  }

  /// Turns the hook on, for this instance and for those started from its image.
  long follow() {
    int slot = (int) instance.exports().global(LinkedModule.PROMISE_SLOT).getValue();
    long runtime = js.invoke(js.api.index("qjs_get_runtime_ptr"));
    js.invoke(js.api.index("JS_SetPromiseHook"), runtime, slot, 0);
    return JsValue.UNDEFINED;
  }

  /// Passes an event on. What the listener throws is dropped: a promise has no place for it.
  ///
  /// @param kind 0 made, 1 before and 2 after a thenable's `then` is called, 3 resolved
  void happened(long kind, long promise) {
    if (JsValue.isUndefined(listener)) {
      arguments = js.malloc(16);
      listener = js.get(dispatcher.getAsLong(), "promise");
    }
    js.memory.writeLong(arguments, JsValue.of((int) kind));
    js.memory.writeLong(arguments + 8, promise);
    long result = js.invoke(js.api.call, js.context(), listener, JsValue.UNDEFINED, 2, arguments);
    if (result == JsValue.EXCEPTION) {
      result = js.invoke(js.api.getException, js.context());
    }
    js.freeValue(result);
  }
}
