/** AbortController and AbortSignal. */

import * as p from "lapidary:primordials";
import { brandClass } from "lapidary:brand";
import { Event, EventTarget } from "lapidary:events";
import { later } from "lapidary:timers";

const dispatch = p.uncurry(EventTarget.prototype.dispatchEvent);
const listen = p.uncurry(EventTarget.prototype.addEventListener);
const KEY = { __proto__: null };
let create;
let is;
let abort;

export class AbortSignal extends EventTarget {
  #aborted = false;
  #reason;
  #handler = null;

  constructor(key) {
    super();
    if (key !== KEY) {
      throw new p.TypeErrorOf("Illegal constructor");
    }
  }

  get aborted() {
    return this.#aborted;
  }

  get reason() {
    return this.#reason;
  }

  get onabort() {
    return this.#handler;
  }

  set onabort(handler) {
    this.#handler = typeof handler === "function" || (typeof handler === "object" && handler !== null) ? handler : null;
  }

  throwIfAborted() {
    if (this.#aborted) {
      throw this.#reason;
    }
  }

  static abort(reason = undefined) {
    const signal = create();
    abort(signal, reason);
    return signal;
  }

  static timeout(delay) {
    if (arguments.length === 0 || !(p.NumberFrom(delay) >= 0) || p.NumberFrom(delay) > 9_007_199_254_740_991) {
      throw new p.TypeErrorOf("Failed to execute 'timeout' on 'AbortSignal': parameter 1 is not a number of milliseconds.");
    }
    const signal = create();
    later(() => abort(signal, p.domException("The operation was aborted due to timeout", "TimeoutError")), delay);
    return signal;
  }

  static any(signals) {
    const signal = create();
    for (const source of signals) {
      if (source.aborted) {
        abort(signal, source.reason);
        return signal;
      }
    }
    for (const source of signals) {
      listen(source, "abort", () => abort(signal, source.reason));
    }
    return signal;
  }

  static {
    is = (value) => typeof value === "object" && value !== null && #aborted in value;
    create = () => new AbortSignal(KEY);
    abort = (signal, reason) => {
      if (!signal.#aborted) {
        signal.#aborted = true;
        signal.#reason = reason === undefined ? p.domException("The operation was aborted", "AbortError") : reason;
        dispatch(signal, new Event("abort"));
      }
    };
  }
}

export class AbortController {
  #signal;

  get signal() {
    this.#signal ??= create();
    return this.#signal;
  }

  abort(reason = undefined) {
    this.#signal ??= create();
    abort(this.#signal, reason);
  }
}

/** A signal that only `abortSignal` aborts. */
export function newSignal() {
  return create();
}

/** Aborts a signal, unless it was aborted before. */
export function abortSignal(signal, reason) {
  abort(signal, reason);
}

export function isSignal(value) {
  return is(value);
}

/** Calls back once the signal is aborted. */
export function onAbort(signal, callback) {
  listen(signal, "abort", callback);
}

p.enumerable(AbortSignal, ["aborted", "reason", "onabort", "throwIfAborted"]);
p.enumerable(AbortController, ["signal", "abort"]);
p.tag(AbortSignal, "AbortSignal");
p.tag(AbortController, "AbortController");
brandClass(AbortSignal, "AbortSignal");
brandClass(AbortController, "AbortController");
