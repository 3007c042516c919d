/**
 * The objects that stand for the host's parts of WebAssembly, by number, while they can be reached. The host may let go of
 * a part once its object is unreachable, so each object keeps what its part needs.
 */

import * as p from "lapidary:primordials";
import { host } from "lapidary:host";

/** Kinds of parts, as the host numbers them; instances are 0 where parts are let go of. */
export const FUNCTION = 0;
export const TABLE = 1;
export const MEMORY = 2;
export const GLOBAL = 3;
export const KINDS = ["function", "table", "memory", "global"];

/** In place of a descriptor: makes the object of a part that there is. */
export const PRIVATE = {};

/** Records of instances: what they import, by import, and `about` them. */
export const records = new p.MapOf();
export const memories = new p.MapOf();
export const tables = new p.MapOf();
export const globals = new p.MapOf();

const released = new p.FinalizationRegistryOf(({ kind, number, objects, reference }) => release(kind, number, objects, reference));

/** Lets go of what a reference stood for, once. */
function release(kind, number, objects, reference) {
  if (p.MapGet(objects, number) === reference) {
    p.MapDelete(objects, number);
    host.wasmFree(kind, number);
  }
}

export function remember(objects, kind, number, object) {
  const reference = new p.WeakRefOf(object);
  p.MapSet(objects, number, reference);
  p.FinalizationRegister(released, object, { __proto__: null, kind, number, objects, reference });
  return object;
}

/** Lets go of all that cannot be reached any more, without waiting for the registry. */
export function collect() {
  const all = [records, tables, memories, globals];
  for (let kind = 0; kind < all.length; kind++) {
    p.MapForEach(all[kind], (reference, number) => {
      if (p.WeakRefDeref(reference) === undefined) {
        release(kind, number, all[kind], reference);
      }
    });
  }
}

export function found(objects, number) {
  const reference = p.MapGet(objects, number);
  return reference === undefined ? undefined : p.WeakRefDeref(reference);
}
