package dev.lapidary.engine.guest.js;

import dev.lapidary.abi.GuestError;
import java.nio.charset.StandardCharsets;

/// Evaluates ES modules.
final class Modules {
  private static final int EVAL_MODULE = 1;
  private static final int FULFILLED = 1;
  private static final int REJECTED = 2;

  private Modules() {}

  /// Evaluates an ES module and drains the jobs it started.
  ///
  /// @return the module's namespace
  /// @throws JsException where it does not compile, does not link or throws
  static long evaluate(QuickJs js, String name, String source) {
    int box = start(js, name, source);
    long promise = js.memory.readLong(box);
    js.drainJobs();
    return settled(js, box, promise, name);
  }

  /// Evaluates an ES module that awaits nothing, and runs no job: what it does is done on return.
  ///
  /// @throws JsException where it does not compile, does not link or throws
  static void begin(QuickJs js, String name, String source) {
    int box = start(js, name, source);
    long promise = js.memory.readLong(box);
    if ((int) js.invoke(js.api.promiseState, js.context(), promise) == REJECTED) {
      settled(js, box, promise, name);
    }
    js.invoke(js.api.freeBox, box);
  }

  /// @return the box of the promise of the module's evaluation
  private static int start(QuickJs js, String name, String source) {
    byte[] bytes = source.getBytes(StandardCharsets.UTF_8);
    int text = js.malloc(bytes.length + 1);
    js.memory.write(text, bytes, 0, bytes.length);
    js.memory.writeByte(text + bytes.length, (byte) 0);
    int file = js.cString(name);
    int box = (int) js.invoke(js.api.eval, text, bytes.length, file, EVAL_MODULE);
    js.free(text);
    js.free(file);
    if (js.memory.readLong(box) == JsValue.EXCEPTION) {
      throw js.takeException();
    }
    return box;
  }

  private static long settled(QuickJs js, int box, long promise, String name) {
    int state = (int) js.invoke(js.api.promiseState, js.context(), promise);
    long result = js.invoke(js.api.promiseResult, js.context(), promise);
    js.invoke(js.api.freeBox, box);
    if (state == FULFILLED) {
      return result;
    }
    if (state == REJECTED) {
      GuestError error = js.describe(result);
      js.freeValue(result);
      throw new JsException(error);
    }
    throw new JsException(
        new GuestError("Error", "Top-level await in module \"" + name + "\" never settles.", ""));
  }
}
