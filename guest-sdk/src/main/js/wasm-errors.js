/** The errors of WebAssembly. */

import * as p from "lapidary:primordials";

const NO_CODE = "Wasm code generation disallowed by embedder";

class CompileError extends p.ErrorOf {}
class LinkError extends p.ErrorOf {}
class RuntimeError extends p.ErrorOf {}

/** An error class as V8's: it may be called without `new`. */
function errorClass(base, name) {
  const constructor = function (...args) {
    return p.ReflectConstruct(base, args, new.target ?? constructor);
  };
  constructor.prototype = base.prototype;
  const own = { __proto__: null, constructor, name, message: "" };
  for (const key in own) {
    p.ObjectDefineProperty(base.prototype, key, { __proto__: null, value: own[key], writable: true, enumerable: false, configurable: true });
  }
  p.ObjectDefineProperty(constructor, "name", { __proto__: null, value: name, configurable: true });
  p.ObjectDefineProperty(constructor, "length", { __proto__: null, value: 1, configurable: true });
  p.ObjectDefineProperty(constructor, "prototype", { __proto__: null, writable: false, enumerable: false });
  p.ObjectSetPrototypeOf(constructor, p.ErrorOf);
  return constructor;
}

export const errors = {
  __proto__: null,
  CompileError: errorClass(CompileError, "CompileError"),
  LinkError: errorClass(LinkError, "LinkError"),
  RuntimeError: errorClass(RuntimeError, "RuntimeError"),
  RangeError: p.RangeErrorOf,
};

export function typeError(message) {
  return new p.TypeErrorOf(message);
}

/** What refuses to compile bytes. */
export function noCode(api) {
  return new errors.CompileError("WebAssembly." + api + "(): " + NO_CODE);
}
