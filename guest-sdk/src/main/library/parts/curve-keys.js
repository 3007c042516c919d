/** The algorithms on curves: ECDSA, ECDH, Ed25519, X25519. */

import { host, requireEvent } from "lapidary:host";
import { bufferOf, concat, der, fromBase64Url, toBase64Url } from "./bytes.js";
import { ask, checkedJwk, checkedUsages, hashOf, makeKey, materialOf, refuse } from "./crypto-key.js";

const CURVES = {
  "P-256": { bytes: 32, oid: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07], alg: "ES256" },
  "P-384": { bytes: 48, oid: [0x2b, 0x81, 0x04, 0x00, 0x22], alg: "ES384" },
  "P-521": { bytes: 66, oid: [0x2b, 0x81, 0x04, 0x00, 0x23], alg: "ES512" },
};
const EC_KEY = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];

function curveOf({ namedCurve }) {
  if (CURVES[namedCurve] === undefined) {
    throw refuse("NotSupportedError", "Unrecognized or unimplemented EC curve \"" + namedCurve + "\" requested.");
  }
  return namedCurve;
}

const ecType = (curve) => der(0x30, der(0x06, EC_KEY), der(0x06, CURVES[curve].oid));
const spkiOf = (type, point) => der(0x30, type, der(0x03, [0], point)).buffer;

function ecPkcs8(curve, { number, point }) {
  const key = der(0x30, der(0x02, [1]), der(0x04, number), der(0xa1, der(0x03, [0], point)));
  return der(0x30, der(0x02, [0]), ecType(curve), der(0x04, key)).buffer;
}

/** The usages of a generated pair's two halves. */
function pair(algorithm, extractable, usages, allowed, keys) {
  const kept = checkedUsages(usages, [...allowed.private, ...allowed.public], "generate a " + algorithm.name + " key");
  const own = kept.filter((usage) => allowed.private.includes(usage));
  if (own.length === 0) {
    throw refuse("SyntaxError", "Usages cannot be empty when creating a key.");
  }
  const { secret, open } = keys();
  return {
    publicKey: makeKey("public", true, algorithm, kept.filter((usage) => allowed.public.includes(usage)), open),
    privateKey: makeKey("private", extractable, algorithm, own, secret),
  };
}

function required(jwk, field, bytes) {
  const value = fromBase64Url(jwk[field]);
  if (value === undefined || value.byteLength !== bytes) {
    throw refuse("DataError", "JSON Web Key \"" + field + "\" is not " + bytes + " bytes in base64url.");
  }
  return value;
}

function elliptic(name, allowed, use, run) {
  return {
    generate(given, extractable, usages) {
      requireEvent();
      const namedCurve = curveOf(given);
      return pair({ name, namedCurve }, extractable, usages, allowed, () => {
        const [number, point] = ask("OperationError", "ecGenerate", namedCurve);
        return { secret: { number, point }, open: { point } };
      });
    },
    import(format, data, given, extractable, usages) {
      const namedCurve = curveOf(given);
      const isPrivate = format === "pkcs8" || (format === "jwk" && data?.d !== undefined);
      const kept = checkedUsages(usages, isPrivate ? allowed.private : allowed.public, "import " + (isPrivate ? "a private " : "a public ") + name + " key");
      const material = importEc(format, data, namedCurve, isPrivate, kept, extractable, use);
      return makeKey(isPrivate ? "private" : "public", extractable, { name, namedCurve }, kept, material);
    },
    export(format, key) {
      const { namedCurve } = key.algorithm;
      const material = materialOf(key);
      const { bytes } = CURVES[namedCurve];
      if (format === "jwk") {
        const point = new Uint8Array(material.point);
        return {
          kty: "EC", crv: namedCurve, x: toBase64Url(point.slice(1, 1 + bytes)), y: toBase64Url(point.slice(1 + bytes)),
          ...(key.type === "private" ? { d: toBase64Url(material.number) } : {}), key_ops: [...key.usages], ext: key.extractable,
        };
      }
      checkFormat(format, key, ["raw", "spki"]);
      return format === "raw" ? material.point.slice(0) : format === "spki" ? spkiOf(ecType(namedCurve), material.point) : ecPkcs8(namedCurve, material);
    },
    ...run,
  };
}

