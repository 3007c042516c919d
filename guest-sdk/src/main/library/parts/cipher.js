/** node:crypto's ciphers. */

import { host } from "lapidary:host";
import { Buffer } from "node:buffer";
import { bufferOf } from "./bytes.js";
import { bytes, Collector, encoded, keyBytes, transform } from "./hashes.js";
import { streamFace } from "./stream-face.js";

/** AES whose whole output comes with `final`. */
export class Cipher {
  #encrypt;
  #mode;
  #key;
  #iv;
  #additional = new ArrayBuffer(0);
  #tag;
  #tagBytes;
  #collector = new Collector();

  constructor(name, key, iv, encrypt, options) {
    const parts = /^aes-?(128|192|256)-(cbc|ctr|gcm)$/.exec(String(name).toLowerCase());
    if (parts === null) {
      throw Object.assign(new Error("Unknown cipher"), { code: "ERR_CRYPTO_UNKNOWN_CIPHER" });
    }
    this.#encrypt = encrypt;
    this.#mode = parts[2];
    this.#key = keyBytes(key);
    this.#iv = bytes(iv, "utf8", "iv");
    this.#tagBytes = options?.authTagLength ?? 16;
    if (this.#key.byteLength * 8 !== Number(parts[1])) {
      throw Object.assign(new RangeError("Invalid key length"), { code: "ERR_CRYPTO_INVALID_KEYLEN" });
    }
    if (this.#mode !== "gcm" && this.#iv.byteLength !== 16) {
      throw Object.assign(new TypeError("Invalid initialization vector"), { code: "ERR_CRYPTO_INVALID_IV" });
    }
  }

  setAAD(data) {
    this.#additional = bytes(data);
    return this;
  }

  setAuthTag(tag) {
    this.#tag = Buffer.from(bytes(tag));
    return this;
  }

  getAuthTag() {
    return Buffer.from(this.#tag);
  }

  update(data, inputEncoding, outputEncoding) {
    this.#collector.update(data, inputEncoding);
    return encoded(new ArrayBuffer(0), outputEncoding);
  }

  final(outputEncoding) {
    return encoded(this.#run(this.#collector.end()), outputEncoding);
  }

  #run(data) {
    if (this.#mode === "cbc") {
      return host.crypto("cbc", this.#encrypt, this.#key, this.#iv, data);
    }
    if (this.#mode === "ctr") {
      return host.crypto("ctr", this.#key, this.#iv, 128, data);
    }
    const input = this.#encrypt ? data : bufferOf(Buffer.concat([Buffer.from(data), this.#tag ?? Buffer.alloc(0)]));
    let output;
    try {
      output = host.crypto("gcm", this.#encrypt, this.#key, this.#iv, this.#additional, 8 * this.#tagBytes, input);
    } catch {
      throw new Error("Unsupported state or unable to authenticate data");
    }
    if (this.#encrypt) {
      const end = output.byteLength - this.#tagBytes;
      this.#tag = Buffer.from(output.slice(end));
      return output.slice(0, end);
    }
    return output;
  }
}

streamFace(Cipher, (object, stream) => transform(object, stream, () => object.final()));
