/** node:crypto's keys: KeyObjects over the keys of `crypto.subtle`. */

import { host, requireEvent } from "lapidary:host";
import { ALGORITHMS, isKey, materialOf } from "lapidary:subtle";
import { Buffer } from "node:buffer";
import { bufferOf } from "./bytes.js";
import { fromPem, innerKey, readKey, toPem } from "./der.js";
import { whole, wrongType, wrongValue } from "./node-errors.js";

const KEY = {};
const NODE_CURVES = { "P-256": "prime256v1", "P-384": "secp384r1", "P-521": "secp521r1" };
const CURVES = { prime256v1: "P-256", secp256r1: "P-256", "P-256": "P-256", secp384r1: "P-384", "P-384": "P-384", secp521r1: "P-521", "P-521": "P-521" };
/** By kind: the algorithm whose keys they are here, and the usages of the private and the public one. */
const KINDS = {
  rsa: { name: "RSASSA-PKCS1-v1_5", parameters: { hash: "SHA-256" }, usages: { private: ["sign"], public: ["verify"] } },
  ec: { name: "ECDSA", parameters: {}, usages: { private: ["sign"], public: ["verify"] } },
  ed25519: { name: "Ed25519", parameters: {}, usages: { private: ["sign"], public: ["verify"] } },
  x25519: { name: "X25519", parameters: {}, usages: { private: ["deriveBits"], public: [] } },
};
const JWK_KINDS = { RSA: () => "rsa", EC: () => "ec", OKP: ({ crv }) => String(crv).toLowerCase() };
let partsOf;

export class KeyObject {
  #parts;

  constructor(key, parts) {
    if (key !== KEY) {
      throw new Error("Illegal constructor");
    }
    this.#parts = parts;
  }

  static from(key) {
    if (!isKey(key)) {
      throw wrongType("key", "an instance of CryptoKey", key);
    }
    if (!key.extractable) {
      throw new Error("The CryptoKey is not extractable.");
    }
    const implementation = ALGORITHMS[key.algorithm.name];
    if (key.type === "secret") {
      return secret(implementation.export("raw", key));
    }
    return ofBytes(new Uint8Array(implementation.export(key.type === "private" ? "pkcs8" : "spki", key)), key.type);
  }

  get type() {
    return this.#parts.type;
  }

  equals(other) {
    if (!(other instanceof KeyObject)) {
      throw wrongType("otherKeyObject", "an instance of KeyObject", other);
    }
    return this.type === other.type && Buffer.from(bytesOf(this)).equals(Buffer.from(bytesOf(other)));
  }

  toCryptoKey(algorithm, extractable, usages) {
    const name = typeof algorithm === "string" ? algorithm : algorithm?.name;
    const implementation = Object.entries(ALGORITHMS).find(([known]) => known.toLowerCase() === String(name).toLowerCase())?.[1];
    if (implementation?.import === undefined) {
      throw new DOMException("Unrecognized key import algorithm \"" + name + "\" requested.", "NotSupportedError");
    }
    const format = this.type === "secret" ? "raw" : this.type === "private" ? "pkcs8" : "spki";
    return implementation.import(format, bytesOf(this), typeof algorithm === "string" ? { name } : algorithm, !!extractable, usages);
  }

  get [Symbol.toStringTag]() {
    return "KeyObject";
  }

  static {
    partsOf = (key) => key.#parts;
  }
}

class SecretKeyObject extends KeyObject {
  get symmetricKeySize() {
    return partsOf(this).bytes.byteLength;
  }

  export(options = undefined) {
    const { bytes } = partsOf(this);
    return options?.format === "jwk" ? { kty: "oct", ext: true, k: Buffer.from(bytes).toString("base64url") } : Buffer.from(bytes.slice(0));
  }
}

class AsymmetricKeyObject extends KeyObject {
  get asymmetricKeyType() {
    return partsOf(this).kind;
  }

  get asymmetricKeyDetails() {
    const { kind, key } = partsOf(this);
    if (kind === "rsa") {
      return { modulusLength: key.algorithm.modulusLength, publicExponent: BigInt("0x" + Buffer.from(key.algorithm.publicExponent).toString("hex")) };
    }
    return kind === "ec" ? { namedCurve: NODE_CURVES[key.algorithm.namedCurve] } : {};
  }

