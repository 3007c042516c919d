/** Errors as Node's modules throw them. */

import { inspect } from "node:util";

export function coded(Type, code, message) {
  return Object.assign(new Type(message), { code });
}

function received(value) {
  if (value === undefined || value === null) {
    return "Received " + value;
  }
  if (typeof value === "function") {
    return "Received function " + value.name;
  }
  if (typeof value === "object") {
    return value.constructor?.name ? "Received an instance of " + value.constructor.name : "Received " + inspect(value, { depth: -1 });
  }
  const shown = inspect(value);
  return "Received type " + typeof value + " (" + (shown.length > 28 ? shown.slice(0, 25) + "..." : shown) + ")";
}

export function wrongType(name, expected, value) {
  return coded(TypeError, "ERR_INVALID_ARG_TYPE", "The \"" + name + "\" " + (name.includes(".") ? "property" : "argument") + " must be " + expected + ". " + received(value));
}

export function wrongValue(name, value, reason = "is invalid") {
  return coded(TypeError, "ERR_INVALID_ARG_VALUE", "The argument '" + name + "' " + reason + ". Received " + inspect(value));
}

export function outOfRange(name, range, value) {
  return coded(RangeError, "ERR_OUT_OF_RANGE", "The value of \"" + name + "\" is out of range. It must be " + range + ". Received " + inspect(value));
}

/** A whole number from `least` to `most`. */
export function whole(value, name, least = 0, most = 2147483647) {
  if (typeof value !== "number") {
    throw wrongType(name, "of type number", value);
  }
  if (!Number.isInteger(value)) {
    throw outOfRange(name, "an integer", value);
  }
  if (value < least || value > most) {
    throw outOfRange(name, ">= " + least + " && <= " + most, value);
  }
  return value;
}
