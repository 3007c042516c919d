package dev.lapidary.engine.guest.js;

import dev.lapidary.engine.guest.js.HostCallException.Kind;
import dev.lapidary.engine.guest.wasm.ValueType;

/// Values on their way between JavaScript and WebAssembly, as the standard's `ToWebAssemblyValue`
/// and `ToJSValue` have it. Conversions may run JavaScript. Not thread-safe: part of a [WasmStore].
final class WasmValues {
  /// A function's code is its instance's number times this, plus its index.
  private static final long FUNCTIONS = 1L << 24;

  private static final int NULL_FUNCTION = -1;

  private final QuickJs js;
  private final WasmCalls calls;
  private final WasmExterns externs;
  private final int toInt32;
  private final int toFloat64;
  private final int toBigInt64;
  private final int newBigInt64;

  WasmValues(QuickJs js, WasmCalls calls, WasmExterns externs) {
    this.js = js;
    this.calls = calls;
    this.externs = externs;
    this.toInt32 = js.api.index("JS_ToInt32");
    this.toFloat64 = js.api.index("JS_ToFloat64");
    this.toBigInt64 = js.api.index("JS_ToBigInt64");
    this.newBigInt64 = js.api.index("JS_NewBigInt64");
  }

  /// What a function is known by in the platform's JavaScript.
  static long code(int instance, int function) {
    return instance * FUNCTIONS + function;
  }

  static int instanceOf(long code) {
    return (int) (code / FUNCTIONS);
  }

  static int functionOf(long code) {
    return (int) (code % FUNCTIONS);
  }

  /// A value as WebAssembly has it; it stays the caller's. Functions: see [#functionCode].
  ///
  /// @throws JsThrown what the conversion throws
  long toWasm(ValueType type, long value) {
    return switch (type) {
      case I32 -> JsValue.tag(value) == JsValue.TAG_INT ? (int) value : int32(value);
      case I64 -> int64(value);
      case F32 -> Float.floatToRawIntBits((float) float64(value));
      case F64 -> Double.doubleToRawLongBits(float64(value));
      case EXTERNREF -> externs.number(value);
      case FUNCREF, V128 -> throw incompatible();
    };
  }

  static HostCallException incompatible() {
    return new HostCallException(
        Kind.TYPE_ERROR, "type incompatibility when transforming from/to JS");
  }

  /// The code of one of WebAssembly's functions; -1 for null.
  long functionCode(long value) {
    if (value == JsValue.NULL) {
      return NULL_FUNCTION;
    }
    long code = calls.hook("code", value);
    long number = (long) JsValue.toDouble(code);
    if (number < 0) {
      throw incompatible();
    }
    return number;
  }

  private int int32(long value) {
    refuseNoNumber(value);
    if ((int) js.invoke(toInt32, js.context(), calls.cell(), value) < 0) {
      throw calls.pending();
    }
    return js.memory.readInt(calls.cell());
  }

  private double float64(long value) {
    if (JsValue.tag(value) == JsValue.TAG_INT || JsValue.isDouble(value)) {
      return JsValue.toDouble(value);
    }
    refuseNoNumber(value);
    if ((int) js.invoke(toFloat64, js.context(), calls.cell(), value) < 0) {
      throw calls.pending();
    }
    return js.memory.readDouble(calls.cell());
  }

  private static void refuseNoNumber(long value) {
    if (JsValue.isBigInt(value)) {
      throw new HostCallException(Kind.TYPE_ERROR, "Cannot convert a BigInt value to a number");
    }
    if (JsValue.tag(value) == JsValue.TAG_SYMBOL) {
      throw new HostCallException(Kind.TYPE_ERROR, "Cannot convert a Symbol value to a number");
    }
  }

  private long int64(long value) {
    boolean number = JsValue.tag(value) == JsValue.TAG_INT || JsValue.isDouble(value);
    if (number || JsValue.isNullish(value) || JsValue.tag(value) == JsValue.TAG_SYMBOL) {
      String text = JsValue.tag(value) == JsValue.TAG_SYMBOL ? "a Symbol value" : js.text(value);
      throw new HostCallException(Kind.TYPE_ERROR, "Cannot convert " + text + " to a BigInt");
    }
    if ((int) js.invoke(toBigInt64, js.context(), calls.cell(), value) < 0) {
      throw calls.pending();
    }
    return js.memory.readLong(calls.cell());
  }

  /// A value as JavaScript has it, the caller's to free.
  ///
  /// @param instance whose function a reference is of
  long toJs(ValueType type, long value, WasmInstance instance) {
    return type == ValueType.FUNCREF ? function(instance, (int) value) : toJs(type, value);
  }

  /// The same for what is no function.
  long toJs(ValueType type, long value) {
    return switch (type) {
      case I32 -> JsValue.of((int) value);
      case I64 -> calls.checked(js.invoke(newBigInt64, js.context(), value));
      case F32 -> JsValue.of((double) Float.intBitsToFloat((int) value));
      case F64 -> JsValue.of(Double.longBitsToDouble(value));
      case EXTERNREF -> externs.value((int) value);
      case FUNCREF, V128 -> throw incompatible();
    };
  }

  private long function(WasmInstance instance, int function) {
    if (function == NULL_FUNCTION) {
      return JsValue.NULL;
    }
    if (!instance.has(function)) {
      throw new HostCallException(
          Kind.TYPE_ERROR, "a reference to a function of another instance cannot be converted");
    }
    long code = code(instance.number(), instance.code().declaredIndex(function));
    return calls.hook("wrap", JsValue.of(code));
  }
}
