/** `crypto.subtle`: the Web Cryptography API. Keys are bytes in the guest; the host does the arithmetic. */

import { brandClass } from "lapidary:brand";
import { host } from "lapidary:host";
import { enumerable, tag } from "lapidary:primordials";
import { bufferOf } from "./parts/bytes.js";
import { ask, CryptoKey, hashOf, isKey, materialOf, refuse } from "./parts/crypto-key.js";
import { CURVE_ALGORITHMS } from "./parts/curve-keys.js";
import { RSA } from "./parts/rsa-keys.js";
import { AES, DERIVATIONS, HMAC } from "./parts/secret-keys.js";

const ALGORITHMS = { HMAC, ...AES, ...DERIVATIONS, ...CURVE_ALGORITHMS, ...RSA };
const NAMES = new Map(Object.keys(ALGORITHMS).map((name) => [name.toLowerCase(), name]));

/** Only library code sees these. */
export { ALGORITHMS, isKey, materialOf };
export { CryptoKey };

function normalized(algorithm, method, what) {
  const given = typeof algorithm === "string" ? { name: algorithm } : algorithm;
  if (given === null || typeof given !== "object" || given.name === undefined) {
    throw new TypeError("The algorithm is neither a name nor an object with a \"name\".");
  }
  const name = NAMES.get(String(given.name).toLowerCase());
  const implementation = ALGORITHMS[name];
  if (implementation?.[method] === undefined) {
    throw refuse("NotSupportedError", "Unrecognized " + what + " algorithm \"" + given.name + "\" requested.");
  }
  return { parameters: given, name, implementation };
}

/** The implementation of an operation on a key, after the checks that all operations share. */
function operation(algorithm, key, method, usage, what) {
  const { parameters, name, implementation } = normalized(algorithm, method, what);
  if (!isKey(key)) {
    throw new TypeError("The key is not of type 'CryptoKey'.");
  }
  if (key.algorithm.name !== name) {
    throw refuse("InvalidAccessError", "This " + what + " algorithm \"" + name + "\" cannot be used with a key of \"" + key.algorithm.name + "\".");
  }
  if (!key.usages.includes(usage)) {
    throw refuse("InvalidAccessError", "Requested key usage \"" + usage + "\" does not match any usage listed in the CryptoKey.");
  }
  return (...args) => implementation[method](parameters, key, ...args);
}

/** `{name}` in another case and with other fields becomes the key's own. */
function importKey(format, data, algorithm, extractable, usages) {
  const { parameters, implementation } = normalized(algorithm, "import", "key import");
  if (!["raw", "jwk", "pkcs8", "spki"].includes(String(format))) {
    throw new TypeError("There is no key format \"" + String(format) + "\".");
  }
  const key = implementation.import(String(format), data, parameters, !!extractable, usages);
  if (key.type !== "public" && key.usages.length === 0) {
    throw refuse("SyntaxError", "Usages cannot be empty when importing a " + key.type + " key.");
  }
  return key;
}

function exportKey(format, key) {
  if (!isKey(key)) {
    throw new TypeError("The key is not of type 'CryptoKey'.");
  }
  const implementation = ALGORITHMS[key.algorithm.name];
  if (implementation.export === undefined) {
    throw refuse("NotSupportedError", "Keys of \"" + key.algorithm.name + "\" cannot be exported.");
  }
  if (!key.extractable) {
    throw refuse("InvalidAccessError", "Attempt to export non-extractable " + key.algorithm.name + " key.");
  }
  return implementation.export(String(format), key);
}

export class SubtleCrypto {
  constructor(key) {
    if (key !== SubtleCrypto) {
      throw new TypeError("Illegal constructor");
    }
  }

  async digest(algorithm, data) {
    const { name } = hashOf(algorithm, true);
    return ask("OperationError", "digest", name, bufferOf(data, "The data"));
  }

  async generateKey(algorithm, extractable, usages) {
    const { parameters, implementation } = normalized(algorithm, "generate", "key generation");
    return implementation.generate(parameters, !!extractable, usages);
  }

