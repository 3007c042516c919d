/** The symmetric algorithms: HMAC, AES, and the key derivations from a secret. */

import { host, requireEvent } from "lapidary:host";
import { bufferOf, fromBase64Url, toBase64Url } from "./bytes.js";
import { ask, checkedJwk, checkedUsages, hashOf, makeKey, materialOf, refuse } from "./crypto-key.js";

const BLOCK_BITS = { "SHA-1": 512, "SHA-256": 512, "SHA-384": 1024, "SHA-512": 1024 };

function secretFrom(format, data, jwkAlg, usages, extractable, use) {
  if (format === "raw") {
    return bufferOf(data, "The key data");
  }
  if (format !== "jwk") {
    throw refuse("NotSupportedError", "Unable to import a secret key from format \"" + format + "\".");
  }
  checkedJwk(data, "oct", usages, extractable, use);
  const bytes = fromBase64Url(data.k);
  if (bytes === undefined) {
    throw refuse("DataError", "JSON Web Key \"k\" is not base64url.");
  }
  const alg = jwkAlg(bytes.byteLength * 8);
  if (data.alg !== undefined && data.alg !== alg) {
    throw refuse("DataError", "JSON Web Key \"alg\" is \"" + data.alg + "\", not \"" + alg + "\".");
  }
  return bytes;
}

function exportSecret(jwkAlg) {
  return (format, key) => {
    const bytes = materialOf(key);
    if (format === "raw") {
      return bytes.slice(0);
    }
    if (format !== "jwk") {
      throw refuse("NotSupportedError", "Unimplemented key export format \"" + format + "\" for a secret key.");
    }
    return { kty: "oct", k: toBase64Url(bytes), alg: jwkAlg(key), key_ops: [...key.usages], ext: key.extractable };
  };
}

const hmacAlg = (hash) => "HS" + hash.slice(4);

export const HMAC = {
  generate({ hash: given, length }, extractable, usages) {
    requireEvent();
    const hash = hashOf(given);
    const bits = length === undefined ? BLOCK_BITS[hash.name] : Number(length);
    if (!(bits > 0) || bits % 8 !== 0 || bits > 8 * 65_536) {
      throw refuse("OperationError", "HMAC key length must be a positive multiple of 8.");
    }
    const kept = checkedUsages(usages, ["sign", "verify"], "generate an HMAC key");
    if (kept.length === 0) {
      throw refuse("SyntaxError", "Usages cannot be empty when creating a key.");
    }
    return makeKey("secret", extractable, { name: "HMAC", hash, length: bits }, kept, host.random(bits / 8));
  },
  import(format, data, { hash: given, length }, extractable, usages) {
    const hash = hashOf(given);
    const kept = checkedUsages(usages, ["sign", "verify"], "import an HMAC key");
    const bytes = secretFrom(format, data, () => hmacAlg(hash.name), kept, extractable, "sig");
    const bits = bytes.byteLength * 8;
    if (bits === 0 || (length !== undefined && (length > bits || length <= bits - 8))) {
      throw refuse("DataError", bits === 0 ? "HMAC key is empty." : "Imported HMAC key length does not match the given length.");
    }
    return makeKey("secret", extractable, { name: "HMAC", hash, length: length ?? bits }, kept, bytes);
  },
  export: exportSecret((key) => hmacAlg(key.algorithm.hash.name)),
  keyBits: ({ hash, length }) => length ?? BLOCK_BITS[hashOf(hash).name],
  sign: (_, key, data) => ask("OperationError", "hmac", key.algorithm.hash.name, materialOf(key), data),
  verify(_, key, signature, data) {
    const expected = new Uint8Array(ask("OperationError", "hmac", key.algorithm.hash.name, materialOf(key), data));
    const given = new Uint8Array(signature);
    let difference = expected.length ^ given.length;
    for (let i = 0; i < expected.length; i++) {
      difference |= expected[i] ^ given[i];
    }
    return difference === 0;
  },
};

function aesBits(length) {
  const bits = Number(length);
  if (bits !== 128 && bits !== 192 && bits !== 256) {
    throw refuse("OperationError", "The length of an AES key must be 128, 192 or 256 bits, not " + length + ".");
  }
  return bits;
}

function aes(mode, allowed, run) {
  const name = "AES-" + mode;
  return {
    generate({ length }, extractable, usages) {
      requireEvent();
      const bits = aesBits(length);
      const kept = checkedUsages(usages, allowed, "generate an AES key");
      if (kept.length === 0) {
        throw refuse("SyntaxError", "Usages cannot be empty when creating a key.");
      }
      return makeKey("secret", extractable, { name, length: bits }, kept, host.random(bits / 8));
    },
    import(format, data, _, extractable, usages) {
      const kept = checkedUsages(usages, allowed, "import an AES key");
      const bytes = secretFrom(format, data, (bits) => "A" + bits + mode, kept, extractable, "enc");
      const bits = bytes.byteLength * 8;
      if (bits !== 128 && bits !== 192 && bits !== 256) {
        throw refuse("DataError", "Imported AES key length must be 128, 192, or 256 bits but provided " + bits + ".");
      }
      return makeKey("secret", extractable, { name, length: bits }, kept, bytes);
    },
    export: exportSecret((key) => "A" + key.algorithm.length + mode),
    keyBits: ({ length }) => aesBits(length),
    ...run,
  };
}

