/** Gives a class the face of a node:stream, whose module is evaluated when somebody uses it so. */

import { load } from "lapidary:lazy";

const NAMES = [
  "on", "once", "off", "addListener", "removeListener", "removeAllListeners", "prependListener", "prependOnceListener", "emit", "listeners",
  "listenerCount", "eventNames", "setMaxListeners", "getMaxListeners", "pipe", "unpipe", "read", "unshift", "pause", "resume", "isPaused", "setEncoding", "push",
  "write", "end", "cork", "uncork", "setDefaultEncoding", "destroy", "_readableState", "_writableState", "_events", "readable", "writable",
  "destroyed", "closed", "errored", "readableEnded", "writableEnded", "readableFlowing", "readableLength", "readableHighWaterMark", "readableObjectMode",
  "readableAborted", "readableDidRead", "writableFinished", "writableLength", "writableHighWaterMark", "writableObjectMode", "writableNeedDrain",
  "writableCorked", "writableAborted", Symbol.asyncIterator,
];

/** `make(object, stream module)` makes the stream behind an object of the class. */
export function streamFace(type, make) {
  const behind = new WeakMap();
  const streamOf = (object) => {
    let stream = behind.get(object);
    if (stream === undefined) {
      stream = make(object, load("node:stream"));
      behind.set(object, stream);
    }
    return stream;
  };
  for (const name of NAMES) {
    Object.defineProperty(type.prototype, name, {
      configurable: true,
      get() {
        const stream = streamOf(this);
        const value = stream[name];
        if (typeof value !== "function") {
          return value;
        }
        const self = this;
        return (...args) => {
          const result = value.apply(stream, args);
          return result === stream ? self : result;
        };
      },
    });
  }
}
