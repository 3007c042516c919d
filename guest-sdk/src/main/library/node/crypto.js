/** node:crypto: digests, HMACs, AES, keys, signatures, key derivation and randomness. */

import { host } from "lapidary:host";
import { Buffer } from "node:buffer";
import { Cipher } from "../parts/cipher.js";
import { bytes, encoded, Hash, hashName, hashNames, hashOf, Hmac, keyBytes, SECRET, Sign, signedHash, Verify } from "../parts/hashes.js";
import {
  createPrivateKey, createPublicKey, createSecretKey, CURVES, diffieHellman as agree, generateKeyPairSync, generateKeySync, KeyObject,
} from "../parts/key-object.js";
import { coded, outOfRange, whole, wrongType, wrongValue } from "../parts/node-errors.js";
import { constants, requireKey, rsaFunctions, signed, verified, viewBytes } from "../parts/signatures.js";

export const createSign = (algorithm) => new Sign(algorithm);
export const createVerify = (algorithm) => new Verify(algorithm);
const oneHash = (algorithm) => (algorithm === undefined || algorithm === null ? undefined : signedHash(algorithm));

export function sign(algorithm, data, key, callback) {
  requireKey(key);
  const hash = oneHash(algorithm);
  const signedBytes = viewBytes(data);
  return answer(callback, () => signed(hash, signedBytes, key));
}

export function verify(algorithm, data, key, signature, callback) {
  const hash = oneHash(algorithm);
  const signedBytes = viewBytes(data);
  const given = viewBytes(signature, "signature");
  return answer(callback, () => verified(hash, signedBytes, key, given));
}

export const { publicEncrypt, privateDecrypt, privateEncrypt, publicDecrypt } = rsaFunctions(hashName);
export { constants, createPrivateKey, createPublicKey, createSecretKey, generateKeyPairSync, generateKeySync, Hash, Hmac, KeyObject, Sign, Verify };

export const generateKey = (type, options, callback) => answer(needed(callback), () => generateKeySync(type, options));

export function generateKeyPair(type, options, callback) {
  if (typeof options === "function") {
    return generateKeyPair(type, undefined, options);
  }
  needed(callback);
  return answer((error, pair) => callback(error, pair?.publicKey, pair?.privateKey), () => generateKeyPairSync(type, options));
}
// `util.promisify` answers both keys.
generateKeyPair[Symbol.for("nodejs.util.promisify.custom")] = (type, options) => new Promise((resolve, reject) => {
  generateKeyPair(type, options, (error, publicKey, privateKey) => (error === null ? resolve({ publicKey, privateKey }) : reject(error)));
});

export const diffieHellman = (options, callback) => answer(callback, () => agree(options));
export const getCurves = () => ["prime256v1", "secp384r1", "secp521r1"];

/** Elliptic-curve Diffie-Hellman with keys that are bytes. */
export class ECDH {
  #curve;
  #number;
  #point;

  constructor(curve) {
    this.#curve = CURVES[curve];
    if (this.#curve === undefined) {
      throw coded(TypeError, "ERR_CRYPTO_INVALID_CURVE", "Invalid EC curve name");
    }
  }

