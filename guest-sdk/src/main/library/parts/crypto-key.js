/** CryptoKey, and the errors of the Web Cryptography API. */

import { brandClass } from "lapidary:brand";
import { host } from "lapidary:host";
import { enumerable, tag } from "lapidary:primordials";

const KEY = {};
let materialOf;

export class CryptoKey {
  #type;
  #extractable;
  #algorithm;
  #usages;
  #material;

  constructor(key, type, extractable, algorithm, usages, material) {
    if (key !== KEY) {
      throw new TypeError("Illegal constructor");
    }
    this.#type = type;
    this.#extractable = extractable;
    this.#algorithm = algorithm;
    this.#usages = usages;
    this.#material = material;
  }

  get type() {
    return this.#type;
  }

  get extractable() {
    return this.#extractable;
  }

  get algorithm() {
    return this.#algorithm;
  }

  get usages() {
    return this.#usages;
  }

  static {
    materialOf = (key) => key.#material;
  }
}
enumerable(CryptoKey, ["type", "extractable", "algorithm", "usages"]);
tag(CryptoKey, "CryptoKey");
brandClass(CryptoKey, "CryptoKey");

/** What a key is made of; only library code sees it. */
export { materialOf };

export function makeKey(type, extractable, algorithm, usages, material) {
  return new CryptoKey(KEY, type, extractable, algorithm, usages, material);
}

export function isKey(value) {
  try {
    materialOf(value);
    return true;
  } catch {
    return false;
  }
}

export function refuse(name, message) {
  return new DOMException(message, name);
}

/** Asks the host; what it refuses becomes a DOMException of this name. */
export function ask(name, operation, ...args) {
  let message;
  try {
    return host.crypto(operation, ...args);
  } catch (error) {
    message = error.message;
  }
  throw refuse(name, message);
}

/** The usages a caller asked for, without repetitions. */
export function checkedUsages(usages, allowed, what) {
  const wanted = [...usages].map(String);
  for (const usage of wanted) {
    if (!ALL_USAGES.includes(usage)) {
      throw new TypeError("There is no key usage \"" + usage + "\".");
    }
    if (!allowed.includes(usage)) {
      throw refuse("SyntaxError", "Attempt to " + what + " with invalid usage \"" + usage + "\".");
    }
  }
  return [...new Set(wanted)];
}

export const ALL_USAGES = ["encrypt", "decrypt", "sign", "verify", "deriveKey", "deriveBits", "wrapKey", "unwrapKey"];

/** A name or `{name}` of a hash, as `{name}`. */
export function hashOf(hash, digestOnly) {
  const given = typeof hash === "string" ? hash : hash?.name;
  if (given === undefined) {
    throw new TypeError("Missing field \"hash\" in \"algorithm\".");
  }
  const name = String(given).toUpperCase();
  if (!["SHA-1", "SHA-256", "SHA-384", "SHA-512"].includes(name) && !(digestOnly && name === "MD5")) {
    throw refuse("NotSupportedError", "Unrecognized or unimplemented digest algorithm requested.");
  }
  return { name };
}

/** Checks what every JWK import checks. */
export function checkedJwk(jwk, kty, usages, extractable, use) {
  if (typeof jwk !== "object" || jwk === null) {
    throw new TypeError("The key data must be a JSON Web Key object.");
  }
  if (jwk.kty !== kty) {
    throw refuse("DataError", "JSON Web Key \"kty\" is \"" + jwk.kty + "\", not \"" + kty + "\".");
  }
  if (jwk.use !== undefined && usages.length > 0 && jwk.use !== use) {
    throw refuse("DataError", "JSON Web Key \"use\" is \"" + jwk.use + "\", not \"" + use + "\".");
  }
  if (jwk.key_ops !== undefined && !usages.every((usage) => jwk.key_ops.includes(usage))) {
    throw refuse("DataError", "JSON Web Key \"key_ops\" does not allow all of the usages.");
  }
  if (jwk.ext === false && extractable) {
    throw refuse("DataError", "JSON Web Key \"ext\" forbids to make the key extractable.");
  }
}
