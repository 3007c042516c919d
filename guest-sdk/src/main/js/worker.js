/** A worker's entrypoints: what an event for one of them meets. An instance of a class lives for one event. */

import * as p from "lapidary:primordials";
import { brandClass } from "lapidary:brand";
import { reportRejection } from "lapidary:console";
import { env, exports, isEntrypoint } from "lapidary:entrypoints";
import { HANDLERS, INSTANCE } from "lapidary:serve";

const KEY = { __proto__: null };

class ExecutionContext {
  constructor(key, props) {
    if (key !== KEY) {
      throw new p.TypeErrorOf("Illegal constructor");
    }
    this.props = props;
    this.exports = exports;
  }

  waitUntil(promise) {
    if (arguments.length === 0) {
      throw new p.TypeErrorOf("Failed to execute 'waitUntil' on 'ExecutionContext': parameter 1 is not of type 'Promise'.");
    }
    watch(promise);
  }

  /** There is nothing to pass through to. */
  passThroughOnException() {}

  abort(reason = undefined) {
    throw reason;
  }
}

async function watch(promise) {
  try {
    await promise;
  } catch (error) {
    reportRejection(error);
  }
}

/**
 * What `serve` calls, and what a request is for.
 *
 * @param {object} namespace the main module's
 * @param {string|undefined} name undefined for the default export
 * @throws {Error} if there is no such entrypoint; or what its constructor threw
 */
export function entrypoint(namespace, name, props) {
  const key = name ?? "default";
  const value = p.ObjectHasOwn(namespace, key) ? namespace[key] : undefined;
  const ctx = new ExecutionContext(KEY, props);
  if (isEntrypoint(value)) {
    return { __proto__: null, target: p.ReflectConstruct(value, [ctx, env]), kind: INSTANCE, env, ctx };
  }
  if (typeof value !== "object" || value === null) {
    throw new p.ErrorOf(key === "default" ? "Worker has no default entrypoint." : "Worker has no such entrypoint: " + key);
  }
  return { __proto__: null, target: value, kind: HANDLERS, env, ctx };
}

p.tag(ExecutionContext, "ExecutionContext");
brandClass(ExecutionContext, "ExecutionContext");
