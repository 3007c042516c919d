/** The bytes, numbers and strings of V8's wire format, written to a buffer that grows. */

import * as p from "lapidary:primordials";
import * as t from "lapidary:v8-tags";

const { Uint8 } = p;
const INITIAL_BYTES = 256;
const scratch = new p.Float64(1);
const scratchBytes = new Uint8(p.TypedArrayBuffer(scratch));

export class ByteOutput {
  #bytes = new Uint8(INITIAL_BYTES);
  #capacity = INITIAL_BYTES;
  #at = 0;
  #utf8;
  #most;

  /**
   * @param {(text: string) => ArrayBuffer} utf8 UTF-8 encoder
   * @param {number} most bytes beyond so many are counted, but not kept, nor those before
   */
  constructor(utf8, most) {
    this.#utf8 = utf8;
    this.#most = most;
  }

  /** How many bytes were written. */
  size() {
    return this.#at;
  }

  /** What was written, as a buffer of its own. */
  finish() {
    return p.bytesOf(p.TypedArrayBuffer(this.#bytes), 0, this.#at);
  }

  number(value) {
    const integer = value | 0;
    // workerd's V8 has 31-bit small integers; what is beyond travels as a double.
    if (integer === value && integer >= -0x40000000 && integer <= 0x3fffffff && (value !== 0 || 1 / value > 0)) {
      this.byte(t.INT32);
      this.varint(((integer << 1) ^ (integer >> 31)) >>> 0);
    } else {
      this.byte(t.DOUBLE);
      this.double(value);
    }
  }

  bigint(value) {
    const negative = value < 0n;
    const digits = p.BigIntToString(negative ? -value : value, 16);
    const words = value === 0n ? 0 : p.MathTrunc((digits.length + 15) / 16);
    this.varint(words * 16 + (negative ? 1 : 0));
    this.room(words * 8);
    for (let i = 0, end = digits.length; i < words * 8; i++, end -= 2) {
      const start = end - 2 < 0 ? 0 : end - 2;
      this.#bytes[this.#at++] = end <= 0 ? 0 : p.NumberFrom("0x" + p.StringSlice(digits, start, end));
    }
  }

  string(string) {
    const length = string.length;
    // Long strings: if the host's UTF-8 has one byte a character, it is ASCII and already what is wanted.
    if (length > 24) {
      const utf8 = new Uint8(this.#utf8(string));
      if (p.TypedArrayLength(utf8) === length) {
        this.byte(t.ONE_BYTE_STRING);
        this.varint(length);
        return this.raw(utf8, length);
      }
    }
    let oneByte = true;
    for (let i = 0; oneByte && i < length; i++) {
      oneByte = p.StringCharCodeAt(string, i) < 256;
    }
    if (oneByte) {
      this.byte(t.ONE_BYTE_STRING);
      this.varint(length);
      this.room(length);
      for (let i = 0; i < length; i++) {
        this.#bytes[this.#at++] = p.StringCharCodeAt(string, i);
      }
      return undefined;
    }
    // Two-byte text is aligned to an even offset, for readers that use it in place.
    if ((this.#at + 1 + varintLength(length * 2)) & 1) {
      this.byte(t.PADDING);
    }
    this.byte(t.TWO_BYTE_STRING);
    this.varint(length * 2);
    this.room(length * 2);
    for (let i = 0; i < length; i++) {
      const unit = p.StringCharCodeAt(string, i);
      this.#bytes[this.#at++] = unit & 0xff;
      this.#bytes[this.#at++] = unit >> 8;
    }
    return undefined;
  }

  utf8String(string) {
    const utf8 = new Uint8(this.#utf8(string));
    const length = p.TypedArrayLength(utf8);
    this.varint(length);
    this.raw(utf8, length);
  }

  double(value) {
    scratch[0] = value;
    this.raw(scratchBytes, 8);
  }

  varint(value) {
    while (value > 127) {
      this.byte((value & 0x7f) | 0x80);
      value = p.MathTrunc(value / 128);
    }
    this.byte(value);
  }

  raw(source, length) {
    this.room(length);
    if (this.#capacity !== Infinity) {
      p.TypedArraySet(this.#bytes, source, this.#at);
    }
    this.#at += length;
  }

  byte(value) {
    if (this.#at >= this.#capacity) {
      this.room(1);
    }
    this.#bytes[this.#at++] = value;
  }

  room(length) {
    const needed = this.#at + length;
    if (this.#capacity === Infinity) {
      return;
    }
    if (needed > this.#most) {
      // Writes beyond its end vanish.
      this.#bytes = new Uint8(0);
      this.#capacity = Infinity;
    } else if (needed > this.#capacity) {
      this.#capacity = needed > this.#capacity * 2 ? needed : this.#capacity * 2;
      const grown = new Uint8(this.#capacity);
      p.TypedArraySet(grown, this.#bytes, 0);
      this.#bytes = grown;
    }
  }
}

function varintLength(value) {
  let bytes = 1;
  for (let rest = value; rest > 127; rest = p.MathTrunc(rest / 128)) {
    bytes++;
  }
  return bytes;
}
