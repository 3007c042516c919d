/** What WebAssembly's functions are given, as the standard converts it, and V8's words where it cannot be. */

import * as p from "lapidary:primordials";
import { typeError } from "lapidary:wasm-errors";

/** Types by name, as the host has them. */
const TYPES = { __proto__: null, i32: "i", i64: "l", f32: "f", f64: "d", externref: "x", anyfunc: "r", funcref: "r" };

export function isObject(value) {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** The host's letter for a type, undefined where it is none. */
export function valueType(value) {
  return TYPES[text(value)];
}

export function text(value) {
  return p.toText(value);
}

export function limit(descriptor, name, api, most, least = 0) {
  const value = descriptor[name];
  if (value === undefined) {
    return undefined;
  }
  const property = api + ": Property '" + name + "'";
  const number = whole(value, () => typeError(property + " must be convertible to a valid number"),
    () => typeError(property + " must be non-negative"));
  if (number > most) {
    throw new p.RangeErrorOf(property + ": value " + number + " is above the upper bound " + most);
  }
  if (number < least) {
    throw new p.RangeErrorOf(property + ": value " + number + " is below the lower bound " + least);
  }
  return number;
}

function whole(value, invalid, negative) {
  const number = +value;
  if (!(number - number === 0)) {
    throw invalid();
  }
  if (number <= -1) {
    throw negative();
  }
  return p.MathTrunc(number) + 0;
}

/** Argument `at`: an index or a number of pages or elements. */
export function argument(value, at, api) {
  const number = whole(value, () => typeError(api + ": Argument " + at + " must be convertible to a valid number"),
    () => typeError(api + ": Argument " + at + " must be non-negative"));
  if (number > 4294967295) {
    throw typeError(api + ": Argument " + at + " must be in the unsigned long range");
  }
  return number;
}

export function initial(descriptor, api, most) {
  const value = limit(descriptor, "initial", api, most);
  if (value === undefined) {
    throw typeError(api + ": Property 'initial' is required");
  }
  return value;
}
