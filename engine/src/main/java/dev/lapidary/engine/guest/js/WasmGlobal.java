package dev.lapidary.engine.guest.js;

import com.dylibso.chicory.runtime.GlobalInstance;
import com.dylibso.chicory.wasm.types.MutabilityType;
import com.dylibso.chicory.wasm.types.ValType;
import dev.lapidary.engine.guest.wasm.ValueType;

/// The type of a global that JavaScript can name.
record WasmGlobal(ValueType value, boolean mutable) {

  static WasmGlobal of(GlobalInstance global) {
    ValType type = global.getType();
    ValueType value =
        type.equals(ValType.I32)
            ? ValueType.I32
            : type.equals(ValType.I64)
                ? ValueType.I64
                : type.equals(ValType.F32)
                    ? ValueType.F32
                    : type.equals(ValType.F64)
                        ? ValueType.F64
                        : type.equals(ValType.ExternRef) ? ValueType.EXTERNREF : ValueType.FUNCREF;
    return new WasmGlobal(value, global.getMutabilityType() == MutabilityType.Var);
  }

  GlobalInstance create(long initial) {
    ValType type =
        switch (value) {
          case I32 -> ValType.I32;
          case I64 -> ValType.I64;
          case F32 -> ValType.F32;
          case F64 -> ValType.F64;
          case EXTERNREF -> ValType.ExternRef;
          case FUNCREF, V128 -> ValType.FuncRef;
        };
    return new GlobalInstance(
        initial, 0, type, mutable ? MutabilityType.Var : MutabilityType.Const);
  }
}
