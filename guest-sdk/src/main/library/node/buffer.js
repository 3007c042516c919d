/** node:buffer: npm's `buffer`, with text through the engine's native coders and the encoding base64url. */

import { Buffer, kMaxLength, SlowBuffer } from "buffer";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const { from, byteLength, isEncoding } = Buffer;
const { toString, write, fill, indexOf, lastIndexOf, includes, equals } = Buffer.prototype;
const isUtf8Name = (encoding) => encoding === undefined || encoding === null || /^utf-?8$/i.test(encoding);
const plain = (encoding) => (typeof encoding === "string" && encoding.toLowerCase() === "base64url" ? "base64" : encoding);

Buffer.poolSize = 8192;
Buffer.isEncoding = (encoding) => isEncoding(plain(encoding));
Buffer.from = function (value, encodingOrOffset, length) {
  if (typeof value === "string") {
    if (isUtf8Name(encodingOrOffset)) {
      const bytes = encoder.encode(value);
      return Object.setPrototypeOf(bytes, Buffer.prototype);
    }
    return from(value, plain(encodingOrOffset));
  }
  return from(value, encodingOrOffset, length);
};
Buffer.byteLength = (value, encoding) => byteLength(value, plain(encoding));
Buffer.copyBytesFrom = (view, offset = 0, length = view.length - offset) => {
  const part = view.subarray(offset, offset + length);
  return Buffer.from(new Uint8Array(part.buffer, part.byteOffset, part.byteLength).slice());
};

const methods = {
  toString(encoding, start = 0, end = this.length) {
    if (isUtf8Name(encoding)) {
      const from = Math.max(0, Math.trunc(start) || 0);
      return decoder.decode(new Uint8Array(this.buffer, this.byteOffset, this.byteLength).subarray(from, Math.max(from, Math.min(this.length, end))));
    }
    const text = toString.call(this, plain(encoding), start, end);
    return plain(encoding) === encoding ? text : text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  },
  write(text, ...rest) {
    return write.call(this, text, ...rest.map(plain));
  },
  fill(value, ...rest) {
    return fill.call(this, value, ...rest.map(plain));
  },
  indexOf(value, offset, encoding) {
    return indexOf.call(this, value, plain(offset), plain(encoding));
  },
  lastIndexOf(value, offset, encoding) {
    return lastIndexOf.call(this, value, plain(offset), plain(encoding));
  },
  includes(value, offset, encoding) {
    return includes.call(this, value, plain(offset), plain(encoding));
  },
  equals(other) {
    return Buffer.isBuffer(other) || !(other instanceof Uint8Array) ? equals.call(this, other) : equals.call(this, Buffer.from(other));
  },
};
for (const [name, method] of Object.entries(methods)) {
  Object.defineProperty(Buffer.prototype, name, { value: method, writable: true, configurable: true });
}
Object.defineProperty(Buffer.prototype, "toLocaleString", { value: methods.toString, writable: true, configurable: true });
for (const type of ["UInt8", "UInt16LE", "UInt16BE", "UInt32LE", "UInt32BE", "UIntLE", "UIntBE", "BigUInt64LE", "BigUInt64BE"]) {
  for (const verb of ["read", "write"]) {
    Object.defineProperty(Buffer.prototype, verb + type.replace("UInt", "Uint"), { value: Buffer.prototype[verb + type], writable: true, configurable: true });
  }
}

export const { atob, btoa, Blob, File } = globalThis;
export const constants = { MAX_LENGTH: kMaxLength, MAX_STRING_LENGTH: 0x3fffffff };
export const kStringMaxLength = constants.MAX_STRING_LENGTH;
export const INSPECT_MAX_BYTES = 50;

export function isAscii(input) {
  return new Uint8Array(input.buffer ?? input, input.byteOffset ?? 0, input.byteLength).every((byte) => byte < 128);
}

export function isUtf8(input) {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(input);
    return true;
  } catch {
    return false;
  }
}

export function transcode(source, from, to) {
  return Buffer.from(Buffer.from(source).toString(from), to);
}

// The bundler may have renamed it.
Object.defineProperty(Buffer, "name", { value: "Buffer", configurable: true });

export { Buffer, kMaxLength, SlowBuffer };
export default { Buffer, SlowBuffer, kMaxLength, kStringMaxLength, constants, INSPECT_MAX_BYTES, atob, btoa, Blob, File, isAscii, isUtf8, transcode };
