/** Bytes in the forms that keys and signatures come in. */

import { arrayBufferLength, copyViewBytes, sharedBufferLength } from "lapidary:primordials";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** A copy of a BufferSource as an ArrayBuffer. */
export function bufferOf(source, what) {
  if (ArrayBuffer.isView(source)) {
    return copyViewBytes(source);
  }
  if (arrayBufferLength(source) >= 0 || sharedBufferLength(source) >= 0) {
    return source.slice(0);
  }
  throw new TypeError(what + " is not of type 'ArrayBuffer or ArrayBufferView'.");
}

/** Joins ArrayBuffers, views and lists of numbers to a Uint8Array. */
export function concat(...parts) {
  const arrays = parts.map((part) => (part instanceof ArrayBuffer ? new Uint8Array(part) : part));
  const all = new Uint8Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}

export function toBase64Url(buffer) {
  const bytes = new Uint8Array(buffer);
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const bits = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += ALPHABET[bits >> 18] + ALPHABET[(bits >> 12) & 63] + (left > 1 ? ALPHABET[(bits >> 6) & 63] : "") + (left > 2 ? ALPHABET[bits & 63] : "");
  }
  return text;
}

/** The bytes of base64url text without padding; undefined where it is none. */
export function fromBase64Url(text) {
  if (typeof text !== "string" || !/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) {
    return undefined;
  }
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let count = 0;
  let at = 0;
  for (const c of text) {
    bits = ((bits << 6) | ALPHABET.indexOf(c)) & 0xffffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes[at++] = bits >> count;
    }
  }
  return bytes.buffer;
}

/** One DER value of a tag and its contents. */
export function der(tag, ...contents) {
  const body = concat(...contents);
  const { length } = body;
  return concat(length < 128 ? [tag, length] : length < 256 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 255], body);
}
