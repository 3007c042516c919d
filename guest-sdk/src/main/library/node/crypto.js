/** node:crypto: digests, HMACs, AES, key derivation and randomness. */

import { host } from "lapidary:host";
import { Buffer } from "node:buffer";
import { bufferOf } from "../parts/bytes.js";

const HASHES = { md5: "MD5", sha1: "SHA-1", sha256: "SHA-256", sha384: "SHA-384", sha512: "SHA-512" };

function hashName(name) {
  const known = HASHES[String(name).toLowerCase().replace("rsa-", "").replace("-", "")];
  if (known === undefined) {
    throw Object.assign(new Error("Digest method not supported"), { code: "ERR_CRYPTO_INVALID_DIGEST" });
  }
  return known;
}

function bytes(data, encoding, what = "data") {
  if (typeof data === "string") {
    return bufferOf(Buffer.from(data, encoding === "buffer" ? "utf8" : encoding));
  }
  try {
    return bufferOf(data);
  } catch {
    throw Object.assign(new TypeError("The \"" + what + "\" argument must be of type string or an instance of Buffer, TypedArray, or DataView."), { code: "ERR_INVALID_ARG_TYPE" });
  }
}

const encoded = (buffer, encoding) => {
  const result = Buffer.from(buffer);
  return encoding === undefined || encoding === "buffer" ? result : result.toString(encoding);
};

/** Collects chunks until the end asks for their sum. */
class Collector {
  #chunks = [];
  #ended = false;

  update(data, encoding) {
    if (this.#ended) {
      throw Object.assign(new Error("Digest already called"), { code: "ERR_CRYPTO_HASH_FINALIZED" });
    }
    this.#chunks.push(Buffer.from(bytes(data, encoding)));
    return this;
  }

  chunks() {
    return this.#chunks.slice();
  }

  end() {
    this.update("");
    this.#ended = true;
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [];
    return all.buffer.slice(all.byteOffset, all.byteOffset + all.byteLength);
  }
}

export class Hash {
  #algorithm;
  #collector = new Collector();

  constructor(algorithm) {
    this.#algorithm = hashName(algorithm);
  }

  update(data, encoding) {
    this.#collector.update(data, encoding);
    return this;
  }