function checkFormat(format, key, open) {
  if (!(key.type === "private" ? ["pkcs8"] : open).includes(format)) {
    throw ["raw", "spki", "pkcs8"].includes(format)
      ? refuse("InvalidAccessError", "A " + key.type + " key cannot be exported as \"" + format + "\".")
      : refuse("NotSupportedError", "Unimplemented key export format \"" + format + "\".");
  }
}

function importEc(format, data, curve, isPrivate, usages, extractable, use) {
  const { bytes, alg } = CURVES[curve];
  if (format === "jwk") {
    checkedJwk(data, "EC", usages, extractable, use);
    if (data.crv !== curve) {
      throw refuse("DataError", "Elliptic curve \"" + data.crv + "\" does not match requested \"" + curve + "\".");
    }
    if (use === "sig" && data.alg !== undefined && data.alg !== alg) {
      throw refuse("DataError", "JSON Web Key \"alg\" is \"" + data.alg + "\", not \"" + alg + "\".");
    }
    const point = ask("DataError", "ecPoint", curve, concat([4], required(data, "x", bytes), required(data, "y", bytes)).buffer);
    if (!isPrivate) {
      return { point };
    }
    const number = ask("DataError", "ecNumber", curve, required(data, "d", bytes));
    const own = new Uint8Array(ask("DataError", "ecFor", curve, number));
    if (new Uint8Array(point).some((byte, i) => byte !== own[i])) {
      throw refuse("DataError", "JSON Web Key \"d\" does not belong to \"x\" and \"y\".");
    }
    return { number, point };
  }
  const encoded = bufferOf(data, "The key data");
  switch (format) {
    case "raw":
      return { point: ask("DataError", "ecPoint", curve, encoded) };
    case "spki":
      return { point: ask("DataError", "ecPublic", curve, encoded) };
    case "pkcs8": {
      const number = ask("DataError", "ecPrivate", curve, encoded);
      return { number, point: ask("DataError", "ecFor", curve, number) };
    }
    default:
      throw refuse("NotSupportedError", "Unrecognized key import format \"" + format + "\".");
  }
}

/** Shared bits, of which so many are wanted; null for all. */
function shared(bytes, bits) {
  if (bits === null || bits === undefined) {
    return bytes;
  }
  if (bits > bytes.byteLength * 8) {
    throw refuse("OperationError", "Derived key length (" + bits + " bits) is too long: at most " + bytes.byteLength * 8 + " bits.");
  }
  const cut = new Uint8Array(bytes.slice(0, Math.ceil(bits / 8)));
  if (bits % 8 !== 0) {
    cut[cut.length - 1] &= 0xff << (8 - (bits % 8));
  }
  return cut.buffer;
}

function otherKey(algorithm, key) {
  const other = algorithm.public;
  if (other?.type !== "public" || other.algorithm.name !== key.algorithm.name || other.algorithm.namedCurve !== key.algorithm.namedCurve
    || key.type !== "private") {
    throw refuse("InvalidAccessError", "The \"public\" of the algorithm must be a public key of the base key's kind.");
  }
  return materialOf(other).point;
}

const SIGNING = { private: ["sign"], public: ["verify"] };
const AGREEING = { private: ["deriveKey", "deriveBits"], public: [] };

