/**
 * Follows the asynchronous context. A frame is a Map from each storage to its value that nobody changes any more.
 *
 * A callback given to `then`, a timer or a microtask is wrapped, to run in the frame of when it was given. `await` takes
 * no callback. What it does is seen in two ways: it reads `constructor` of a promise that it waits for, and makes a
 * promise for anything else, which the host tells. In either case a job is queued just before the one that goes on after
 * the `await`, and sets the frame for it. So every job that runs app code has its own frame set, and none needs to be
 * taken back.
 */

import { follow } from "lapidary:async-context";
import { host } from "lapidary:host";
import { ObjectDefineProperty, PromiseOf, PromisePrototype, PromiseThen, QueueMicrotask, ReflectApply, uncurry } from "lapidary:primordials";

const MADE = 0;
const BEFORE = 1;
const RESOLVED = 3;
const frames = new WeakMap();
const getFrame = uncurry(WeakMap.prototype.get);
const setFrame = uncurry(WeakMap.prototype.set);
const deleteFrame = uncurry(WeakMap.prototype.delete);
const nativeResolve = Promise.resolve;

let current;
/** The next read of `constructor` is the engine's, on behalf of code here: no `await`. */
let quiet = false;
/** Promises made now are the follower's own. */
let internal = false;

export function currentFrame() {
  return current;
}

export function setCurrentFrame(frame) {
  current = frame;
}

/** Calls a function in a frame. */
export function inFrame(frame, f, self, args) {
  const outer = current;
  current = frame;
  try {
    return ReflectApply(f, self, args);
  } finally {
    current = outer;
  }
}

function bound(callback) {
  if (typeof callback !== "function") {
    return callback;
  }
  const frame = current;
  return function (...args) {
    return inFrame(frame, callback, this, args);
  };
}

function leave() {
  current = undefined;
}

function promiseHook(kind, promise) {
  if (kind === MADE) {
    if (!internal) {
      setFrame(frames, promise, { frame: current });
    }
    return;
  }
  const record = getFrame(frames, promise);
  if (record === undefined) {
    return;
  }
  const { frame } = record;
  if (kind === BEFORE) {
    current = frame;
  } else if (kind === RESOLVED) {
    deleteFrame(frames, promise);
    QueueMicrotask(() => {
      current = frame;
    });
  }
}

/** Has the frame of now set just before whatever is added to the promise next. */
function mark(promise) {
  const frame = current;
  const set = () => {
    current = frame;
  };
  quiet = true;
  internal = true;
  try {
    PromiseThen(promise, set, set);
  } catch {
    // No promise: somebody read the property of something else.
  } finally {
    quiet = false;
    internal = false;
  }
}

const methods = {
  then(onFulfilled, onRejected) {
    const f = bound(onFulfilled);
    const g = bound(onRejected);
    quiet = true;
    try {
      return PromiseThen(this, f, g);
    } finally {
      quiet = false;
    }
  },
};

ObjectDefineProperty(PromisePrototype, "then", { __proto__: null, value: methods.then, writable: true, enumerable: false, configurable: true });
ObjectDefineProperty(PromisePrototype, "constructor", {
  __proto__: null,
  get() {
    if (quiet) {
      quiet = false;
    } else {
      mark(this);
    }
    return PromiseOf;
  },
  set(value) {
    ObjectDefineProperty(this, "constructor", { __proto__: null, value, writable: true, enumerable: true, configurable: true });
  },
  enumerable: false,
  configurable: true,
});
ObjectDefineProperty(PromiseOf, "resolve", {
  __proto__: null,
  value: {
    resolve(value) {
      quiet = true;
      try {
        return ReflectApply(nativeResolve, this, [value]);
      } finally {
        quiet = false;
      }
    },
  }.resolve,
  writable: true,
  enumerable: false,
  configurable: true,
});

follow(bound, leave, promiseHook);
host.followPromises();