const CIPHER_USAGES = ["encrypt", "decrypt", "wrapKey", "unwrapKey"];

function iv(algorithm, size, field = "iv") {
  const bytes = bufferOf(algorithm[field], "The \"" + field + "\" of the algorithm");
  if (size !== undefined ? bytes.byteLength !== size : bytes.byteLength === 0) {
    throw refuse("OperationError", size === undefined ? "The iv must not be empty." : "The " + field + " must have " + size + " bytes.");
  }
  return bytes;
}

function gcm(encrypt) {
  return (algorithm, key, data) => {
    const tagBits = algorithm.tagLength === undefined ? 128 : Number(algorithm.tagLength);
    if (![32, 64, 96, 104, 112, 120, 128].includes(tagBits)) {
      throw refuse("OperationError", "Invalid AES-GCM tag length " + algorithm.tagLength + ".");
    }
    const additional = algorithm.additionalData === undefined ? new ArrayBuffer(0)
      : bufferOf(algorithm.additionalData, "The \"additionalData\" of the algorithm");
    return ask("OperationError", "gcm", encrypt, materialOf(key), iv(algorithm), additional, tagBits, data);
  };
}

function ctr({ counter, length }, key, data) {
  const bits = Number(length);
  if (!(bits >= 1 && bits <= 128)) {
    throw refuse("OperationError", "AES-CTR counter length must be from 1 to 128 bits.");
  }
  return ask("OperationError", "ctr", materialOf(key), iv({ counter }, 16, "counter"), bits, data);
}

export const AES = {
  "AES-GCM": aes("GCM", CIPHER_USAGES, { encrypt: gcm(true), decrypt: gcm(false) }),
  "AES-CBC": aes("CBC", CIPHER_USAGES, {
    encrypt: (algorithm, key, data) => ask("OperationError", "cbc", true, materialOf(key), iv(algorithm, 16), data),
    decrypt: (algorithm, key, data) => ask("OperationError", "cbc", false, materialOf(key), iv(algorithm, 16), data),
  }),
  "AES-CTR": aes("CTR", CIPHER_USAGES, { encrypt: ctr, decrypt: ctr }),
  "AES-KW": aes("KW", ["wrapKey", "unwrapKey"], {
    wrap: (_, key, data) => ask("OperationError", "kw", true, materialOf(key), data),
    unwrap: (_, key, data) => ask("OperationError", "kw", false, materialOf(key), data),
  }),
};

/** Most iterations of PBKDF2 in one call, as on Workers. */
const MAX_ITERATIONS = 100_000;

function derivation(name, derive) {
  return {
    import(format, data, _, extractable, usages) {
      if (format !== "raw") {
        throw refuse("NotSupportedError", name + " keys can be imported from format \"raw\" alone.");
      }
      const kept = checkedUsages(usages, ["deriveKey", "deriveBits"], "import a " + name + " key");
      if (extractable) {
        throw refuse("SyntaxError", name + " key cannot be extractable.");
      }
      return makeKey("secret", false, { name }, kept, bufferOf(data, "The key data"));
    },
    keyBits: () => null,
    derive(algorithm, key, bits) {
      if (bits === null || bits === undefined || bits % 8 !== 0 || bits < 0) {
        throw refuse("OperationError", name + " derives a multiple of 8 bits.");
      }
      return derive(algorithm, materialOf(key), bits / 8);
    },
  };
}

export const DERIVATIONS = {
  PBKDF2: derivation("PBKDF2", ({ hash, salt, iterations }, secret, bytes) => {
    const name = hashOf(hash).name;
    const count = Number(iterations);
    if (!(count >= 1)) {
      throw refuse("OperationError", "PBKDF2 needs at least one iteration.");
    }
    if (count > MAX_ITERATIONS) {
      throw refuse("NotSupportedError", "Pbkdf2 failed: iteration counts above " + MAX_ITERATIONS + " are not supported (requested " + count + ").");
    }
    return ask("OperationError", "pbkdf2", name, secret, bufferOf(salt, "The \"salt\" of the algorithm"), Math.trunc(count), bytes);
  }),
  HKDF: derivation("HKDF", ({ hash, salt, info }, secret, bytes) => {
    const name = hashOf(hash).name;
    return ask("OperationError", "hkdf", name, secret, bufferOf(salt, "The \"salt\" of the algorithm"),
      bufferOf(info, "The \"info\" of the algorithm"), bytes);
  }),
};