  async importKey(format, data, algorithm, extractable, usages) {
    return importKey(format, data, algorithm, extractable, usages);
  }

  async exportKey(format, key) {
    return exportKey(format, key);
  }

  async sign(algorithm, key, data) {
    return operation(algorithm, key, "sign", "sign", "sign")(bufferOf(data, "The data"));
  }

  async verify(algorithm, key, signature, data) {
    return operation(algorithm, key, "verify", "verify", "verify")(bufferOf(signature, "The signature"), bufferOf(data, "The data"));
  }

  async encrypt(algorithm, key, data) {
    return operation(algorithm, key, "encrypt", "encrypt", "encrypt")(bufferOf(data, "The data"));
  }

  async decrypt(algorithm, key, data) {
    return operation(algorithm, key, "decrypt", "decrypt", "decrypt")(bufferOf(data, "The data"));
  }

  async deriveBits(algorithm, key, length = null) {
    return operation(algorithm, key, "derive", "deriveBits", "derive bits")(length === null ? null : Number(length));
  }

  async deriveKey(algorithm, key, derivedKeyAlgorithm, extractable, usages) {
    const derive = operation(algorithm, key, "derive", "deriveKey", "derive key");
    const { parameters, implementation } = normalized(derivedKeyAlgorithm, "keyBits", "derived key");
    return importKey("raw", derive(implementation.keyBits(parameters)), derivedKeyAlgorithm, extractable, usages);
  }

  async wrapKey(format, key, wrappingKey, wrapAlgorithm) {
    const run = wrapping(wrapAlgorithm, wrappingKey, "wrap", "wrapKey");
    const exported = exportKey(format, key);
    return run(exported instanceof ArrayBuffer ? exported : padded(JSON.stringify(exported), wrappingKey));
  }

  async unwrapKey(format, wrapped, unwrappingKey, unwrapAlgorithm, algorithm, extractable, usages) {
    const bytes = wrapping(unwrapAlgorithm, unwrappingKey, "unwrap", "unwrapKey")(bufferOf(wrapped, "The wrapped key"));
    let data = bytes;
    if (format === "jwk") {
      try {
        data = JSON.parse(host.text(bytes));
      } catch {
        throw refuse("DataError", "The unwrapped key is not a JSON Web Key.");
      }
    }
    return importKey(format, data, algorithm, extractable, usages);
  }

  timingSafeEqual(a, b) {
    const left = new Uint8Array(bufferOf(a, "Parameter 1"));
    const right = new Uint8Array(bufferOf(b, "Parameter 2"));
    if (left.length !== right.length) {
      throw new TypeError("Input buffers must have the same byte length");
    }
    let difference = 0;
    for (let i = 0; i < left.length; i++) {
      difference |= left[i] ^ right[i];
    }
    return difference === 0;
  }
}

/** How a key wraps: by its own method, or as it encrypts. */
function wrapping(algorithm, key, method, usage) {
  const name = NAMES.get(String(typeof algorithm === "string" ? algorithm : algorithm?.name).toLowerCase());
  const own = ALGORITHMS[name]?.[method] !== undefined;
  return operation(algorithm, key, own ? method : method === "wrap" ? "encrypt" : "decrypt", usage, "key wrap");
}

/** JSON in bytes, with spaces up to what AES-KW takes: a multiple of 8. */
function padded(json, wrappingKey) {
  const wide = wrappingKey.algorithm.name === "AES-KW" ? json.padEnd(Math.ceil(json.length / 8) * 8) : json;
  return host.utf8(wide);
}

enumerable(SubtleCrypto, ["digest", "generateKey", "importKey", "exportKey", "sign", "verify", "encrypt", "decrypt",
  "deriveBits", "deriveKey", "wrapKey", "unwrapKey", "timingSafeEqual"]);
tag(SubtleCrypto, "SubtleCrypto");
brandClass(SubtleCrypto, "SubtleCrypto");

export const subtle = new SubtleCrypto(SubtleCrypto);
