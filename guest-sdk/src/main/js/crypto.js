/** `crypto`: randomness from the host, `subtle` when it is first used. */

import * as p from "lapidary:primordials";
import { host, requireEvent } from "lapidary:host";
import { brandClass } from "lapidary:brand";
import { defineLazily, load } from "lapidary:lazy";

const MAX_BYTES = 65_536;
const INTEGER_VIEWS = {
  __proto__: null, Int8Array: true, Uint8Array: true, Uint8ClampedArray: true, Int16Array: true, Uint16Array: true,
  Int32Array: true, Uint32Array: true, BigInt64Array: true, BigUint64Array: true,
};
const hex = p.list();
for (let i = 0; i < 256; i++) {
  hex[i] = (i < 16 ? "0" : "") + i.toString(16);
}

function getRandomValues(view) {
  if (!p.ArrayBufferIsView(view)) {
    throw new p.TypeErrorOf("Failed to execute 'getRandomValues' on 'Crypto': parameter 1 is not of type 'ArrayBufferView'.");
  }
  if (INTEGER_VIEWS[p.TypedArrayName(view)] !== true) {
    throw p.domException("ArrayBufferView argument to getRandomValues() must be an integer-typed view.", "TypeMismatchError");
  }
  const length = p.TypedArrayByteLength(view);
  if (length > MAX_BYTES) {
    throw p.domException(
      "getRandomValues() only accepts buffers of size <= 64K but provided " + length + " bytes.", "QuotaExceededError");
  }
  requireEvent();
  if (length > 0) {
    const bytes = new p.Uint8(p.TypedArrayBuffer(view), p.TypedArrayByteOffset(view), length);
    p.TypedArraySet(bytes, new p.Uint8(host.random(length)), 0);
  }
  return view;
}

function randomUUID() {
  requireEvent();
  const b = new p.Uint8(host.random(16));
  b[6] = (b[6] & 0x0f) | 0x40;
  b[8] = (b[8] & 0x3f) | 0x80;
  let text = "";
  for (let i = 0; i < 16; i++) {
    text += (i === 4 || i === 6 || i === 8 || i === 10 ? "-" : "") + hex[b[i]];
  }
  return text;
}

/** Puts the platform's functions on the native Crypto class. */
export function installCrypto(define) {
  const prototype = p.ObjectGetPrototypeOf(globalThis.crypto);
  const crypto = p.ObjectCreate(prototype);
  for (const method of [getRandomValues, randomUUID]) {
    p.ObjectDefineProperty(prototype, method.name, {
      __proto__: null, value: method, writable: true, enumerable: true, configurable: true,
    });
  }
  p.ObjectDefineProperty(prototype, p.SymbolToStringTag, { __proto__: null, value: "Crypto", configurable: true });
  p.ObjectDefineProperty(prototype, "subtle", {
    __proto__: null, get: () => load("subtle").subtle, set: undefined, enumerable: true, configurable: true,
  });
  p.ObjectDefineProperty(prototype, "DigestStream", {
    __proto__: null, get: () => load("digest-stream").DigestStream, set: undefined, enumerable: true, configurable: true,
  });
  defineLazily("subtle", ["CryptoKey", "SubtleCrypto"]);
  brandClass({ prototype }, "Crypto");
  define("crypto", crypto);
}
