/**
 * WebAssembly as far as it goes inside of a JavaScript guest: modules are values that can be handed on, and nothing runs.
 * The global is there only for apps that have a Wasm module, so that libraries see that they must do without.
 */

import * as p from "lapidary:primordials";
import { brandClass } from "lapidary:brand";

const NO_CODE = "Wasm code generation disallowed by embedder";
const NO_INSTANCE = "WebAssembly modules cannot be instantiated inside of JavaScript here. "
  + "Deploy the module as an app of its own, or use a JavaScript build of it.";

let creating = false;

class CompileError extends p.ErrorOf {}
class LinkError extends p.ErrorOf {}
class RuntimeError extends p.ErrorOf {}

class Module {
  #bytes;

  constructor(bytes) {
    if (!creating) {
      throw new CompileError("WebAssembly.Module(): " + NO_CODE);
    }
    this.#bytes = bytes;
  }

  /** The bytes of a Module; undefined for anything else. */
  static bytesOf(value) {
    return typeof value === "object" && value !== null && #bytes in value ? value.#bytes : undefined;
  }
}

/** The bytes of a `WebAssembly.Module`, an ArrayBuffer that nobody may change; undefined for anything else. */
export const { bytesOf: moduleBytes } = Module;
delete Module.bytesOf;

class Instance {
  constructor() {
    throw new LinkError("WebAssembly.Instance(): " + NO_INSTANCE);
  }
}

const functions = {
  async compile() {
    throw new CompileError("WebAssembly.compile(): " + NO_CODE);
  },
  async instantiate(source) {
    throw moduleBytes(source) !== undefined
      ? new LinkError("WebAssembly.instantiate(): " + NO_INSTANCE)
      : new CompileError("WebAssembly.instantiate(): " + NO_CODE);
  },
  validate() {
    return false;
  },
};

for (const [error, name] of [[CompileError, "CompileError"], [LinkError, "LinkError"], [RuntimeError, "RuntimeError"]]) {
  p.ObjectDefineProperty(error.prototype, "name", { __proto__: null, value: name, writable: true, configurable: true });
}
p.tag(Module, "WebAssembly.Module");
p.tag(Instance, "WebAssembly.Instance");
brandClass(Module, "Module");

/** A `WebAssembly.Module` of these bytes, which it keeps. */
export function createModule(bytes) {
  install();
  creating = true;
  const module = new Module(bytes);
  creating = false;
  return module;
}

function install() {
  if (p.ObjectHasOwn(globalThis, "WebAssembly")) {
    return;
  }
  const namespace = {};
  const members = { Module, Instance, CompileError, LinkError, RuntimeError, compile: functions.compile,
    instantiate: functions.instantiate, validate: functions.validate };
  const names = p.ObjectKeys(members);
  for (let i = 0; i < names.length; i++) {
    p.ObjectDefineProperty(namespace, names[i], {
      __proto__: null, value: members[names[i]], writable: true, enumerable: false, configurable: true,
    });
  }
  p.ObjectDefineProperty(namespace, p.SymbolToStringTag, { __proto__: null, value: "WebAssembly", configurable: true });
  p.ObjectDefineProperty(globalThis, "WebAssembly", {
    __proto__: null, value: namespace, writable: true, enumerable: false, configurable: true,
  });
}
