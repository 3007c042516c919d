/** The bytes, numbers and strings of V8's wire format, read from a buffer whose end is always checked. */

import * as p from "lapidary:primordials";
import * as t from "lapidary:v8-tags";

const { Uint8 } = p;
const HEX = "0123456789abcdef";
const scratch = new p.Float64(1);
const scratchBytes = new Uint8(p.TypedArrayBuffer(scratch));

/** The DataCloneError for bytes that are no value. */
export function damaged(why) {
  return p.domException("Unable to deserialize cloned data: " + why + ".", "DataCloneError");
}

export class ByteInput {
  #bytes;
  #length;
  #buffer;
  #at = 0;
  #text;

  /** @param {ArrayBuffer} buffer; @param {(bytes: ArrayBuffer) => string} text UTF-8 decoder */
  constructor(buffer, text) {
    this.#buffer = buffer;
    this.#bytes = new Uint8(buffer);
    this.#length = p.ArrayBufferByteLength(buffer);
    this.#text = text;
  }

  /** How many bytes are left. */
  rest() {
    return this.#length - this.#at;
  }

  /** The next `length` bytes, which must be there, as a buffer of their own. */
  take(length) {
    const start = this.#at;
    this.#at += length;
    return p.ArrayBufferSlice(this.#buffer, start, start + length);
  }

  bigint() {
    const bits = this.varint();
    const length = bits >>> 1;
    if (length > this.#length - this.#at) {
      throw damaged("integer longer than its bytes");
    }
    let hex = "";
    for (let i = length - 1; i >= 0; i--) {
      const byte = this.#bytes[this.#at + i];
      hex += HEX[byte >> 4] + HEX[byte & 15];
    }
    this.#at += length;
    const magnitude = hex === "" ? 0n : p.BigIntFrom("0x" + hex);
    return bits & 1 ? -magnitude : magnitude;
  }

  string() {
    return this.stringOf(this.tag());
  }

  stringOf(tag) {
    if (tag !== t.ONE_BYTE_STRING && tag !== t.TWO_BYTE_STRING && tag !== t.UTF8_STRING) {
      throw damaged("expected a string");
    }
    const length = this.varint();
    if (length > this.#length - this.#at || (tag === t.TWO_BYTE_STRING && length % 2 !== 0)) {
      throw damaged("string longer than its bytes");
    }
    const start = this.#at;
    this.#at += length;
    if (tag === t.TWO_BYTE_STRING) {
      return this.units(start, length, 2);
    }
    if (tag === t.UTF8_STRING || length > 24) {
      const text = this.#text(p.ArrayBufferSlice(this.#buffer, start, start + length));
      // One unit a byte and nothing replaced: it was ASCII.
      if (tag === t.UTF8_STRING || (text.length === length && p.StringIndexOf(text, "\ufffd") < 0)) {
        return text;
      }
    }
    return this.units(start, length, 1);
  }

  units(start, length, width) {
    let text = "";
    for (let i = start; i < start + length; i += width) {
      text += p.StringFromCharCode(width === 1 ? this.#bytes[i] : this.#bytes[i] | (this.#bytes[i + 1] << 8));
    }
    return text;
  }

  utf8String() {
    return this.stringOf(t.UTF8_STRING);
  }

  double() {
    for (let i = 0; i < 8; i++) {
      scratchBytes[i] = this.byte();
    }
    return scratch[0];
  }

  tag() {
    let tag = this.byte();
    while (tag === t.PADDING) {
      tag = this.byte();
    }
    return tag;
  }

  peek() {
    if (this.#at >= this.#length) {
      throw damaged("it ends too early");
    }
    return this.#bytes[this.#at];
  }

  byte() {
    if (this.#at >= this.#length) {
      throw damaged("it ends too early");
    }
    return this.#bytes[this.#at++];
  }

  /** An unsigned number below 2^32; longer encodings are damage. */
  varint() {
    let value = 0;
    for (let scale = 1; scale <= 0x10000000; scale *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 128) {
        if (value > 0xffffffff) {
          break;
        }
        return value;
      }
    }
    throw damaged("number too large");
  }
}
