/** CompressionStream and DecompressionStream, on the host's deflate. */

import * as p from "lapidary:primordials";
import { TransformStream } from "lapidary:ponyfill.mjs";
import { brandClass } from "lapidary:brand";
import { host } from "lapidary:host";
import { chunkBytes } from "lapidary:identity-streams";

const FORMATS = { __proto__: null, deflate: 0, "deflate-raw": 1, gzip: 2 };
const COMPRESS = 0;
const DECOMPRESS = 1;
const FORGET = typeof FinalizationRegistry === "function" ? FinalizationRegistry : undefined;
const register = FORGET && p.uncurry(FORGET.prototype.register);
const lost = FORGET && new FORGET((codec) => host.codecClose(codec));
const readableOf = p.getter(TransformStream.prototype, "readable");
const writableOf = p.getter(TransformStream.prototype, "writable");

function formatNumber(name, given, format) {
  if (given === 0) {
    throw new p.TypeErrorOf("Failed to construct '" + name + "': constructor parameter 1 is not of type 'string'.");
  }
  const number = FORMATS[p.toText(format)];
  if (number === undefined) {
    throw new p.TypeErrorOf("The compression format must be either 'deflate', 'deflate-raw' or 'gzip'.");
  }
  return number;
}

/** A transform over one of the host's codecs, which is closed at the end, at an error, and when nobody is left. */
function codecStream(format, mode) {
  const state = { __proto__: null, codec: undefined };
  const open = () => {
    state.codec = host.codecOpen(format, mode);
    if (register !== undefined) {
      register(lost, state, state.codec);
    }
  };
  const close = () => {
    if (state.codec !== undefined) {
      host.codecClose(state.codec);
      state.codec = undefined;
    }
  };
  const drain = (controller, bytes, last) => {
    if (state.codec === undefined) {
      open();
    }
    try {
      host.codecWrite(state.codec, bytes, last);
      for (let output = host.codecRead(state.codec); output !== null; output = host.codecRead(state.codec)) {
        controller.enqueue(new p.Uint8(output));
      }
    } catch (error) {
      close();
      throw error;
    }
  };
  return new TransformStream({
    transform(chunk, controller) {
      drain(controller, p.TypedArrayBuffer(chunkBytes(chunk)), false);
    },
    flush(controller) {
      drain(controller, new p.ArrayBufferOf(0), true);
      close();
    },
    cancel: close,
  });
}

export class CompressionStream {
  #stream;

  constructor(format) {
    this.#stream = codecStream(formatNumber("CompressionStream", arguments.length, format), COMPRESS);
  }

  get readable() {
    return readableOf(this.#stream);
  }

  get writable() {
    return writableOf(this.#stream);
  }
}

export class DecompressionStream {
  #stream;

  constructor(format) {
    this.#stream = codecStream(formatNumber("DecompressionStream", arguments.length, format), DECOMPRESS);
  }

  get readable() {
    return readableOf(this.#stream);
  }

  get writable() {
    return writableOf(this.#stream);
  }
}

for (const [type, name] of [[CompressionStream, "CompressionStream"], [DecompressionStream, "DecompressionStream"]]) {
  p.enumerable(type, ["readable", "writable"]);
  p.tag(type, name);
  brandClass(type, name);
}
