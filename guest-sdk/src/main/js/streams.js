/**
 * What the rest of the platform knows of streams. The classes themselves come with `lapidary:web-streams`, which is
 * loaded when a stream is first wanted.
 */

import * as p from "lapidary:primordials";
import { cancelled, exportSource, Held } from "lapidary:held";
import { host } from "lapidary:host";
import { defineLazily, load, loaded } from "lapidary:lazy";

const MODULE = "web-streams";
const NAMES = [
  "ReadableStream", "ReadableStreamDefaultReader", "ReadableStreamBYOBReader", "ReadableStreamBYOBRequest",
  "ReadableStreamDefaultController", "ReadableByteStreamController", "WritableStream", "WritableStreamDefaultWriter",
  "WritableStreamDefaultController", "TransformStream", "TransformStreamDefaultController", "ByteLengthQueuingStrategy",
  "CountQueuingStrategy", "TextEncoderStream", "TextDecoderStream", "CompressionStream", "DecompressionStream",
  "IdentityTransformStream", "FixedLengthStream",
];
const NOT_BYTES = "This ReadableStream did not return bytes.";

/** stream -> `{content, touched}`: streams that show a body's content, which may be taken back while nobody read them. */
const views = new WeakMap();
const weakGet = p.uncurry(WeakMap.prototype.get);
const weakSet = p.uncurry(WeakMap.prototype.set);

/** Installs the stream classes as globals. */
export function installStreams() {
  defineLazily(MODULE, NAMES);
}

/** Whether a value is a ReadableStream. */
export function isReadable(value) {
  const module = loaded(MODULE);
  return module !== undefined && module.isReadable(value);
}

/** Whether somebody has read from the stream or cancelled it. */
export function isDisturbed(stream) {
  return load(MODULE).isDisturbed(stream);
}

export function isLocked(stream) {
  return load(MODULE).isLocked(stream);
}

/** How many bytes the stream will give, where its maker said so (FixedLengthStream); else undefined. */
export function knownLength(stream) {
  return load(MODULE).knownLength(stream);
}

/** Two streams of what one gives. */
export function tee(stream) {
  return load(MODULE).tee(stream);
}

/** A ReadableStream of bytes that shows `content`: a string, an ArrayBuffer or a Held. */
export function viewOf(content) {
  const view = { __proto__: null, content, touched: false };
  const read = async () => {
    if (content instanceof Held) {
      view.touched = true;
      return content.read();
    }
    if (view.touched) {
      return undefined;
    }
    view.touched = true;
    const bytes = typeof content === "string" ? host.utf8(content) : content;
    return p.ArrayBufferByteLength(bytes) === 0 ? undefined : bytes;
  };
  const cancel = (reason) => {
    view.touched = true;
    if (content instanceof Held) {
      content.cancel(reasonText(reason));
    }
  };
  const stream = load(MODULE).byteStream(read, cancel);
  weakSet(views, stream, view);
  return stream;
}

/** A stream that was read to its end and is locked: what a used body shows. */
export function spentStream() {
  return load(MODULE).spentStream();
}

/**
 * Takes the content of a stream that only shows a body's content, and locks the stream.
 *
 * @returns {string|ArrayBuffer|Held|undefined} undefined where the stream must be read like any other
 */
export function takeView(stream) {
  const view = weakGet(views, stream);
  if (view === undefined || view.touched || isLocked(stream)) {
    return undefined;
  }
  view.touched = true;
  load(MODULE).spend(stream);
  return view.content;
}

/** A function that reads a stream to which nobody else has a lock, chunk by chunk: undefined at the end. */
export function byteSource(stream) {
  const source = load(MODULE).source(stream);
  return {
    __proto__: null,
    async read() {
      for (;;) {
        const { done, value } = await source.read();
        if (done) {
          return undefined;
        }
        const bytes = bytesOfChunk(value);
        if (bytes === undefined) {
          const error = new p.TypeErrorOf(NOT_BYTES);
          source.cancel(error);
          throw error;
        }
        if (p.ArrayBufferByteLength(bytes) > 0) {
          return bytes;
        }
      }
    },
    cancel: source.cancel,
  };
}

/** The bytes of a chunk that a stream gave; undefined if it is no BufferSource. */
export function bytesOfChunk(value) {
  if (typeof value !== "object" || value === null) {
    return undefined;
  }
  const length = p.arrayBufferLength(value);
  if (length >= 0) {
    return p.bytesOf(value, 0, length);
  }
  return p.ArrayBufferIsView(value) ? p.copyViewBytes(value) : undefined;
}

/**
 * Hands a stream to the host.
 *
 * @returns {number} h > 0, a stream of the host's own that passes through unread; or -n, this guest's stream n
 */
export function sendStream(stream) {
  const content = takeView(stream);
  if (content instanceof Held && content.whole) {
    return content.handOver();
  }
  return -exportSource(content === undefined ? byteSource(stream) : contentSource(content));
}

function contentSource(content) {
  let left = typeof content === "string" ? host.utf8(content) : content;
  return {
    __proto__: null,
    async read() {
      if (left instanceof Held) {
        return left.read();
      }
      const bytes = left;
      left = undefined;
      return bytes;
    },
    cancel(reason) {
      if (left instanceof Held) {
        left.cancel(reason);
      }
      left = undefined;
    },
  };
}

/** The ReadableStream of a handle that the host gave. */
export function receiveStream(handle) {
  return viewOf(new Held(handle));
}

function reasonText(reason) {
  try {
    return reason === undefined ? "" : p.toText(p.ErrorIsError(reason) ? reason.message : reason);
  } catch {
    return "";
  }
}

/** Has the host no longer read what was exported, where handing it over failed. */
export function recall(number) {
  if (number < 0) {
    cancelled(-number, "");
  }
}
