/** `crypto.DigestStream`: a WritableStream whose bytes are digested. */

import { brandClass } from "lapidary:brand";
import { host } from "lapidary:host";
import { enumerable, tag } from "lapidary:primordials";
import { WritableStream } from "lapidary:web-streams";
import { bufferOf, concat } from "./parts/bytes.js";

const HASHES = ["SHA-1", "SHA-256", "SHA-384", "SHA-512", "MD5"];

function hashName(algorithm) {
  const name = typeof algorithm === "string" ? algorithm : algorithm?.name;
  if (name === undefined) {
    throw new TypeError("Failed to construct 'DigestStream': constructor parameter 1 is not of type 'string or HashAlgorithm'.");
  }
  const known = HASHES.find((hash) => hash === String(name).toUpperCase());
  if (known === undefined) {
    throw new DOMException("Unrecognized or unimplemented digest algorithm requested.", "NotSupportedError");
  }
  return known;
}

function bytesOf(chunk) {
  if (typeof chunk === "string") {
    return new TextEncoder().encode(chunk);
  }
  try {
    return new Uint8Array(bufferOf(chunk));
  } catch {
    throw new TypeError("DigestStream is a byte stream but received an object of non-ArrayBuffer/ArrayBufferView/string type on its writable side.");
  }
}

export class DigestStream extends WritableStream {
  #digest;
  #written = 0n;

  constructor(algorithm) {
    const hash = hashName(algorithm);
    const { promise, resolve, reject } = Promise.withResolvers();
    promise.catch(() => {});
    let chunks = [];
    let count = () => {};
    super({
      write(chunk) {
        const bytes = bytesOf(chunk);
        chunks.push(bytes);
        count(bytes.length);
      },
      close() {
        const whole = concat(...chunks).buffer;
        chunks = [];
        resolve(host.crypto("digest", hash, whole));
      },
      abort(reason) {
        chunks = [];
        reject(reason);
      },
    });
    count = (length) => {
      this.#written += BigInt(length);
    };
    this.#digest = promise;
  }

  get digest() {
    return this.#digest;
  }

  get bytesWritten() {
    return this.#written;
  }
}

enumerable(DigestStream, ["digest", "bytesWritten"]);
tag(DigestStream, "DigestStream");
brandClass(DigestStream, "DigestStream");