  export(options = undefined) {
    if (options?.format === "jwk") {
      const { key_ops, ext, alg, ...jwk } = ALGORITHMS[partsOf(this).key.algorithm.name].export("jwk", partsOf(this).key);
      return jwk;
    }
    return encoded(this, options ?? {});
  }
}

class PublicKeyObject extends AsymmetricKeyObject {}
class PrivateKeyObject extends AsymmetricKeyObject {}

function encoded(key, { type, format, cipher, passphrase }) {
  const { kind, key: { algorithm: { namedCurve } } } = partsOf(key);
  const isPrivate = key.type === "private";
  if (type === undefined && isPrivate) {
    throw new TypeError("Missing type option");
  }
  if (cipher !== undefined || passphrase !== undefined) {
    throw new Error("Private keys cannot be exported encrypted here.");
  }
  const whole = new Uint8Array(bytesOf(key));
  let label = isPrivate ? "PRIVATE KEY" : "PUBLIC KEY";
  let bytes = whole;
  if (type === "pkcs1") {
    if (kind !== "rsa") {
      throw wrongValue("type", type);
    }
    label = "RSA " + label;
    bytes = innerKey(whole);
  } else if (type === "sec1" && isPrivate) {
    if (kind !== "ec") {
      throw wrongValue("type", type);
    }
    label = "EC " + label;
    bytes = innerKey(whole, namedCurve);
  }
  const buffer = Buffer.from(bytes.slice());
  if (format === "der") {
    return buffer;
  }
  if (format !== undefined && format !== "pem") {
    throw wrongValue("format", format);
  }
  return toPem(label, buffer.toString("base64"));
}

/** A secret key's bytes; PKCS #8 or SPKI of the others. */
export function bytesOf(key) {
  const { bytes, key: inner } = partsOf(key);
  return bytes ?? ALGORITHMS[inner.algorithm.name].export(key.type === "private" ? "pkcs8" : "spki", inner);
}

export const secret = (bytes) => new SecretKeyObject(KEY, { type: "secret", bytes });

function asymmetric(kind, key) {
  return new (key.type === "private" ? PrivateKeyObject : PublicKeyObject)(KEY, { type: key.type, kind, key });
}

function imported(kind, curve, format, data, type) {
  const { name, parameters, usages } = KINDS[kind];
  return asymmetric(kind, ALGORITHMS[name].import(format, data, { ...parameters, namedCurve: curve }, true, usages[type]));
}

/** A key in DER of the type that is wanted. */
function ofBytes(bytes, type) {
  const { kind, curve, format, data } = readKey(bytes);
  if ((format === "pkcs8") !== (type === "private")) {
    throw new Error("not " + type);
  }
  return imported(kind, curve, format, data, type);
}

function ofJwk(jwk, type) {
  const kind = JWK_KINDS[jwk.kty]?.(jwk);
  if (KINDS[kind] === undefined || (type === "private" && jwk.d === undefined)) {
    throw new Error("no such key");
  }
  const { d, p, q, dp, dq, qi, key_ops, ext, use, alg, ...open } = jwk;
  return imported(kind, jwk.crv, "jwk", type === "private" ? { ...open, d, p, q, dp, dq, qi } : open, type);
}

/** The key's text or bytes in DER. */
function source(data, encoding) {
  if (typeof data === "string") {
    return fromPem(data) ?? { bytes: new Uint8Array(Buffer.from(data, encoding)) };
  }
  const buffer = Buffer.from(bufferOf(data));
  return fromPem(buffer.toString("latin1")) ?? { bytes: new Uint8Array(buffer) };
}

const isBytes = (value) => typeof value === "string" || ArrayBuffer.isView(value) || value instanceof ArrayBuffer;

function parsed(given, type) {
  const options = isBytes(given) ? { key: given } : given;
  const { key, format, encoding } = options ?? {};
  if (format === "jwk") {
    return ofJwk(key, type);
  }
  if (!isBytes(key)) {
    throw wrongType("options.key", "of type string or an instance of ArrayBuffer, Buffer, TypedArray, DataView, or Object", key);
  }
  const { label = "", bytes } = source(key, encoding);
  if (label.includes("ENCRYPTED") || label === "CERTIFICATE") {
    throw new Error("unsupported");
  }
  return ofBytes(bytes, type);
}

function attempt(work, type) {
  try {
    return work();
  } catch (error) {
    throw error.code === undefined && !(error instanceof TypeError) ? new Error("Failed to parse " + type + " key") : error;
  }
}

