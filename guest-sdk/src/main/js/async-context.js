/**
 * The asynchronous context: what `AsyncLocalStorage` keeps while a chain of callbacks and promises goes on. Nobody pays
 * for it before `lapidary:async-frames` is loaded.
 */

import * as p from "lapidary:primordials";

let bind;
let dispatcher;

/** The callback, to be called later in the context of now. */
export function bound(callback) {
  return bind === undefined ? callback : bind(callback);
}

/** Tells what the host calls. */
export function setDispatcher(functions) {
  dispatcher = functions;
}

/**
 * Has context followed from now on.
 *
 * @param {function} binder what `bound` does
 * @param {function} leave forgets the context; called at the begin of each event
 * @param {function} promise see PromiseHook of the engine
 */
export function follow(binder, leave, promise) {
  bind = binder;
  const names = p.ReflectOwnKeys(dispatcher);
  for (let i = 0; i < names.length; i++) {
    const entry = dispatcher[names[i]];
    dispatcher[names[i]] = function (...args) {
      leave();
      return p.ReflectApply(entry, undefined, args);
    };
  }
  dispatcher.promise = promise;
}
