/** Links what a module imports, and refuses what does not fit, in V8's words. */

import * as p from "lapidary:primordials";
import { host } from "lapidary:host";
import { isObject } from "lapidary:wasm-arguments";
import { errors, typeError } from "lapidary:wasm-errors";
import { codeOf, typeOfCode } from "lapidary:wasm-functions";
import { aboutGlobal, Global, isGlobal } from "lapidary:wasm-global";
import { isMemory, memoryMaximum, memoryNumber } from "lapidary:wasm-memory";
import { PARTS } from "lapidary:wasm-module";
import { FUNCTION, MEMORY, TABLE } from "lapidary:wasm-parts";
import { aboutTable, isTable } from "lapidary:wasm-table";

/** Reads what a module imports, checks it, and fills the record with it; answers the host's numbers. */
export function linked(types, imports, record, api) {
  const values = p.list();
  const links = p.list();
  for (let i = 0; i < types.length; i += PARTS) {
    const space = imports[types[i]];
    if (!isObject(space)) {
      throw typeError(api + ": Import #" + i / PARTS + " " + quoted(types[i]) + ": module is not an object or function");
    }
    values[i / PARTS] = space[types[i + 1]];
  }
  // As in V8: memories first.
  for (const first of [true, false]) {
    for (let i = 0; i < types.length; i += PARTS) {
      if ((types[i + 2] === MEMORY) === first) {
        const at = i / PARTS;
        const refuse = (reason) => new errors.LinkError(
          api + ": Import #" + at + " " + quoted(types[i]) + " " + quoted(types[i + 1]) + ": " + reason);
        [record[at], links[at]] = link(values[at], types[i + 2], types[i + 3], types[i + 4], types[i + 5], refuse);
      }
    }
  }
  return links;
}

function quoted(name) {
  return '"' + name + '"';
}

function link(value, kind, a, b, c, refuse) {
  switch (kind) {
    case FUNCTION:
      return [linkFunction(value, a, b, refuse), 0];
    case TABLE:
      return [value, linkTable(value, a, b, c, refuse)];
    case MEMORY:
      return [value, linkMemory(value, b, c, refuse)];
    default:
      return linkGlobal(value, a, b, refuse);
  }
}

function linkFunction(value, parameters, results, refuse) {
  if (typeof value !== "function") {
    throw refuse("function import requires a callable");
  }
  const code = codeOf(value);
  if (code >= 0 && typeOfCode(code) !== parameters + ":" + results) {
    throw refuse("imported function does not match the expected type");
  }
  return value;
}

function linkTable(value, element, minimum, maximum, refuse) {
  if (!isTable(value)) {
    throw refuse("table import requires a WebAssembly.Table");
  }
  const about = aboutTable(value);
  const size = host.wasmTable(4, about.number);
  if (size < minimum) {
    throw refuse("table import has " + size + " elements, which is smaller than the declared initial of " + minimum);
  }
  if (maximum >= 0 && about.maximum === undefined) {
    throw refuse("table import has no maximum, expected at most " + maximum);
  }
  if (maximum >= 0 && about.maximum > maximum) {
    throw refuse("table import has maximum larger than the declared maximum " + maximum + ": " + about.maximum);
  }
  if (about.element !== element) {
    throw refuse("imported table does not match the expected type");
  }
  return about.number;
}

function linkMemory(value, minimum, maximum, refuse) {
  if (!isMemory(value)) {
    throw refuse("memory import must be a WebAssembly.Memory object");
  }
  const number = memoryNumber(value);
  const pages = host.wasmMemory(3, number);
  if (pages < minimum) {
    throw refuse("memory import has " + pages + " pages which is smaller than the declared initial of " + minimum);
  }
  const most = memoryMaximum(value);
  if (maximum >= 0 && most === undefined) {
    throw refuse("memory import has no maximum limit, expected at most " + maximum);
  }
  if (maximum >= 0 && most > maximum) {
    throw refuse("memory import has a larger maximum size " + most + " than the module's declared maximum " + maximum);
  }
  return number;
}

function linkGlobal(value, type, mutable, refuse) {
  if (type === "r") {
    throw refuse("imported globals that refer to functions are not supported");
  }
  if (isGlobal(value)) {
    const about = aboutGlobal(value);
    if (about.mutable !== mutable) {
      throw refuse("imported global does not match the expected mutability");
    }
    if (about.type !== type) {
      throw refuse("imported global does not match the expected type");
    }
    return [value, about.number];
  }
  if (mutable) {
    throw refuse("imported mutable global must be a WebAssembly.Global object");
  }
  if (type === "l" ? typeof value !== "bigint" : type !== "x" && typeof value !== "number") {
    throw refuse(type === "l" ? "global import must be a BigInt" : "global import must be a number, valid Wasm reference, or WebAssembly.Global object");
  }
  const made = new Global({ value: { i: "i32", l: "i64", f: "f32", d: "f64", x: "externref" }[type] }, value);
  return [made, aboutGlobal(made).number];
}
