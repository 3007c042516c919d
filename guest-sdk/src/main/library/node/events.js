/** node:events: npm's `events`, with what Node has added since. */

import EventEmitter from "events";

const { once } = EventEmitter;
export { EventEmitter, once };
export const errorMonitor = Symbol.for("events.errorMonitor");
export const captureRejectionSymbol = Symbol.for("nodejs.rejection");
export const captureRejections = false;
export const usingDomains = false;
export const { defaultMaxListeners } = EventEmitter;

const { emit } = EventEmitter.prototype;
EventEmitter.prototype.emit = function (type, ...args) {
  if (type === "error" && this._events?.[errorMonitor] !== undefined) {
    emit.call(this, errorMonitor, ...args);
  }
  return emit.call(this, type, ...args);
};

export function getEventListeners(emitter, type) {
  return typeof emitter.listeners === "function" ? emitter.listeners(type) : [];
}

export function listenerCount(emitter, type) {
  return emitter.listenerCount(type);
}

export function getMaxListeners(emitter) {
  return emitter.getMaxListeners?.() ?? EventEmitter.defaultMaxListeners;
}

export function setMaxListeners(count = EventEmitter.defaultMaxListeners, ...emitters) {
  if (emitters.length === 0) {
    EventEmitter.defaultMaxListeners = count;
  }
  for (const emitter of emitters) {
    emitter.setMaxListeners?.(count);
  }
}

export function addAbortListener(signal, listener) {
  if (signal.aborted) {
    queueMicrotask(() => listener());
  } else {
    signal.addEventListener("abort", listener, { once: true });
  }
  return { [Symbol.dispose ?? Symbol.for("dispose")]: () => signal.removeEventListener("abort", listener) };
}

/** The events of one type, as an async iterator of their arguments. */
export function on(emitter, type, { signal } = {}) {
  const events = [];
  const waiting = [];
  let failure;
  let ended = false;
  const push = (...args) => {
    const first = waiting.shift();
    if (first === undefined) {
      events.push(args);
    } else {
      first.resolve({ value: args, done: false });
    }
  };
  const fail = (error) => {
    const first = waiting.shift();
    if (first === undefined) {
      failure = { error };
    } else {
      first.reject(error);
    }
    stop();
  };
  const abort = () => fail(signal.reason);
  const stop = () => {
    ended = true;
    emitter.off(type, push);
    emitter.off("error", fail);
    signal?.removeEventListener("abort", abort);
    for (const { resolve } of waiting.splice(0)) {
      resolve({ value: undefined, done: true });
    }
  };
  if (signal?.aborted) {
    throw signal.reason;
  }
  emitter.on(type, push);
  if (type !== "error") {
    emitter.on("error", fail);
  }
  signal?.addEventListener("abort", abort);
  return {
    async next() {
      if (events.length > 0) {
        return { value: events.shift(), done: false };
      }
      if (failure !== undefined) {
        const { error } = failure;
        failure = undefined;
        throw error;
      }
      return ended ? { value: undefined, done: true } : new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    async return() {
      stop();
      return { value: undefined, done: true };
    },
    async throw(error) {
      fail(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

export class EventEmitterAsyncResource extends EventEmitter {}

Object.assign(EventEmitter, {
  EventEmitterAsyncResource, addAbortListener, captureRejectionSymbol, captureRejections, errorMonitor, getEventListeners,
  getMaxListeners, listenerCount, on, setMaxListeners, usingDomains,
});
export default EventEmitter;
