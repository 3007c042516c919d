package dev.lapidary.engine.guest.js;

import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.ExternalType;
import java.util.HashMap;
import java.util.Map;

/// The functions of QuickJS' C API that the host calls, as function indices of the linked module.
/// The names are QuickJS' own; `quickjs.h` is their documentation.
final class QuickJsApi {
  final int call;
  final int newStringLen;
  final int newStringUtf16;
  final int toCStringLen;
  final int toCStringLenUtf16;
  final int freeCString;
  final int freeCStringUtf16;
  final int freeValue;
  final int dupValue;
  final int newObject;
  final int newObjectFrom;
  final int newArrayFrom;
  final int newAtomLen;
  final int getPropertyStr;
  final int setPropertyStr;
  final int getPropertyUint32;
  final int newArrayBufferCopy;
  final int isArrayBuffer;
  final int getArrayBuffer;
  final int typedArrayType;
  final int typedArrayBuffer;
  final int callConstructor;
  final int definePropertyStr;
  final int newCFunction;
  final int newError;
  final int throwValue;
  final int throwTypeError;
  final int throwRangeError;
  final int getException;
  final int globalObject;
  final int promiseState;
  final int promiseResult;
  final int malloc;
  final int free;
  final int eval;
  final int evalText;
  final int writeObject;
  final int readObject;
  final int setMaxStackSize;
  final int freeBox;
  final int jobPending;
  final int executeJob;

  private final Map<String, Integer> exports = new HashMap<>();

  QuickJsApi(WasmModule module) {
    for (int i = 0; i < module.exportSection().exportCount(); i++) {
      var export = module.exportSection().getExport(i);
      if (export.exportType() == ExternalType.FUNCTION) {
        exports.put(export.name(), export.index());
      }
    }
    call = index("JS_Call");
    newStringLen = index("JS_NewStringLen");
    newStringUtf16 = index("JS_NewStringUTF16");
    toCStringLen = index("JS_ToCStringLen2");
    toCStringLenUtf16 = index("JS_ToCStringLenUTF16");
    freeCString = index("JS_FreeCString");
    freeCStringUtf16 = index("JS_FreeCStringUTF16");
    freeValue = index("JS_FreeValue");
    dupValue = index("JS_DupValue");
    newObject = index("JS_NewObject");
    newObjectFrom = index("JS_NewObjectFrom");
    newArrayFrom = index("JS_NewArrayFrom");
    newAtomLen = index("JS_NewAtomLen");
    getPropertyStr = index("JS_GetPropertyStr");
    setPropertyStr = index("JS_SetPropertyStr");
    getPropertyUint32 = index("JS_GetPropertyUint32");
    newArrayBufferCopy = index("JS_NewArrayBufferCopy");
    isArrayBuffer = index("JS_IsArrayBuffer");
    getArrayBuffer = index("JS_GetArrayBuffer");
    typedArrayType = index("JS_GetTypedArrayType");
    typedArrayBuffer = index("JS_GetTypedArrayBuffer");
    callConstructor = index("JS_CallConstructor");
    definePropertyStr = index("JS_DefinePropertyValueStr");
    newCFunction = index("JS_NewCFunction2");
    newError = index("JS_NewError");
    throwValue = index("JS_Throw");
    throwTypeError = index("JS_ThrowTypeError");
    throwRangeError = index("JS_ThrowRangeError");
    getException = index("JS_GetException");
    globalObject = index("JS_GetGlobalObject");
    promiseState = index("JS_PromiseState");
    promiseResult = index("JS_PromiseResult");
    malloc = index("wasm_malloc");
    free = index("wasm_free");
    eval = index("qjs_eval");
    evalText = index("JS_Eval");
    writeObject = index("JS_WriteObject");
    readObject = index("JS_ReadObject");
    setMaxStackSize = index("qjs_set_max_stack_size");
    freeBox = index("qjs_free_value");
    jobPending = index("qjs_is_job_pending");
    executeJob = index("qjs_execute_pending_job");
  }

  /// The index of any other exported function, for what is called once.
  int index(String name) {
    Integer index = exports.get(name);
    if (index == null) {
      throw new IllegalStateException("the JavaScript engine does not export " + name);
    }
    return index;
  }
}
