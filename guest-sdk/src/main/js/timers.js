/** setTimeout and its family, on the host's timers. Ids are positive integers, never reused. */

import * as p from "lapidary:primordials";
import { bound } from "lapidary:async-context";
import { host, inEvent, GLOBAL_SCOPE_TEXT, requireEvent } from "lapidary:host";
import { reportUncaught } from "lapidary:console";
import { isGateOpen } from "lapidary:gate";

const MAX_DELAY_MS = 0x7fffffff;
/** Most timers one facet may have pending. */
const MAX_TIMERS = 10_000;
const timers = new p.MapOf();
let nextId = 1;
let idOfImmediate;

function start(callback, args, delay, repeat) {
  requireEvent();
  if (p.MapSize(timers) >= MAX_TIMERS) {
    throw new p.ErrorOf("You have exceeded the number of timeouts you may set (" + MAX_TIMERS + ").");
  }
  const ms = clamp(delay);
  const id = nextId++;
  p.MapSet(timers, id, { __proto__: null, callback, args, ms, repeat, inBlock: !isGateOpen() });
  host.setTimer(id, ms);
  return id;
}

function clamp(delay) {
  const ms = p.NumberFrom(delay);
  return ms > 0 ? p.MathTrunc(p.MathMin(ms, MAX_DELAY_MS)) : 0;
}

/** Runs a platform callback once after `delay` ms. Throws in global scope. */
export function later(callback, delay) {
  return start(callback, [], delay, false);
}

/** Forgets a timer; unknown ids are ignored. */
export function cancel(id) {
  const key = p.NumberFrom(id);
  if (p.MapDelete(timers, key)) {
    host.clearTimer(key);
  }
}

/** Whether the timer was set while concurrency was blocked, and so belongs to what blocks it. */
export function isBlockTimer(id) {
  return p.MapGet(timers, id)?.inBlock === true;
}

/** Runs the timer the host reports as due. A throw becomes an error log, as on Workers. */
export function fire(id) {
  const timer = p.MapGet(timers, id);
  if (timer === undefined) {
    return;
  }
  if (timer.repeat) {
    host.setTimer(id, timer.ms);
  } else {
    p.MapDelete(timers, id);
  }
  try {
    p.ReflectApply(timer.callback, undefined, timer.args);
  } catch (error) {
    reportUncaught(error);
  }
}

function callable(callback, name) {
  if (typeof callback !== "function") {
    throw new p.TypeErrorOf(
      "Failed to execute '" + name + "' on 'ServiceWorkerGlobalScope': parameter 1 is not of type 'function'.");
  }
}

export function setTimeout(callback, delay = 0, ...args) {
  callable(callback, "setTimeout");
  return start(bound(callback), args, delay, false);
}

export function setInterval(callback, delay = 0, ...args) {
  callable(callback, "setInterval");
  return start(bound(callback), args, delay, true);
}

export function clearTimeout(id = undefined) {
  cancel(id);
}

export function clearInterval(id = undefined) {
  cancel(id);
}

/** What `setImmediate` answers; it stands for the timer. */
class Immediate {
  #id;

  constructor(id) {
    this.#id = id;
  }

  static {
    idOfImmediate = (immediate) => immediate.#id;
  }
}

export function setImmediate(callback, ...args) {
  callable(callback, "setImmediate");
  return new Immediate(start(bound(callback), args, 0, false));
}

export function clearImmediate(immediate = undefined) {
  if (typeof immediate === "object" && immediate !== null) {
    cancel(idOfImmediate(immediate));
  }
}

/** The `scheduler` global. */
export class Scheduler {
  wait(delay, options = undefined) {
    if (arguments.length === 0) {
      throw new p.TypeErrorOf("Failed to execute 'wait' on 'Scheduler': parameter 1 is not of type 'number'.");
    }
    const signal = options?.signal;
    return new p.PromiseOf((resolve, reject) => {
      if (!inEvent) {
        throw new p.ErrorOf(GLOBAL_SCOPE_TEXT);
      }
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const id = later(resolve, delay);
      signal?.addEventListener("abort", () => {
        cancel(id);
        reject(signal.reason);
      });
    });
  }
}
p.tag(Scheduler, "Scheduler");
