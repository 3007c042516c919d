/** Names of the platform's own classes, so that their instances are refused where only data may go. */

import * as p from "lapidary:primordials";

const names = new p.MapOf();
const refusals = new p.MapOf();

/**
 * Registers a class of the platform under its public name.
 *
 * @param {string} refusal why its instances cannot be cloned, where that needs words of its own
 */
export function brandClass(constructor, name, refusal = undefined) {
  brandPrototype(constructor.prototype, name, refusal);
}

/** Registers what inherits from `prototype`, as `brandClass` does. */
export function brandPrototype(prototype, name, refusal) {
  p.MapSet(names, prototype, name);
  if (refusal !== undefined) {
    p.MapSet(refusals, prototype, refusal);
  }
}

/** The DataCloneError for an object of a platform class. */
export function refusal(object, name) {
  return p.domException(find(refusals, object) ?? unsupported(name), "DataCloneError");
}

/** The words that refuse an object whose class cannot be cloned. */
export function unsupported(className) {
  return 'Could not serialize object of type "' + className + '". This type does not support serialization.';
}

/** The public name of the platform class that `object` is an instance of, else undefined. */
export function platformClassName(object) {
  return find(names, object);
}

function find(map, object) {
  let prototype = p.ObjectGetPrototypeOf(object);
  for (let i = 0; prototype !== null && i < 16; i++) {
    const found = p.MapGet(map, prototype);
    if (found !== undefined) {
      return found;
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
