/** Names of the platform's own classes, so that their instances are refused where only data may go. */

import * as p from "lapidary:primordials";

const names = new p.MapOf();

/** Registers a class of the platform under its public name. */
export function brandClass(constructor, name) {
  p.MapSet(names, constructor.prototype, name);
}

/** The public name of the platform class that `object` is an instance of, else undefined. */
export function platformClassName(object) {
  let prototype = p.ObjectGetPrototypeOf(object);
  for (let i = 0; prototype !== null && i < 16; i++) {
    const name = p.MapGet(names, prototype);
    if (name !== undefined) {
      return name;
    }
    prototype = p.ObjectGetPrototypeOf(prototype);
  }
  return undefined;
}

/** True for errors, and for DOMExceptions, which the engine itself does not count as errors. */
export function isError(value) {
  return p.ErrorIsError(value)
    || (typeof value === "object" && value !== null && platformClassName(value) === "DOMException");
}
