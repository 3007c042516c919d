/** WebAssembly.Module: made of the app's modules, of nothing else. */

import * as p from "lapidary:primordials";
import { host } from "lapidary:host";
import { isObject, text } from "lapidary:wasm-arguments";
import { noCode, typeError } from "lapidary:wasm-errors";
import { FUNCTION, KINDS } from "lapidary:wasm-parts";

/** Values that describe an import or export, see `describe` of the engine's `WasmFunctions`. */
export const PARTS = 6;

let creating = false;

export class Module {
  #name;
  #type;

  constructor(name) {
    if (!creating) {
      throw noCode("Module");
    }
    this.#name = name;
  }

  static is(value) {
    return isObject(value) && #name in value;
  }

  static nameOf(module) {
    return module.#name;
  }

  static typeOf(module) {
    return module.#type ??= describe(host.wasmDescribe(module.#name));
  }

  static #check(module, api) {
    if (!isModule(module)) {
      throw typeError("WebAssembly.Module." + api + "(): Argument 0 must be a WebAssembly.Module");
    }
    return moduleType(module);
  }

  static imports(module) {
    const { imports } = Module.#check(module, "imports");
    const all = [];
    for (let i = 0; i < imports.length; i += PARTS) {
      all[i / PARTS] = { module: imports[i], name: imports[i + 1], kind: KINDS[imports[i + 2]] };
    }
    return all;
  }

  static exports(module) {
    const { exports } = Module.#check(module, "exports");
    const all = [];
    for (let i = 0; i < exports.length; i += PARTS) {
      all[i / PARTS] = { name: exports[i], kind: KINDS[exports[i + 1]] };
    }
    return all;
  }

  static customSections(module, name) {
    Module.#check(module, "customSections");
    if (name === undefined) {
      throw typeError("WebAssembly.Module.customSections(): Argument 1 is required");
    }
    return host.wasmSections(module.#name, text(name));
  }
}

export const { is: isModule, nameOf: moduleName, typeOf: moduleType } = Module;
delete Module.is;
delete Module.nameOf;
delete Module.typeOf;

function describe([imports, exports]) {
  const functionImports = [];
  for (let i = 0; i < imports.length; i += PARTS) {
    if (imports[i + 2] === FUNCTION) {
      functionImports[functionImports.length] = i / PARTS;
    }
  }
  return { imports, exports, functionImports };
}

/** The `WebAssembly.Module` of the app's module with this full name. */
export function createModule(name) {
  creating = true;
  try {
    return new Module(name);
  } finally {
    creating = false;
  }
}
