/** WebAssembly's functions as JavaScript's. */

import * as p from "lapidary:primordials";
import { host } from "lapidary:host";
import { isObject } from "lapidary:wasm-arguments";
import { typeError } from "lapidary:wasm-errors";
import { found, records } from "lapidary:wasm-parts";

/** A function's code is its instance's number times this, plus its index. */
const FUNCTIONS = 2 ** 24;

export const NO_FUNCTION = "function-typed object must be null (if nullable) or a Wasm function object";

/** The code of each of WebAssembly's functions. */
const codes = new p.WeakMapOf();

/** The function with this code; the same one each time, while its instance can be reached. */
export function wrap(code) {
  const record = found(records, p.MathTrunc(code / FUNCTIONS));
  return record === undefined ? null : exported(record, code % FUNCTIONS);
}

export function exported(record, index) {
  const { functions, type } = record.about;
  const known = p.MapGet(functions, index);
  if (known !== undefined) {
    return known;
  }
  const imported = index < type.functionImports.length ? record[type.functionImports[index]] : undefined;
  const made = imported !== undefined && p.WeakMapGet(codes, imported) !== undefined ? imported : caller(record, index);
  p.MapSet(functions, index, made);
  return made;
}

function caller(record, index) {
  const call = host.wasmCall;
  const number = record.about.number;
  const parameters = p.StringIndexOf(host.wasmType(number, index), ":");
  let made;
  switch (parameters) {
    case 0:
      made = () => call(number, record, index);
      break;
    case 1:
      made = (a) => call(number, record, index, a);
      break;
    case 2:
      made = (a, b) => call(number, record, index, a, b);
      break;
    case 3:
      made = (a, b, c) => call(number, record, index, a, b, c);
      break;
    default:
      made = (...args) => {
        const all = p.list();
        all[0] = number;
        all[1] = record;
        all[2] = index;
        for (let i = 0; i < args.length; i++) {
          all[i + 3] = args[i];
        }
        return p.ReflectApply(call, undefined, all);
      };
  }
  p.ObjectDefineProperty(made, "name", { __proto__: null, value: "" + index, configurable: true });
  p.ObjectDefineProperty(made, "length", { __proto__: null, value: parameters, configurable: true });
  p.WeakMapSet(codes, made, number * FUNCTIONS + index);
  return made;
}

/** The code of one of WebAssembly's functions, -1 for anything else. */
export function codeOf(value) {
  return (typeof value === "function" ? p.WeakMapGet(codes, value) : undefined) ?? -1;
}

/** An array of the elements that a function returned for more than one result. */
export function listOf(value, count) {
  if (!isObject(value)) {
    throw typeError("multi-return value must be iterable");
  }
  const all = p.list();
  for (const element of value) {
    all[all.length] = element;
  }
  if (all.length !== count) {
    throw typeError("multi-return length mismatch");
  }
  return all;
}

/** The type of the function with this code: parameters:results. */
export function typeOfCode(code) {
  return host.wasmType(p.MathTrunc(code / FUNCTIONS), code % FUNCTIONS);
}
