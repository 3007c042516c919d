/** Properties defined without meeting a setter, and the errors' own prototypes. */

import * as p from "lapidary:primordials";

/** The prototypes of the language's errors by class name, as they were before any app code ran. */
export const errorPrototypes = { __proto__: null };
for (const name of ["Error", "TypeError", "RangeError", "ReferenceError", "SyntaxError", "EvalError", "URIError",
  "AggregateError", "SuppressedError"]) {
  errorPrototypes[name] = globalThis[name].prototype;
}

/** Defines an ordinary property. */
export function shown(object, key, value) {
  p.ObjectDefineProperty(object, key, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
}

/** Defines a property that is not enumerable. */
export function hidden(object, key, value) {
  p.ObjectDefineProperty(object, key, { __proto__: null, value, writable: true, enumerable: false, configurable: true });
}

/** Makes an own property not enumerable. */
export function hide(object, key) {
  if (p.ObjectHasOwn(object, key)) {
    p.ObjectDefineProperty(object, key, { __proto__: null, enumerable: false });
  }
}
