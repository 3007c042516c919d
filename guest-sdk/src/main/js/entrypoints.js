/** The base classes apps extend, and what else they import: `env`, `exports`, `waitUntil`. */

import * as p from "lapidary:primordials";
import { brandClass } from "lapidary:brand";
import { reportRejection } from "lapidary:console";

/** Filled before the app's modules are evaluated. */
export const env = {};
/** Loopback bindings to the app's own exports; filled once its modules were evaluated. */
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

/** An instance lives while it has work anyway: what is left to do is to tell of a rejection. */
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

/** Says so where an app uses what Workers have and this engine has not. */
function missing(name) {
  return () => {
    throw new p.ErrorOf(name + " is not supported by this engine.");
  };
}

export class WorkflowEntrypoint {
  constructor() {
    missing("WorkflowEntrypoint")();
  }
}

export const withEnv = missing("withEnv()");
export const withExports = missing("withExports()");
export const withEnvAndExports = missing("withEnvAndExports()");
export const abortIsolate = missing("abortIsolate()");
export const restore = Symbol("restore");

/** Spans are not recorded: the callback runs as it is. */
function enterSpan(name, callback, ...args) {
  return p.ReflectApply(callback, undefined, args);
}
export const tracing = { enterSpan };
/** Nothing is cached. */
export const cache = { purge: missing("cache.purge()") };

const durableObjectPrototype = DurableObject.prototype;
const entrypointPrototype = WorkerEntrypoint.prototype;
const notObjects = [entrypointPrototype, RpcTarget.prototype];

function inherits(value, prototype) {
  let next = typeof value === "function" ? p.ObjectGetOwnPropertyDescriptor(value, "prototype")?.value : undefined;
  while (typeof next === "object" && next !== null) {
    if (next === prototype) {
      return true;
    }
    next = p.ObjectGetPrototypeOf(next);
  }
  return false;
}

/** Whether `value` is a class that extends WorkerEntrypoint. */
export function isEntrypoint(value) {
  return inherits(value, entrypointPrototype);
}

/** Whether `value` is a class that extends DurableObject. */
export function extendsDurableObject(value) {
  return inherits(value, durableObjectPrototype);
}

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

brandClass(RpcTarget, "RpcTarget", "Remote RPC references can only be serialized for RPC.");
