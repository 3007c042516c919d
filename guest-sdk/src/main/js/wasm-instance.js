/** WebAssembly.Instance. */

import * as p from "lapidary:primordials";
import { host } from "lapidary:host";
import { isObject } from "lapidary:wasm-arguments";
import { typeError } from "lapidary:wasm-errors";
import { exported } from "lapidary:wasm-functions";
import { Global } from "lapidary:wasm-global";
import { linked } from "lapidary:wasm-imports";
import { Memory } from "lapidary:wasm-memory";
import { isModule, moduleName, moduleType, PARTS } from "lapidary:wasm-module";
import { found, FUNCTION, globals, memories, MEMORY, PRIVATE, records, remember, TABLE, tables } from "lapidary:wasm-parts";
import { isTable, keepInTable, Table } from "lapidary:wasm-table";

export class Instance {
  #exports;

  constructor(module, imports) {
    this.#exports = module === PRIVATE ? imports : instantiate(module, imports, "Instance");
  }

  get exports() {
    if (!isObject(this) || !(#exports in this)) {
      throw typeError("WebAssembly.Instance.exports(): Receiver is not a WebAssembly.Instance");
    }
    return this.#exports;
  }
}

export function instantiate(module, imports, name) {
  const api = "WebAssembly." + name + "()";
  if (!isModule(module)) {
    throw typeError(api + ": Argument 0 must be a WebAssembly.Module");
  }
  if (imports !== undefined && !isObject(imports)) {
    throw typeError(api + ": Argument 1 must be an object");
  }
  const type = moduleType(module);
  if (type.imports.length > 0 && imports === undefined) {
    throw typeError(api + ": Imports argument must be present and must be an object");
  }
  const record = p.list();
  const links = linked(type.imports, imports, record, api);
  const number = host.wasmInstantiate(moduleName(module), links);
  p.ObjectDefineProperty(record, "about", { __proto__: null, value: { number, functions: new p.MapOf(), type, parts: p.list() } });
  remember(records, 0, number, record);
  for (let i = 0; i < record.length; i++) {
    if (isTable(record[i])) {
      keepInTable(record[i], record);
    }
  }
  const exports = exportsOf(record, type.exports);
  host.wasmStart(number, record, name);
  return exports;
}

function exportsOf(record, types) {
  const exports = { __proto__: null };
  for (let i = 0; i < types.length; i += PARTS) {
    const value = exportOf(record, types[i + 1], types[i + 2], types[i + 3], types[i + 4], types[i + 5]);
    p.ObjectDefineProperty(exports, types[i], { __proto__: null, value, writable: true, enumerable: true, configurable: true });
  }
  return p.ObjectFreeze(exports);
}

function exportOf(record, kind, index, a, b, c) {
  if (kind === FUNCTION) {
    return exported(record, index);
  }
  const objects = kind === TABLE ? tables : kind === MEMORY ? memories : globals;
  const number = host.wasmExport(record.about.number, kind, index);
  let object = found(objects, number);
  if (object === undefined) {
    object = kind === TABLE ? new Table(PRIVATE, [number, a, c < 0 ? undefined : c])
      : kind === MEMORY ? new Memory(PRIVATE, [number, c < 0 ? undefined : c])
        : new Global(PRIVATE, [number, a, b, record]);
    if (kind === TABLE) {
      keepInTable(object, record);
    }
    if (kind === MEMORY) {
      host.wasmMemory(4, number);
    }
    remember(objects, kind, number, object);
  }
  const { parts } = record.about;
  parts[parts.length] = object;
  return object;
}
