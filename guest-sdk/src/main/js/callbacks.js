/** The functions that the host may ask for later: initializers of facets, and where workers' code comes from. */

import * as p from "lapidary:primordials";

/** How many are still known after their stubs were given up: the host may be about to ask. */
const RECENT = 256;
const callbacks = new p.MapOf();
const recent = p.list();
let nextNumber = 1;
let at = 0;

/**
 * Keeps a function; returns its number.
 *
 * @param {() => void} gone called once the function is forgotten for good
 */
export function keep(callback, gone = undefined) {
  const number = nextNumber++;
  p.MapSet(callbacks, number, { __proto__: null, callback, gone });
  return number;
}

/** Nobody can ask for it any more, but for what is on its way. */
export function forget(number) {
  const last = recent[at];
  const gone = p.MapGet(callbacks, last)?.gone;
  p.MapDelete(callbacks, last);
  recent[at] = number;
  at = (at + 1) % RECENT;
  gone?.();
}

/** The function of a number. @throws {Error} if it was forgotten */
export function recallCallback(number) {
  const entry = p.MapGet(callbacks, number);
  if (entry === undefined) {
    throw new p.ErrorOf("The stub that this callback was given for is gone.");
  }
  return entry.callback;
}
