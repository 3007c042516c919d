/** TextEncoderStream and TextDecoderStream. */

import * as p from "lapidary:primordials";
import { TransformStream } from "lapidary:ponyfill.mjs";
import { brandClass } from "lapidary:brand";
import { host } from "lapidary:host";
import { bytesOfChunk } from "lapidary:streams";
import { TextDecoder } from "lapidary:text";

const readableOf = p.getter(TransformStream.prototype, "readable");
const writableOf = p.getter(TransformStream.prototype, "writable");
const decode = p.uncurry(TextDecoder.prototype.decode);

const isHigh = (unit) => unit >= 0xd800 && unit <= 0xdbff;

export class TextEncoderStream {
  #stream;

  constructor() {
    let high = "";
    this.#stream = new TransformStream({
      transform(chunk, controller) {
        let text = high + p.toText(chunk);
        high = "";
        const last = text.length - 1;
        if (last >= 0 && isHigh(p.StringCharCodeAt(text, last))) {
          high = p.StringSlice(text, last);
          text = p.StringSlice(text, 0, last);
        }
        if (text !== "") {
          controller.enqueue(new p.Uint8(host.utf8(text)));
        }
      },
      flush(controller) {
        if (high !== "") {
          controller.enqueue(new p.Uint8(host.utf8("\ufffd")));
        }
      },
    });
  }

  get encoding() {
    return "utf-8";
  }

  get readable() {
    return readableOf(this.#stream);
  }

  get writable() {
    return writableOf(this.#stream);
  }
}

export class TextDecoderStream {
  #decoder;
  #stream;

  constructor(label = "utf-8", options = undefined) {
    const decoder = new TextDecoder(label, options);
    this.#decoder = decoder;
    const emit = (text, controller) => {
      if (text !== "") {
        controller.enqueue(text);
      }
    };
    this.#stream = new TransformStream({
      transform(chunk, controller) {
        const bytes = bytesOfChunk(chunk);
        if (bytes === undefined) {
          throw new p.TypeErrorOf("This TransformStream is being used as a byte stream, but received a value that is not a BufferSource.");
        }
        emit(decode(decoder, bytes, { __proto__: null, stream: true }), controller);
      },
      flush(controller) {
        emit(decode(decoder), controller);
      },
    });
  }

  get encoding() {
    return this.#decoder.encoding;
  }

  get fatal() {
    return this.#decoder.fatal;
  }

  get ignoreBOM() {
    return this.#decoder.ignoreBOM;
  }

  get readable() {
    return readableOf(this.#stream);
  }

  get writable() {
    return writableOf(this.#stream);
  }
}

const MEMBERS = ["encoding", "readable", "writable"];
p.enumerable(TextEncoderStream, MEMBERS);
p.enumerable(TextDecoderStream, MEMBERS);
for (const [type, name] of [[TextEncoderStream, "TextEncoderStream"], [TextDecoderStream, "TextDecoderStream"]]) {
  p.tag(type, name);
  brandClass(type, name);
}
