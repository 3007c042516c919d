/** What no value may hold that is to be cloned, and how it is refused. */

import * as p from "lapidary:primordials";

/** The DataCloneError that refuses a value, in workerd's words. */
export function cloneError(value) {
  return p.domException(describe(value) + " could not be cloned.", "DataCloneError");
}

function describe(value) {
  if (typeof value === "function") {
    return p.FunctionToString(value);
  }
  if (typeof value === "symbol") {
    return p.SymbolToString(value);
  }
  const name = p.ObjectToString(value);
  const plain = p.StringSlice(name, 8, -1);
  return plain === "Generator" || plain === "Symbol" || p.StringEndsWith(plain, " Iterator") ? name
    : "#<" + (plain === "Arguments" ? "Object" : plain) + ">";
}

/** Whether `check` accepts an object: what only the real thing answers, whatever its prototype. */
export function brand(check, object) {
  try {
    check(object);
    return true;
  } catch {
    return false;
  }
}

/** Whether an object of the language's own cannot be cloned. */
export function uncloneable(object) {
  if (brand((o) => p.WeakMapHas(o, p.ObjectPrototype), object) || brand((o) => p.WeakSetHas(o, p.ObjectPrototype), object)
    || brand(p.WeakRefDeref, object) || p.sharedBufferLength(object) >= 0 || brand(p.SymbolValueOf, object)) {
    return true;
  }
  const name = p.StringSlice(p.ObjectToString(object), 8, -1);
  if (p.StringEndsWith(name, " Iterator") && p.isBuiltinIterator(object)) {
    return true;
  }
  return name === "Promise" || name === "Generator" || name === "AsyncGenerator" || name === "FinalizationRegistry";
}
