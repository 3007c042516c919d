/** node:crypto's signatures and RSA encryption. */

import { host, requireEvent } from "lapidary:host";
import { Buffer } from "node:buffer";
import { bufferOf } from "./bytes.js";
import { derSignature, rawSignature } from "./der.js";
import { bytesOf, details, privateKey, publicKey } from "./key-object.js";
import { coded, wrongType } from "./node-errors.js";

export const constants = {
  RSA_PKCS1_PADDING: 1, RSA_NO_PADDING: 3, RSA_PKCS1_OAEP_PADDING: 4, RSA_PKCS1_PSS_PADDING: 6,
  RSA_PSS_SALTLEN_DIGEST: -1, RSA_PSS_SALTLEN_MAX_SIGN: -2, RSA_PSS_SALTLEN_AUTO: -2,
};
const SIZES = { "MD5": 16, "SHA-1": 20, "SHA-224": 28, "SHA-256": 32, "SHA-384": 48, "SHA-512": 64, "SHA-512/256": 32 };
const FIELD = { "P-256": 32, "P-384": 48, "P-521": 66 };

function longestSalt(bits, hash) {
  return Math.ceil((bits - 1) / 8) - SIZES[hash] - 2;
}

function saltOf(length, bits, hash) {
  return length === undefined || length === constants.RSA_PSS_SALTLEN_AUTO ? longestSalt(bits, hash)
    : length === constants.RSA_PSS_SALTLEN_DIGEST ? SIZES[hash] : length;
}

export function signed(hash, data, given) {
  const key = privateKey(given);
  const { kind, curve, bits, material } = details(key);
  requireEvent();
  if ((kind === "ed25519") !== (hash === undefined) || kind === "x25519") {
    throw new Error("Failed to initialize signing context");
  }
  if (kind === "ed25519") {
    return Buffer.from(host.crypto("okpSign", "Ed25519", material.seed, data));
  }
  if (kind === "ec") {
    const raw = host.crypto("ecSign", curve, hash, material.number, data);
    return Buffer.from(given?.dsaEncoding === "ieee-p1363" ? raw : derSignature(raw));
  }
  return Buffer.from(given?.padding === constants.RSA_PKCS1_PSS_PADDING
    ? host.crypto("pssSign", hash, saltOf(given.saltLength, bits, hash), material, data)
    : host.crypto("rsaSign", hash, 0, material, data));
}

export function verified(hash, data, given, signature) {
  const { kind, curve, bits, material } = details(publicKey(given));
  if ((kind === "ed25519") !== (hash === undefined) || kind === "x25519") {
    throw new Error("Failed to initialize verification context");
  }
  if (kind === "ed25519") {
    return host.crypto("okpVerify", "Ed25519", material.point, signature, data);
  }
  if (kind === "ec") {
    const raw = given?.dsaEncoding === "ieee-p1363" ? signature : rawSignature(new Uint8Array(signature), FIELD[curve]);
    return raw !== undefined && host.crypto("ecVerify", curve, hash, material.point, raw, data);
  }
  if (given?.padding !== constants.RSA_PKCS1_PSS_PADDING) {
    return host.crypto("rsaVerify", hash, 0, material, data, signature);
  }
  // Where the length of the salt is not known, it is one of those that anybody uses.
  const known = given.saltLength !== undefined && given.saltLength !== constants.RSA_PSS_SALTLEN_AUTO;
  const lengths = known ? [saltOf(given.saltLength, bits, hash)] : [SIZES[hash], longestSalt(bits, hash), 0];
  return lengths.some((length) => length >= 0 && host.crypto("pssVerify", hash, length, material, data, signature));
}

function rsaKey(key) {
  if (details(key).kind !== "rsa") {
    throw new Error("The key is no RSA key.");
  }
  return bytesOf(key);
}

const dataOf = (data, encoding) => bufferOf(typeof data === "string" ? Buffer.from(data, encoding) : data);

/** Encrypts or decrypts by RSA, padded as the options say. */
function transformed(encrypt, key, given, data, hashName) {
  const encoded = rsaKey(key);
  const bytes = dataOf(data, given?.encoding);
  const padding = given?.padding ?? constants.RSA_PKCS1_OAEP_PADDING;
  if (encrypt) {
    requireEvent();
  }
  if (padding === constants.RSA_PKCS1_PADDING) {
    return Buffer.from(host.crypto("rsaPlain", encrypt, key.type === "private", encoded, bytes));
  }
  if (padding !== constants.RSA_PKCS1_OAEP_PADDING) {
    throw coded(Error, "ERR_METHOD_NOT_IMPLEMENTED", "RSA without a padding is not there.");
  }
  const label = given?.oaepLabel === undefined ? new ArrayBuffer(0) : dataOf(given.oaepLabel);
  return Buffer.from(host.crypto(encrypt ? "oaepEncrypt" : "oaepDecrypt", hashName(given?.oaepHash ?? "sha1"), label, encoded, bytes));
}

export function rsaFunctions(hashName) {
  const plain = (given) => ({ ...(given?.key === undefined || typeof given === "string" ? {} : given), padding: constants.RSA_PKCS1_PADDING });
  return {
    publicEncrypt: (given, data) => transformed(true, publicKey(given), given, data, hashName),
    privateDecrypt: (given, data) => transformed(false, privateKey(given), given, data, hashName),
    privateEncrypt: (given, data) => transformed(true, privateKey(given), plain(given), data, hashName),
    publicDecrypt: (given, data) => transformed(false, publicKey(given), plain(given), data, hashName),
  };
}

export function requireKey(key) {
  if (key === undefined || key === null) {
    throw coded(Error, "ERR_CRYPTO_SIGN_KEY_REQUIRED", "No key provided to sign");
  }
}

export function viewBytes(data, name = "data") {
  if (!ArrayBuffer.isView(data)) {
    throw wrongType(name, "an instance of Buffer, TypedArray, or DataView", data);
  }
  return bufferOf(data);
}
