package dev.lapidary.engine.guest.js;

import dev.lapidary.abi.GuestError;
import java.nio.charset.StandardCharsets;

/// Evaluates ES modules and scripts.
final class Modules {
  private static final int EVAL_SCRIPT = 0;
  private static final int EVAL_MODULE = 1;
  private static final int COMPILE_ONLY = 1 << 5;
  private static final int WRITE_BYTECODE = 1;
  private static final int WRITE_NO_SOURCE = 1 << 4;
  private static final int READ_BYTECODE = 1;
  private static final int FULFILLED = 1;
  private static final int REJECTED = 2;

  private Modules() {}

  /// Evaluates an ES module and drains the jobs it started.
  ///
  /// @return the module's namespace
  /// @throws JsException where it does not compile, does not link or throws
  static long evaluate(QuickJs js, String name, String source) {
    int box = eval(js, name, source, EVAL_MODULE);
    long promise = js.memory.readLong(box);
    if (promise == JsValue.EXCEPTION) {
      throw js.takeException();
    }
    js.drainJobs();
    return settled(js, box, promise, name);
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

  /// Evaluates an ES module within a host function, where no jobs may run.
  ///
  /// @return the module's namespace; `undefined` where it waits for something; `EXCEPTION`, with
  ///     the exception pending, where it does not compile, does not link or throws
  static long evaluateNow(QuickJs js, String name, String source) {
    int box = eval(js, name, source, EVAL_MODULE);
    long promise = js.memory.readLong(box);
    if (promise == JsValue.EXCEPTION) {
      js.invoke(js.api.freeBox, box);
      return promise;
    }
    int state = (int) js.invoke(js.api.promiseState, js.context(), promise);
    long result = js.invoke(js.api.promiseResult, js.context(), promise);
    js.invoke(js.api.freeBox, box);
    if (state == REJECTED) {
      return js.invoke(js.api.throwValue, js.context(), result);
    }
    return state == FULFILLED ? result : JsValue.UNDEFINED;
  }

  /// Compiles an ES module that is not to be evaluated here.
  ///
  /// @return its bytecode, with line numbers and without its source
  /// @throws JsException where it does not compile
  static byte[] compile(QuickJs js, String name, String source) {
    byte[] bytes = source.getBytes(StandardCharsets.UTF_8);
    int text = js.cString(source);
    int file = js.cString(name);
    int flags = EVAL_MODULE | COMPILE_ONLY;
    long module = js.invoke(js.api.evalText, js.context(), text, bytes.length, file, flags);
    js.check(module);
    int size = js.malloc(4);
    int flag = WRITE_BYTECODE | WRITE_NO_SOURCE;
    int pointer = (int) js.invoke(js.api.writeObject, js.context(), size, module, flag);
    if (pointer == 0) {
      throw js.takeException();
    }
    return js.memory.readBytes(pointer, js.memory.readInt(size));
  }

  /// Makes QuickJS have an ES module, by the name that it was compiled with.
  static void read(QuickJs js, byte[] bytecode) {
    int pointer = js.malloc(bytecode.length);
    js.memory.write(pointer, bytecode, 0, bytecode.length);
    long module =
        js.invoke(js.api.readObject, js.context(), pointer, bytecode.length, READ_BYTECODE);
    js.free(pointer);
    js.check(module);
  }

  /// Evaluates a script, not strict, within a host function.
  ///
  /// @return its value; `EXCEPTION`, with the exception pending, where it does not compile or
  ///     throws
  static long script(QuickJs js, String name, String source) {
    int box = eval(js, name, source, EVAL_SCRIPT);
    return js.takeBox(box);
  }

  private static int eval(QuickJs js, String name, String source, int kind) {
    byte[] bytes = source.getBytes(StandardCharsets.UTF_8);
    int text = js.malloc(bytes.length + 1);
    js.memory.write(text, bytes, 0, bytes.length);
    js.memory.writeByte(text + bytes.length, (byte) 0);
    int file = js.cString(name);
    int box = (int) js.invoke(js.api.eval, text, bytes.length, file, kind);
    js.free(text);
    js.free(file);
    return box;
  }
}
