/**
 * WebAssembly inside of a JavaScript guest, loaded when the global is read or a Wasm module is imported.
 *
 * What runs is the host's: memories, tables, globals and instances live there by number, and an object here stands for each.
 * The host trusts nothing of these modules.
 */

import * as p from "lapidary:primordials";
import { host } from "lapidary:host";
import { brandClass } from "lapidary:brand";
import { errors, noCode, typeError } from "lapidary:wasm-errors";
import { codeOf, listOf, wrap } from "lapidary:wasm-functions";
import { Global } from "lapidary:wasm-global";
import { Instance, instantiate } from "lapidary:wasm-instance";
import { Memory } from "lapidary:wasm-memory";
import { isModule, Module } from "lapidary:wasm-module";
import { collect, found, PRIVATE, records } from "lapidary:wasm-parts";
import { Table } from "lapidary:wasm-table";

export { isMemoryBuffer } from "lapidary:wasm-memory";
export { createModule } from "lapidary:wasm-module";

host.wasmHooks({
  __proto__: null,
  error: (name, message) => new errors[name](message),
  code: codeOf,
  wrap,
  record: (number) => found(records, number),
  list: listOf,
  collect,
});

function isBytes(value) {
  return p.ArrayBufferIsView(value) || p.arrayBufferLength(value) >= 0;
}

const functions = {
  async compile() {
    throw noCode("compile");
  },
  validate(bytes) {
    if (!isBytes(bytes)) {
      throw typeError("WebAssembly.validate(): Argument 0 must be a buffer source");
    }
    return host.wasmValidate(p.ArrayBufferIsView(bytes) ? p.copyViewBytes(bytes) : bytes);
  },
  async instantiate(source, imports) {
    if (isModule(source)) {
      return new Instance(PRIVATE, instantiate(source, imports, "instantiate"));
    }
    throw isBytes(source) ? noCode("instantiate")
      : typeError("WebAssembly.instantiate(): Argument 0 must be a buffer source or a WebAssembly.Module object");
  },
};

function hidden(object, name, value) {
  p.ObjectDefineProperty(object, name, { __proto__: null, value, writable: true, enumerable: false, configurable: true });
}

const classes = { __proto__: null, Module, Instance, Table, Memory, Global };
const members = { __proto__: null, Module: ["imports", "exports", "customSections"], Instance: ["exports"],
  Table: ["length", "grow", "set", "get"], Memory: ["grow", "buffer"], Global: ["valueOf", "value"] };

/** The global. */
export const WebAssembly = {};

hidden(WebAssembly, "compile", functions.compile);
hidden(WebAssembly, "validate", functions.validate);
hidden(WebAssembly, "instantiate", functions.instantiate);
for (const name in classes) {
  const constructor = classes[name];
  p.enumerable(name === "Module" ? { prototype: Module } : constructor, members[name]);
  p.tag(constructor, "WebAssembly." + name);
  brandClass(constructor, name, "#<" + name + "> could not be cloned.");
  p.ObjectDefineProperty(constructor, "length", { __proto__: null, value: 1, configurable: true });
  hidden(WebAssembly, name, constructor);
}
hidden(WebAssembly, "CompileError", errors.CompileError);
hidden(WebAssembly, "LinkError", errors.LinkError);
hidden(WebAssembly, "RuntimeError", errors.RuntimeError);
p.tag({ prototype: WebAssembly }, "WebAssembly");