  generateKeys(encoding) {
    [this.#number, this.#point] = host.crypto("ecGenerate", this.#curve);
    return this.getPublicKey(encoding);
  }

  setPrivateKey(key, encoding) {
    this.#number = host.crypto("ecNumber", this.#curve, bytes(key, encoding, "privateKey"));
    this.#point = host.crypto("ecFor", this.#curve, this.#number);
  }

  getPrivateKey(encoding) {
    return encoded(this.#made(this.#number), encoding);
  }

  getPublicKey(encoding) {
    return encoded(this.#made(this.#point), encoding);
  }

  computeSecret(other, inputEncoding, outputEncoding) {
    return encoded(host.crypto("ecAgree", this.#curve, this.#made(this.#number), bytes(other, inputEncoding, "otherPublicKey")), outputEncoding);
  }

  #made(part) {
    if (part === undefined) {
      throw new Error("The key pair was not generated yet.");
    }
    return part;
  }
}

export const createECDH = (curve) => new ECDH(curve);

export const createHash = (algorithm) => new Hash(algorithm);
export const createHmac = (algorithm, key) => new Hmac(algorithm, key);
export const getHashes = () => [...hashNames, "RSA-MD5", "RSA-SHA1", "RSA-SHA224", "RSA-SHA256", "RSA-SHA384", "RSA-SHA512"];
export const getCiphers = () => [128, 192, 256].flatMap((bits) => ["cbc", "ctr", "gcm"].map((mode) => "aes-" + bits + "-" + mode));
export const hash = (algorithm, data, encoding = "hex") => createHash(algorithm).update(data).digest(encoding);

export const createCipheriv = (name, key, iv, options) => new Cipher(name, key, iv, true, options);
export const createDecipheriv = (name, key, iv, options) => new Cipher(name, key, iv, false, options);

export function randomFillSync(view, offset = 0, size = view.byteLength - offset) {
  if (!ArrayBuffer.isView(view) && !(view instanceof ArrayBuffer)) {
    throw wrongType("buffer", "an instance of TypedArray, DataView, ArrayBuffer, or SharedArrayBuffer", view);
  }
  whole(offset, "offset", 0, view.byteLength);
  whole(size, "size", 0, view.byteLength - offset);
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
export const randomBytes = (size, callback) => answer(callback, () => randomFillSync(Buffer.alloc(whole(size, "size"))));
export const pseudoRandomBytes = randomBytes;
export const randomUUID = () => crypto.randomUUID();
export const getRandomValues = (view) => crypto.getRandomValues(view);

export function randomInt(min, max, callback) {
  if (max === undefined || typeof max === "function") {
    return randomInt(0, min, max);
  }
  if (!Number.isSafeInteger(min)) {
    throw outOfRange("min", "an integer", min);
  }
  if (!Number.isSafeInteger(max)) {
    throw outOfRange("max", "an integer", max);
  }
  const range = max - min;
  if (range <= 0) {
    throw outOfRange("min", "min < max", min);
  }
  if (range > 0xffffffffffff) {
    throw outOfRange("max - min", "<= 281474976710655", range);
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
  return crypto.subtle.timingSafeEqual(a, b);
}

function needed(callback) {
  if (typeof callback !== "function") {
    throw wrongType("callback", "of type function", callback);
  }
  return callback;
}

export function pbkdf2Sync(password, salt, iterations, keylen, digest) {
  const hash = hashOf(digest, () => new TypeError("Invalid Pbkdf2 digest: " + digest + "."));
  whole(iterations, "iterations", 1);
  whole(keylen, "keylen");
  return Buffer.from(host.crypto("pbkdf2", hash, bytes(password, "utf8", "password", SECRET), bytes(salt, "utf8", "salt", SECRET), iterations, keylen));
}

export const pbkdf2 = (password, salt, iterations, keylen, digest, callback) =>
  answer(needed(callback), () => pbkdf2Sync(password, salt, iterations, keylen, digest));

export function hkdfSync(digest, key, salt, info, keylen) {
  const hash = hashOf(digest, () => new TypeError("Invalid Hkdf digest: " + digest));
  return host.crypto("hkdf", hash, keyBytes(key, SECRET), bytes(salt, "utf8", "salt", SECRET), bytes(info, "utf8", "info", SECRET), whole(keylen, "keylen"));
}

export const hkdf = (digest, key, salt, info, keylen, callback) => answer(needed(callback), () => hkdfSync(digest, key, salt, info, keylen));

/** One of scrypt's options, which has two names. */
function option(options, short, long, otherwise) {
  if (options[short] !== undefined && options[long] !== undefined) {
    throw wrongValue(long, options[long]);
  }
  return whole(options[short] ?? options[long] ?? otherwise, options[long] === undefined ? short : long);
}

export function scryptSync(password, salt, keylen, options = undefined) {
  const given = options ?? {};
  const N = option(given, "N", "cost", 16384);
  const r = option(given, "r", "blockSize", 8);
  const p = option(given, "p", "parallelization", 1);
  const most = given.maxmem ?? 32 * 1024 * 1024;
  whole(keylen, "keylen");
  const secretBytesOf = bytes(password, "utf8", "password", SECRET);
  const saltBytes = bytes(salt, "utf8", "salt", SECRET);
  if (128 * N * r > most) {
    throw new RangeError("Scrypt failed: memory limit exceeded");
  }
  return Buffer.from(host.crypto("scrypt", secretBytesOf, saltBytes, N, r, p, keylen));
}

export function scrypt(password, salt, keylen, options, callback) {
  if (typeof options === "function") {
    return scrypt(password, salt, keylen, undefined, options);
  }
  return answer(needed(callback), () => scryptSync(password, salt, keylen, options));
}

export function getCipherInfo(name) {
  const parts = /^aes-(128|192|256)-(cbc|ctr|gcm)$/.exec(String(name).toLowerCase());
  return parts === null ? undefined : {
    name: String(name).toLowerCase(), blockSize: parts[2] === "cbc" ? 16 : 1, ivLength: parts[2] === "gcm" ? 12 : 16, keyLength: Number(parts[1]) / 8, mode: parts[2],
  };
}

export const getFips = () => false;
export const secureHeapUsed = () => ({ total: 0, used: 0, utilization: 0, min: 0 });

function missing(name) {
  return () => {
    throw coded(Error, "ERR_METHOD_NOT_IMPLEMENTED", "node:crypto has no " + name + " here.");
  };
}

export const createDiffieHellman = missing("createDiffieHellman");
export const createDiffieHellmanGroup = missing("createDiffieHellmanGroup");
export const getDiffieHellman = missing("getDiffieHellman");
export const generatePrime = missing("generatePrime");
export const generatePrimeSync = missing("generatePrimeSync");
export const checkPrime = missing("checkPrime");
export const checkPrimeSync = missing("checkPrimeSync");
export const webcrypto = globalThis.crypto;
export const { subtle } = webcrypto;
export default {
  Hash, Hmac, Sign, Verify, ECDH, KeyObject, createHash, createHmac, createCipheriv, createDecipheriv, getHashes, getCiphers, getCurves, getCipherInfo, hash,
  randomFillSync, randomFill, randomBytes, pseudoRandomBytes, randomUUID, getRandomValues, randomInt, timingSafeEqual, pbkdf2, pbkdf2Sync, hkdf, hkdfSync, scrypt,
  scryptSync, createSign, createVerify, sign, verify, createPublicKey, createPrivateKey, createSecretKey, generateKey, generateKeySync, generateKeyPair,
  generateKeyPairSync, diffieHellman, createECDH, publicEncrypt, privateDecrypt, privateEncrypt, publicDecrypt, createDiffieHellman, createDiffieHellmanGroup,
  getDiffieHellman, generatePrime, generatePrimeSync, checkPrime, checkPrimeSync, getFips, secureHeapUsed, webcrypto, subtle, constants,
};