function edwards(name, oid, allowed, use, run) {
  const type = der(0x30, der(0x06, [0x2b, 0x65, oid]));
  return {
    generate(_, extractable, usages) {
      requireEvent();
      return pair({ name }, extractable, usages, allowed, () => {
        const seed = host.random(32);
        const point = ask("OperationError", "okpFor", name, seed);
        return { secret: { seed, point }, open: { point } };
      });
    },
    import(format, data, _, extractable, usages) {
      const isPrivate = format === "pkcs8" || (format === "jwk" && data?.d !== undefined);
      const kept = checkedUsages(usages, isPrivate ? allowed.private : allowed.public, "import " + (isPrivate ? "a private " : "a public ") + name + " key");
      return makeKey(isPrivate ? "private" : "public", extractable, { name }, kept, importOkp(name, type, format, data, isPrivate, kept, extractable, use));
    },
    export(format, key) {
      const { seed, point } = materialOf(key);
      if (format === "jwk") {
        return {
          kty: "OKP", crv: name, x: toBase64Url(point), ...(key.type === "private" ? { d: toBase64Url(seed) } : {}),
          ...(use === "sig" ? { alg: name } : {}),
          key_ops: [...key.usages], ext: key.extractable,
        };
      }
      checkFormat(format, key, ["raw", "spki"]);
      return format === "raw" ? point.slice(0) : format === "spki" ? spkiOf(type, point)
        : der(0x30, der(0x02, [0]), type, der(0x04, der(0x04, seed))).buffer;
    },
    ...run,
  };
}

function importOkp(name, type, format, data, isPrivate, usages, extractable, use) {
  if (format === "jwk") {
    checkedJwk(data, "OKP", usages, extractable, use);
    if (data.crv !== name) {
      throw refuse("DataError", "JSON Web Key \"crv\" is \"" + data.crv + "\", not \"" + name + "\".");
    }
    const point = required(data, "x", 32);
    return isPrivate ? own(name, required(data, "d", 32)) : { point };
  }
  const encoded = new Uint8Array(bufferOf(data, "The key data"));
  const prefix = format === "spki" ? concat([0x30, 0x2a], type, [0x03, 0x21, 0]) : concat([0x30, 0x2e, 0x02, 0x01, 0x00], type, [0x04, 0x22, 0x04, 0x20]);
  if (format === "raw") {
    if (encoded.length !== 32) {
      throw refuse("DataError", "A raw " + name + " key has 32 bytes, not " + encoded.length + ".");
    }
    return { point: encoded.buffer };
  }
  if (format !== "spki" && format !== "pkcs8") {
    throw refuse("NotSupportedError", "Unrecognized key import format \"" + format + "\".");
  }
  if (encoded.length !== prefix.length + 32 || prefix.some((byte, i) => byte !== encoded[i])) {
    throw refuse("DataError", "Invalid " + format.toUpperCase() + " input.");
  }
  const key = encoded.slice(prefix.length).buffer;
  return isPrivate ? own(name, key) : { point: key };
}

function own(name, seed) {
  return { seed, point: ask("DataError", "okpFor", name, seed) };
}

export const CURVE_ALGORITHMS = {
  ECDSA: elliptic("ECDSA", SIGNING, "sig", {
    sign(algorithm, key, data) {
      requireEvent();
      return ask("OperationError", "ecSign", key.algorithm.namedCurve, hashOf(algorithm.hash).name, materialOf(key).number, data);
    },
    verify: (algorithm, key, signature, data) =>
      ask("OperationError", "ecVerify", key.algorithm.namedCurve, hashOf(algorithm.hash).name, materialOf(key).point, signature, data),
  }),
  ECDH: elliptic("ECDH", AGREEING, "enc", {
    derive: (algorithm, key, bits) =>
      shared(ask("OperationError", "ecAgree", key.algorithm.namedCurve, materialOf(key).number, otherKey(algorithm, key)), bits),
  }),
  Ed25519: edwards("Ed25519", 0x70, SIGNING, "sig", {
    sign: (_, key, data) => ask("OperationError", "okpSign", "Ed25519", materialOf(key).seed, data),
    verify: (_, key, signature, data) => ask("OperationError", "okpVerify", "Ed25519", materialOf(key).point, signature, data),
  }),
  X25519: edwards("X25519", 0x6e, AGREEING, "enc", {
    derive: (algorithm, key, bits) => shared(ask("OperationError", "okpAgree", "X25519", materialOf(key).seed, otherKey(algorithm, key)), bits),
  }),
};
