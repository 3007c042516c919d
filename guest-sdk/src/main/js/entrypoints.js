/** The base classes apps extend, and the env they import. */

import * as p from "lapidary:primordials";
import { brandClass } from "lapidary:brand";
import { reportRejection } from "lapidary:console";

/** Filled when the facet starts; app modules may import it before. */
export const env = {};
/** Loopback bindings to the app's own exports: none yet. */
export const exports = {};

export class DurableObject {
  constructor(ctx, env) {
    this.ctx = ctx;
    this.env = env;
  }
}

export class WorkerEntrypoint {
  constructor(ctx, env) {
    this.ctx = ctx;
    this.env = env;
  }
}

export class RpcTarget {}

/** Kept for parity: a facet lives while it has work anyway. */
export function waitUntil(promise) {
  watch(promise);
}

async function watch(promise) {
  try {
    await promise;
  } catch (error) {
    reportRejection(error);
  }
}

const durableObjectPrototype = DurableObject.prototype;
const notObjects = [WorkerEntrypoint.prototype, RpcTarget.prototype];

/** True if `value` is a class that can be a facet: a class of its own, or one that extends DurableObject. */
export function isFacetClass(value) {
  if (typeof value !== "function") {
    return false;
  }
  const own = p.ObjectGetOwnPropertyDescriptor(value, "prototype");
  let prototype = own?.value;
  if (typeof prototype !== "object" || prototype === null) {
    return false;
  }
  const isClass = own.writable === false;
  const handlesFetch = p.ObjectGetOwnPropertyDescriptor(prototype, "fetch") !== undefined;
  for (; prototype !== null; prototype = p.ObjectGetPrototypeOf(prototype)) {
    if (prototype === durableObjectPrototype) {
      return true;
    }
    if (prototype === notObjects[0] || prototype === notObjects[1]) {
      return false;
    }
  }
  return isClass || handlesFetch;
}

brandClass(RpcTarget, "RpcTarget");
