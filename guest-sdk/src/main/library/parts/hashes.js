/** node:crypto's digests, HMACs and streams to sign, and how their arguments are read. */

import { host } from "lapidary:host";
import { Buffer } from "node:buffer";
import { bufferOf } from "./bytes.js";
import { secretBytes } from "./key-object.js";
import { coded, wrongType } from "./node-errors.js";
import { requireKey, signed, verified } from "./signatures.js";
import { streamFace } from "./stream-face.js";

const HASHES = {
  "md5": "MD5", "sha1": "SHA-1", "sha224": "SHA-224", "sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512", "sha512-256": "SHA-512/256",
};

export function hashOf(name, unknown) {
  const plain = String(name).toLowerCase().replace(/^rsa-/, "").replace(/^sha-(?=\d)/, "sha");
  if (!Object.hasOwn(HASHES, plain)) {
    throw unknown();
  }
  return HASHES[plain];
}

export const hashName = (name) => hashOf(name, () => new Error("Digest method not supported"));
export const signedHash = (name) => hashOf(name, () => new Error("Unknown digest: " + name));

export function bytes(data, encoding, what = "data", expected = "of type string or an instance of Buffer, TypedArray, or DataView") {
  if (typeof data === "string") {
    return bufferOf(Buffer.from(data, encoding === "buffer" ? "utf8" : encoding));
  }
  try {
    return bufferOf(data);
  } catch {
    throw wrongType(what, expected, data);
  }
}

export const SECRET = "of type string or an instance of ArrayBuffer, Buffer, TypedArray, or DataView";
const HMAC_KEY = "of type string or an instance of ArrayBuffer, Buffer, ArrayBufferView, KeyObject, or CryptoKey";
export const keyBytes = (key, expected) => secretBytes(key) ?? bytes(key, "utf8", "key", expected);

export const encoded = (buffer, encoding) => {
  const result = Buffer.from(buffer);
  return encoding === undefined || encoding === "buffer" ? result : result.toString(encoding);
};

/** Collects chunks until the end asks for their sum. */
export class Collector {
  #chunks = [];
  #ended = false;

  update(data, encoding) {
    if (this.#ended) {
      throw coded(Error, "ERR_CRYPTO_HASH_FINALIZED", "Digest already called");
    }
    this.#chunks.push(Buffer.from(bytes(data, encoding)));
    return this;
  }

  get ended() {
    return this.#ended;
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

/** The stream behind what is updated: its end is what `finish` answers. */
export function transform(object, { Transform }, finish) {
  return new Transform({
    transform(chunk, encoding, done) {
      object.update(chunk, encoding);
      done();
    },
    flush(done) {
      done(null, finish(object));
    },
  });
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
    this.#key = keyBytes(key, HMAC_KEY);
  }

  update(data, encoding) {
    this.#collector.update(data, encoding);
    return this;
  }

  digest(encoding) {
    if (this.#collector.ended) {
      return encoded(new ArrayBuffer(0), encoding);
    }
    return encoded(host.crypto("hmac", this.#algorithm, this.#key, this.#collector.end()), encoding);
  }
}

for (const type of [Hash, Hmac]) {
  streamFace(type, (object, stream) => transform(object, stream, () => object.digest()));
}

/** Collects what is to be signed, or was. */
class Signing {
  #algorithm;
  #collector = new Collector();

  constructor(algorithm) {
    this.#algorithm = signedHash(algorithm);
  }

  update(data, encoding) {
    this.#collector.update(data, encoding);
    return this;
  }

  static algorithm = (signing) => signing.#algorithm;
  static end = (signing) => signing.#collector.end();
}
const { algorithm: algorithmOf, end: endOf } = Signing;
delete Signing.algorithm;
delete Signing.end;

export class Sign extends Signing {
  sign(key, encoding) {
    requireKey(key);
    return encoded(signed(algorithmOf(this), endOf(this), key), encoding);
  }
}

export class Verify extends Signing {
  verify(key, signature, encoding) {
    return verified(algorithmOf(this), endOf(this), key, bytes(signature, encoding, "signature"));
  }
}

streamFace(Signing, (object, { Writable }) => new Writable({
  write(chunk, encoding, done) {
    object.update(chunk, encoding);
    done();
  },
}));

export const hashNames = Object.keys(HASHES);