  digest(encoding) {
    return encoded(host.crypto("digest", this.#algorithm, this.#collector.end()), encoding);
  }

  copy() {
    const copy = new Hash(this.#algorithm);
    for (const chunk of this.#collector.chunks()) {
      copy.update(chunk);
    }
    return copy;
  }
}

export class Hmac {
  #algorithm;
  #key;
  #collector = new Collector();

  constructor(algorithm, key) {
    this.#algorithm = hashName(algorithm);
    this.#key = bytes(key, "utf8", "key");
  }

  update(data, encoding) {
    this.#collector.update(data, encoding);
    return this;
  }

  digest(encoding) {
    return encoded(host.crypto("hmac", this.#algorithm, this.#key, this.#collector.end()), encoding);
  }
}

export const createHash = (algorithm) => new Hash(algorithm);
export const createHmac = (algorithm, key) => new Hmac(algorithm, key);
export const getHashes = () => Object.keys(HASHES);
export const getCiphers = () => [128, 192, 256].flatMap((bits) => ["cbc", "ctr", "gcm"].map((mode) => "aes-" + bits + "-" + mode));
export const hash = (algorithm, data, encoding = "hex") => createHash(algorithm).update(data).digest(encoding);

/** AES whose whole output comes with `final`. */
class Cipher {
  #encrypt;
  #mode;
  #key;
  #iv;
  #additional = new ArrayBuffer(0);
  #tag;
  #tagBytes;
  #collector = new Collector();

  constructor(name, key, iv, encrypt, options) {
    const parts = /^aes-?(128|192|256)-(cbc|ctr|gcm)$/.exec(String(name).toLowerCase());
    if (parts === null) {
      throw Object.assign(new Error("Unknown cipher"), { code: "ERR_CRYPTO_UNKNOWN_CIPHER" });
    }
    this.#encrypt = encrypt;
    this.#mode = parts[2];
    this.#key = bytes(key, "utf8", "key");
    this.#iv = bytes(iv, "utf8", "iv");
    this.#tagBytes = options?.authTagLength ?? 16;
    if (this.#key.byteLength * 8 !== Number(parts[1])) {
      throw Object.assign(new RangeError("Invalid key length"), { code: "ERR_CRYPTO_INVALID_KEYLEN" });
    }
    if (this.#mode !== "gcm" && this.#iv.byteLength !== 16) {
      throw Object.assign(new TypeError("Invalid initialization vector"), { code: "ERR_CRYPTO_INVALID_IV" });
    }
  }

  setAAD(data) {
    this.#additional = bytes(data);
    return this;
  }

  setAuthTag(tag) {
    this.#tag = Buffer.from(bytes(tag));
    return this;
  }

  getAuthTag() {
    return Buffer.from(this.#tag);
  }

  update(data, inputEncoding, outputEncoding) {
    this.#collector.update(data, inputEncoding);
    return encoded(new ArrayBuffer(0), outputEncoding);
  }

  final(outputEncoding) {
    return encoded(this.#run(this.#collector.end()), outputEncoding);
  }

  #run(data) {
    if (this.#mode === "cbc") {
      return host.crypto("cbc", this.#encrypt, this.#key, this.#iv, data);
    }
    if (this.#mode === "ctr") {
      return host.crypto("ctr", this.#key, this.#iv, 128, data);
    }
    const input = this.#encrypt ? data : bufferOf(Buffer.concat([Buffer.from(data), this.#tag ?? Buffer.alloc(0)]));
    let output;
    try {
      output = host.crypto("gcm", this.#encrypt, this.#key, this.#iv, this.#additional, 8 * this.#tagBytes, input);
    } catch {
      throw new Error("Unsupported state or unable to authenticate data");
    }
    if (this.#encrypt) {
      const end = output.byteLength - this.#tagBytes;
      this.#tag = Buffer.from(output.slice(end));
      return output.slice(0, end);
    }
    return output;
  }
}

export const createCipheriv = (name, key, iv, options) => new Cipher(name, key, iv, true, options);
export const createDecipheriv = (name, key, iv, options) => new Cipher(name, key, iv, false, options);

export function randomFillSync(view, offset = 0, size = view.byteLength - offset) {
  const target = ArrayBuffer.isView(view) ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength) : new Uint8Array(view);
  for (let at = 0; at < size; at += 65_536) {
    crypto.getRandomValues(target.subarray(offset + at, offset + Math.min(size, at + 65_536)));
  }
  return view;
}

/** Answers by a callback if there is one. */
function answer(callback, work) {
  if (callback === undefined) {
    return work();
  }
  let result;
  try {
    result = [null, work()];
  } catch (error) {
    result = [error];
  }
  queueMicrotask(() => callback(...result));
  return undefined;
}

export const randomFill = (view, ...rest) => answer(rest.pop(), () => randomFillSync(view, ...rest));
export const randomBytes = (size, callback) => answer(callback, () => randomFillSync(Buffer.alloc(size)));
export const pseudoRandomBytes = randomBytes;
export const randomUUID = () => crypto.randomUUID();
export const getRandomValues = (view) => crypto.getRandomValues(view);

export function randomInt(min, max, callback) {
  if (max === undefined || typeof max === "function") {
    return randomInt(0, min, max);
  }
  const range = max - min;
  if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max) || range <= 0 || range > 0xffffffffffff) {
    throw Object.assign(new RangeError("The value of \"max\" is out of range."), { code: "ERR_OUT_OF_RANGE" });
  }
  return answer(callback, () => {
    const limit = 0x1000000000000 - (0x1000000000000 % range);
    for (;;) {
      const drawn = randomBytes(6).readUIntBE(0, 6);
      if (drawn < limit) {
        return min + (drawn % range);
      }
    }
  });
}

export function timingSafeEqual(a, b) {
  if (a.byteLength !== b.byteLength) {
    throw Object.assign(new RangeError("Input buffers must have the same byte length"), { code: "ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH" });
  }
  return crypto.subtle.timingSafeEqual(a, b);
}

export function pbkdf2Sync(password, salt, iterations, keylen, digest) {
  return Buffer.from(host.crypto("pbkdf2", hashName(digest), bytes(password), bytes(salt), iterations, keylen));
}

export const pbkdf2 = (password, salt, iterations, keylen, digest, callback) =>
  answer(callback, () => pbkdf2Sync(password, salt, iterations, keylen, digest));

export function hkdfSync(digest, key, salt, info, keylen) {
  return host.crypto("hkdf", hashName(digest), bytes(key), bytes(salt), bytes(info), keylen);
}

export const hkdf = (digest, key, salt, info, keylen, callback) => answer(callback, () => hkdfSync(digest, key, salt, info, keylen));

function missing(name) {
  return () => {
    throw Object.assign(new Error("node:crypto has no " + name + " here; crypto.subtle may have what you need."), { code: "ERR_METHOD_NOT_IMPLEMENTED" });
  };
}

export const scrypt = missing("scrypt");
export const scryptSync = missing("scryptSync");
export const createSign = missing("createSign");
export const createVerify = missing("createVerify");
export const sign = missing("sign");
export const verify = missing("verify");
export const createPublicKey = missing("createPublicKey");
export const createPrivateKey = missing("createPrivateKey");
export const createSecretKey = missing("createSecretKey");
export const generateKeyPairSync = missing("generateKeyPairSync");
export const generateKeyPair = missing("generateKeyPair");
export const createDiffieHellman = missing("createDiffieHellman");
export const createECDH = missing("createECDH");
export const publicEncrypt = missing("publicEncrypt");
export const privateDecrypt = missing("privateDecrypt");
export const webcrypto = globalThis.crypto;
export const { subtle } = webcrypto;
export const constants = {};
export default {
  Hash, Hmac, createHash, createHmac, createCipheriv, createDecipheriv, getHashes, getCiphers, hash, randomFillSync, randomFill, randomBytes,
  pseudoRandomBytes, randomUUID, getRandomValues, randomInt, timingSafeEqual, pbkdf2, pbkdf2Sync, hkdf, hkdfSync, scrypt, scryptSync,
  createSign, createVerify, sign, verify, createPublicKey, createPrivateKey, createSecretKey, generateKeyPair, generateKeyPairSync,
  createDiffieHellman, createECDH, publicEncrypt, privateDecrypt, webcrypto, subtle, constants,
};