function unwrapped(given) {
  const inner = given?.key ?? given;
  return inner instanceof KeyObject ? inner : isKey(inner) ? KeyObject.from(inner) : undefined;
}

/** The private key that somebody gave, in any of Node's forms. */
export function privateKey(given) {
  const key = unwrapped(given);
  if (key === undefined) {
    return attempt(() => parsed(given, "private"), "private");
  }
  if (key.type !== "private") {
    throw wrongType("key", "a private key", given);
  }
  return key;
}

/** The public key that somebody gave; a private one has it too. */
export function publicKey(given) {
  const key = unwrapped(given);
  if (key?.type === "public") {
    return key;
  }
  if (key !== undefined) {
    return publicOf(key);
  }
  return attempt(() => {
    try {
      return parsed(given, "public");
    } catch (error) {
      if (error.code !== undefined) {
        throw error;
      }
      return publicOf(parsed(given, "private"));
    }
  }, "public");
}

function publicOf(key) {
  if (key.type === "secret") {
    throw wrongType("key", "an asymmetric key", key);
  }
  const { kind, key: inner } = partsOf(key);
  return ofJwk(ALGORITHMS[KINDS[kind].name].export("jwk", inner), "public");
}

export function createPublicKey(key) {
  return publicKey(key);
}

export function createPrivateKey(key) {
  return privateKey(key);
}

export function createSecretKey(key, encoding = undefined) {
  if (typeof key !== "string" && !ArrayBuffer.isView(key) && !(key instanceof ArrayBuffer)) {
    throw wrongType("key", "of type string or an instance of ArrayBuffer, Buffer, TypedArray, or DataView", key);
  }
  return secret(typeof key === "string" ? bufferOf(Buffer.from(key, encoding)) : bufferOf(key));
}

/** The bytes of a secret that may be a key. */
export function secretBytes(given) {
  const key = unwrapped(given);
  return key === undefined ? undefined : bytesOf(key);
}

/** What signs and agrees: the kind of a key, its curve, the size of its modulus and its material. */
export function details(key) {
  const { kind, key: inner } = partsOf(key);
  return { kind, curve: inner.algorithm.namedCurve, bits: inner.algorithm.modulusLength, material: materialOf(inner) };
}

export function generateKeyPairSync(type, options = undefined) {
  requireEvent();
  if (!(type in KINDS)) {
    throw wrongValue("type", type, "must be one of: 'rsa', 'ec', 'ed25519', 'x25519'");
  }
  const { name, parameters, usages } = KINDS[type];
  const more = {};
  if (type === "rsa") {
    more.modulusLength = whole(options?.modulusLength, "options.modulusLength");
    const exponent = whole(options.publicExponent ?? 65537, "options.publicExponent");
    more.publicExponent = Uint8Array.of(exponent >> 16, exponent >> 8, exponent);
  } else if (type === "ec") {
    more.namedCurve = CURVES[options?.namedCurve];
    if (more.namedCurve === undefined) {
      throw new Error("Invalid or unsupported curve");
    }
  }
  const pair = ALGORITHMS[name].generate({ ...parameters, ...more }, true, [...usages.private, ...usages.public]);
  const shown = (key, encoding) => (encoding === undefined ? key : key.export(encoding));
  return {
    publicKey: shown(asymmetric(type, pair.publicKey), options?.publicKeyEncoding),
    privateKey: shown(asymmetric(type, pair.privateKey), options?.privateKeyEncoding),
  };
}

export function generateKeySync(type, options) {
  if (type !== "hmac" && type !== "aes") {
    throw wrongValue("type", type, "must be a supported key type");
  }
  const length = whole(options?.length, "options.length", 8);
  if (type === "aes" && ![128, 192, 256].includes(length)) {
    throw wrongValue("options.length", length, "must be one of: 128, 192, 256");
  }
  requireEvent();
  return secret(host.random(length >> 3));
}

/** X25519 or ECDH. */
export function diffieHellman({ privateKey: own, publicKey: other }) {
  const mine = details(own);
  const theirs = details(other);
  if (own.type !== "private" || mine.kind !== theirs.kind || mine.curve !== theirs.curve || !["ec", "x25519"].includes(mine.kind)) {
    throw new Error("The keys do not agree.");
  }
  return Buffer.from(mine.kind === "ec"
    ? host.crypto("ecAgree", mine.curve, mine.material.number, theirs.material.point)
    : host.crypto("okpAgree", "X25519", mine.material.seed, theirs.material.point));
}

export { CURVES };
