/** Keys in DER and PEM, as PKCS #1, PKCS #8, SEC 1 and SPKI have them. */

import { der, fromBase64Url } from "./bytes.js";

export const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTETS = 0x04;
const OID = 0x06;
const SEQUENCE = 0x30;
const NULL = [0x05, 0];
const RSA = "2a864886f70d010101";
const EC = "2a8648ce3d0201";
const CURVES = { "2a8648ce3d030107": "P-256", "2b81040022": "P-384", "2b81040023": "P-521" };
const OKP = { "2b6570": "Ed25519", "2b656e": "X25519" };

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (text) => text.match(/../g).map((pair) => parseInt(pair, 16));

/** The values in `bytes`, one after the other: `{tag, bytes, whole}`. @throws {Error} where they are none */
export function values(bytes) {
  const found = [];
  let at = 0;
  while (at < bytes.length) {
    const start = at;
    const tag = bytes[at++];
    let length = bytes[at++];
    if (length > 127) {
      let more = length & 127;
      if (more === 0 || more > 3) {
        throw new Error("bad length");
      }
      for (length = 0; more > 0; more--) {
        length = length * 256 + bytes[at++];
      }
    }
    if (!(at + length <= bytes.length)) {
      throw new Error("cut off");
    }
    found.push({ tag, bytes: bytes.subarray(at, at + length), whole: bytes.subarray(start, at + length) });
    at += length;
  }
  return found;
}

function sequence(bytes) {
  const [outer, ...rest] = values(bytes);
  if (outer?.tag !== SEQUENCE || rest.length > 0) {
    throw new Error("no sequence");
  }
  return values(outer.bytes);
}

/** What a key in DER is: `{kind, curve, format, data}`; `format` and `data` are for `crypto.subtle`'s import. */
export function readKey(bytes) {
  const parts = sequence(bytes);
  if (parts[0].tag === SEQUENCE) {
    return { ...algorithm(parts[0].bytes), format: "spki", data: bytes };
  }
  if (parts[0].tag !== INTEGER) {
    throw new Error("no key");
  }
  if (parts[1].tag === SEQUENCE) {
    return { ...algorithm(parts[1].bytes), format: "pkcs8", data: bytes };
  }
  if (parts[1].tag === OCTETS) {
    const curve = parts.find(({ tag }) => tag === 0xa0);
    const named = curve === undefined ? undefined : CURVES[hex(values(curve.bytes)[0].bytes)];
    if (named === undefined) {
      throw new Error("no curve");
    }
    const type = der(SEQUENCE, der(OID, unhex(EC)), curve.bytes);
    return { kind: "ec", curve: named, format: "pkcs8", data: der(SEQUENCE, [INTEGER, 1, 0], type, der(OCTETS, bytes)) };
  }
  const type = der(SEQUENCE, der(OID, unhex(RSA)), NULL);
  return parts.length === 2
    ? { kind: "rsa", format: "spki", data: der(SEQUENCE, type, der(BIT_STRING, [0], bytes)) }
    : { kind: "rsa", format: "pkcs8", data: der(SEQUENCE, [INTEGER, 1, 0], type, der(OCTETS, bytes)) };
}

function algorithm(bytes) {
  const [oid, parameters] = values(bytes);
  const name = hex(oid.bytes);
  if (name === RSA) {
    return { kind: "rsa" };
  }
  if (OKP[name] !== undefined) {
    return { kind: OKP[name].toLowerCase() };
  }
  const curve = name === EC && parameters?.tag === OID ? CURVES[hex(parameters.bytes)] : undefined;
  if (curve === undefined) {
    throw new Error("unknown kind of key");
  }
  return { kind: "ec", curve };
}

/** The PKCS #1 or SEC 1 key inside of a PKCS #8 or SPKI key. */
export function innerKey(bytes, curve) {
  const parts = sequence(bytes);
  if (parts[0].tag === SEQUENCE) {
    return parts[1].bytes.subarray(1);
  }
  const inner = parts[2].bytes;
  if (curve === undefined) {
    return inner;
  }
  // SEC 1 names the curve after the number.
  const [version, number, ...rest] = sequence(inner);
  const type = values(parts[1].bytes)[1];
  return der(SEQUENCE, version.whole, number.whole, der(0xa0, type.whole), ...rest.filter(({ tag }) => tag !== 0xa0).map(({ whole }) => whole));
}

/** An ECDSA signature in DER of the two numbers one after the other. */
export function derSignature(raw) {
  const bytes = new Uint8Array(raw);
  const half = bytes.length / 2;
  return der(SEQUENCE, number(bytes.subarray(0, half)), number(bytes.subarray(half)));
}

function number(bytes) {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) {
    start++;
  }
  const short = bytes.subarray(start);
  return der(INTEGER, short[0] > 127 ? [0] : [], short);
}

/** The two numbers of an ECDSA signature in DER, each of `size` bytes; undefined where it is none. */
export function rawSignature(bytes, size) {
  try {
    const numbers = sequence(bytes);
    const raw = new Uint8Array(2 * size);
    if (numbers.length !== 2) {
      return undefined;
    }
    numbers.forEach(({ bytes: value }, i) => {
      const short = value[0] === 0 ? value.subarray(1) : value;
      raw.set(short, (i + 1) * size - short.length);
    });
    return raw.buffer;
  } catch {
    return undefined;
  }
}

/** The first key in a text: `{label, bytes}`; undefined where there is none. */
export function fromPem(text) {
  const found = /-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/.exec(text);
  const base64 = found?.[2].replace(/\s+/g, "").replace(/=+$/, "").replaceAll("+", "-").replaceAll("/", "_");
  const buffer = base64 === undefined ? undefined : fromBase64Url(base64);
  return buffer === undefined ? undefined : { label: found[1], bytes: new Uint8Array(buffer) };
}

export function toPem(label, base64) {
  return "-----BEGIN " + label + "-----\n" + base64.match(/.{1,64}/g).join("\n") + "\n-----END " + label + "-----\n";
}
