/** RSASSA-PKCS1-v1_5, RSA-PSS and RSA-OAEP. */

import { requireEvent } from "lapidary:host";
import { bufferOf, fromBase64Url, toBase64Url } from "./bytes.js";
import { ask, checkedJwk, checkedUsages, hashOf, makeKey, materialOf, refuse } from "./crypto-key.js";

const PUBLIC_PARTS = ["n", "e"];
const PRIVATE_PARTS = [...PUBLIC_PARTS, "d", "p", "q", "dp", "dq", "qi"];

function rsa(name, jwkAlg, allowed, use, run) {
  const details = (hash, modulusLength, exponent) => ({ name, modulusLength, publicExponent: new Uint8Array(exponent), hash });
  return {
    generate({ modulusLength, publicExponent, hash: given }, extractable, usages) {
      requireEvent();
      const hash = hashOf(given);
      const kept = checkedUsages(usages, [...allowed.private, ...allowed.public], "generate an RSA key");
      const own = kept.filter((usage) => allowed.private.includes(usage));
      if (own.length === 0) {
        throw refuse("SyntaxError", "Usages cannot be empty when creating a key.");
      }
      const exponent = bufferOf(publicExponent, "The \"publicExponent\" of the algorithm");
      const [secret, open] = ask("OperationError", "rsaGenerate", Number(modulusLength), exponent);
      const algorithm = () => details(hash, Number(modulusLength), exponent);
      return {
        publicKey: makeKey("public", true, algorithm(), kept.filter((usage) => allowed.public.includes(usage)), open),
        privateKey: makeKey("private", extractable, algorithm(), own, secret),
      };
    },
    import(format, data, { hash: given }, extractable, usages) {
      const hash = hashOf(given);
      const isPrivate = format === "pkcs8" || (format === "jwk" && data?.d !== undefined);
      const kept = checkedUsages(usages, isPrivate ? allowed.private : allowed.public, "import " + (isPrivate ? "a private" : "a public") + " RSA key");
      const [encoded, bits, exponent] = parsed(format, data, isPrivate, kept, extractable, use, jwkAlg(hash.name));
      return makeKey(isPrivate ? "private" : "public", extractable, details(hash, bits, exponent), kept, encoded);
    },
    export(format, key) {
      const encoded = materialOf(key);
      if (format === "jwk") {
        const numbers = key.type === "private" ? ask("OperationError", "rsaNumbers", encoded) : publicNumbers(encoded);
        const jwk = { kty: "RSA", alg: jwkAlg(key.algorithm.hash.name), key_ops: [...key.usages], ext: key.extractable };
        (key.type === "private" ? PRIVATE_PARTS : PUBLIC_PARTS).forEach((part, i) => {
          jwk[part] = toBase64Url(numbers[i]);
        });
        return jwk;
      }
      if (format !== (key.type === "private" ? "pkcs8" : "spki")) {
        throw format === "spki" || format === "pkcs8"
          ? refuse("InvalidAccessError", "A " + key.type + " key cannot be exported as \"" + format + "\".")
          : refuse("NotSupportedError", "Unimplemented key export format \"" + format + "\" for RSA.");
      }
      return encoded.slice(0);
    },
    ...run,
  };
}

/** Modulus and exponent out of an SPKI key in DER. */
function publicNumbers(spki) {
  const bytes = new Uint8Array(spki);
  let at = 0;
  const enter = () => {
    at++;
    let length = bytes[at++];
    if (length > 128) {
      const more = length & 127;
      length = 0;
      for (let i = 0; i < more; i++) {
        length = length * 256 + bytes[at++];
      }
    }
    return length;
  };
  const number = () => {
    const length = enter();
    const start = at + (bytes[at] === 0 && length > 1 ? 1 : 0);
    at += length;
    return spki.slice(start, at);
  };
  enter();
  const algorithm = enter();
  at += algorithm;
  enter();
  at++;
  enter();
  return [number(), number()];
}

function parsed(format, data, isPrivate, usages, extractable, use, alg) {
  if (format === "jwk") {
    checkedJwk(data, "RSA", usages, extractable, use);
    if (data.alg !== undefined && data.alg !== alg) {
      throw refuse("DataError", "JSON Web Key \"alg\" is \"" + data.alg + "\", not \"" + alg + "\".");
    }
    const numbers = (isPrivate ? PRIVATE_PARTS : PUBLIC_PARTS).map((part) => {
      const bytes = fromBase64Url(data[part]);
      if (bytes === undefined || bytes.byteLength === 0) {
        throw refuse("DataError", "JSON Web Key \"" + part + "\" is not base64url.");
      }
      return bytes;
    });
    return ask("DataError", "rsaFromJwk", numbers);
  }
  const encoded = bufferOf(data, "The key data");
  if (format !== "pkcs8" && format !== "spki") {
    throw refuse("NotSupportedError", "Unrecognized key import format \"" + format + "\".");
  }
  return ask("DataError", isPrivate ? "rsaPrivate" : "rsaPublic", encoded);
}

const SIGNING = { private: ["sign"], public: ["verify"] };
const hashNumber = (hash) => hash.slice(4);

function label(algorithm) {
  return algorithm.label === undefined ? new ArrayBuffer(0) : bufferOf(algorithm.label, "The \"label\" of the algorithm");
}

export const RSA = {
  "RSASSA-PKCS1-v1_5": rsa("RSASSA-PKCS1-v1_5", (hash) => "RS" + hashNumber(hash), SIGNING, "sig", {
    sign: (_, key, data) => ask("OperationError", "rsaSign", key.algorithm.hash.name, 0, materialOf(key), data),
    verify: (_, key, signature, data) => ask("OperationError", "rsaVerify", key.algorithm.hash.name, 0, materialOf(key), data, signature),
  }),
  "RSA-PSS": rsa("RSA-PSS", (hash) => "PS" + hashNumber(hash), SIGNING, "sig", {
    sign(algorithm, key, data) {
      requireEvent();
      return ask("OperationError", "pssSign", key.algorithm.hash.name, Number(algorithm.saltLength), materialOf(key), data);
    },
    verify: (algorithm, key, signature, data) =>
      ask("OperationError", "pssVerify", key.algorithm.hash.name, Number(algorithm.saltLength), materialOf(key), data, signature),
  }),
  "RSA-OAEP": rsa("RSA-OAEP", (hash) => (hash === "SHA-1" ? "RSA-OAEP" : "RSA-OAEP-" + hashNumber(hash)),
    { private: ["decrypt", "unwrapKey"], public: ["encrypt", "wrapKey"] }, "enc", {
      encrypt(algorithm, key, data) {
        requireEvent();
        return ask("OperationError", "oaepEncrypt", key.algorithm.hash.name, label(algorithm), materialOf(key), data);
      },
      decrypt: (algorithm, key, data) => ask("OperationError", "oaepDecrypt", key.algorithm.hash.name, label(algorithm), materialOf(key), data),
    }),
};
