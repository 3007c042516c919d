/** The stream classes: the WHATWG ones from npm's web-streams-polyfill, and those that Workers add. Loaded lazily. */

import * as p from "lapidary:primordials";
import * as whatwg from "lapidary:ponyfill.mjs";
import { brandClass } from "lapidary:brand";

export * from "lapidary:ponyfill.mjs";
export { CompressionStream, DecompressionStream } from "lapidary:compression";
export { TextDecoderStream, TextEncoderStream } from "lapidary:text-streams";
export { FixedLengthStream, IdentityTransformStream, knownLength } from "lapidary:identity-streams";

const { ReadableStream, WritableStream } = whatwg;
const lockedOf = p.getter(ReadableStream.prototype, "locked");
const writerLocked = p.getter(WritableStream.prototype, "locked");
const { read: readMethod, cancel: cancelMethod } = whatwg.ReadableStreamDefaultReader.prototype;
const readNext = p.uncurry(readMethod);
const cancelReader = p.uncurry(cancelMethod);
const LOCKED = "This ReadableStream is currently locked to a reader";

/** Gives a method that needs an unlocked stream the text that Workers have for a locked one. */
function refuseLocked(constructor, name, locked, text) {
  const method = constructor.prototype[name];
  const asynchronous = name === "cancel";
  const wrapper = { [name](...args) {
    let taken = false;
    try {
      taken = locked(this);
    } catch {
      // No stream: the method itself says so.
    }
    if (!taken) {
      return p.ReflectApply(method, this, args);
    }
    const error = new p.TypeErrorOf(text);
    if (asynchronous) {
      return new p.PromiseOf((resolve, reject) => reject(error));
    }
    throw error;
  } }[name];
  p.ObjectDefineProperty(wrapper, "length", { __proto__: null, value: method.length, configurable: true });
  p.ObjectDefineProperty(constructor.prototype, name, {
    __proto__: null, value: wrapper, writable: true, enumerable: true, configurable: true,
  });
}

refuseLocked(ReadableStream, "getReader", lockedOf, LOCKED + ".");
refuseLocked(ReadableStream, "cancel", lockedOf, LOCKED + ".");
refuseLocked(ReadableStream, "tee", lockedOf, LOCKED + ",");
refuseLocked(WritableStream, "getWriter", writerLocked, "This WritableStream is currently locked to a writer.");
const getReader = p.uncurry(ReadableStream.prototype.getReader);
const teeOf = p.uncurry(ReadableStream.prototype.tee);

for (const name of p.ReflectOwnKeys(whatwg)) {
  brandClass(whatwg[name], name);
}

/** Whether a value is a ReadableStream. */
export function isReadable(value) {
  try {
    lockedOf(value);
    return true;
  } catch {
    return false;
  }
}

export function isLocked(stream) {
  return lockedOf(stream);
}

export function isDisturbed(stream) {
  return stream._disturbed;
}

export function tee(stream) {
  return teeOf(stream);
}

/** A stream of bytes, read only as its reader asks. `read` answers an ArrayBuffer, undefined at the end. */
export function byteStream(read, cancel) {
  return new ReadableStream({
    type: "bytes",
    async pull(controller) {
      const bytes = await read();
      if (bytes !== undefined) {
        controller.enqueue(new p.Uint8(bytes));
        return;
      }
      controller.close();
      controller.byobRequest?.respond(0);
    },
    cancel,
  }, { highWaterMark: 0 });
}

/** Locks a stream for good and gives its queue up; its source is not told. */
export function spend(stream) {
  getReader(stream);
  stream._disturbed = true;
}

export function spentStream() {
  const stream = new ReadableStream({ start: (controller) => controller.close() });
  spend(stream);
  return stream;
}

/** Locks a stream and reads it: `read` as of its reader, `cancel` which never throws. */
export function source(stream) {
  const reader = getReader(stream);
  return {
    __proto__: null,
    read: () => readNext(reader),
    cancel: (reason) => {
      p.PromiseThen(cancelReader(reader, reason), undefined, () => {});
    },
  };
}
