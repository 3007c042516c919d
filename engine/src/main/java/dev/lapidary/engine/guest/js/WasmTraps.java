package dev.lapidary.engine.guest.js;

import com.dylibso.chicory.wasm.ChicoryException;

/// Why WebAssembly trapped, in V8's words.
final class WasmTraps {
  private WasmTraps() {}

  static String text(ChicoryException trap) {
    String message = String.valueOf(trap.getMessage());
    if (message.contains("unreachable")) {
      return "unreachable";
    }
    if (message.startsWith("out of bounds memory access")) {
      return "memory access out of bounds";
    }
    if (message.startsWith("integer divide by zero")) {
      return operation(trap).contains("REM") ? "remainder by zero" : "divide by zero";
    }
    if (message.startsWith("integer overflow") && operation(trap).contains("DIV")) {
      return "divide result unrepresentable";
    }
    if (message.startsWith("integer overflow") || message.startsWith("invalid conversion")) {
      return "float unrepresentable in integer range";
    }
    if (message.startsWith("uninitialized element")) {
      return "null function";
    }
    if (message.startsWith("indirect call type mismatch")) {
      return "function signature mismatch";
    }
    if (message.startsWith("undefined element") || message.startsWith("out of bounds table")) {
      return "table index is out of bounds";
    }
    return message;
  }

  /// The instruction, as the runtime's method is called.
  private static String operation(ChicoryException trap) {
    StackTraceElement[] frames = trap.getStackTrace();
    return frames.length == 0 ? "" : frames[0].getMethodName();
  }
}
