/** node:zlib, on the host's deflate. */

import { host } from "lapidary:host";
import { load } from "lapidary:lazy";
import { Buffer } from "node:buffer";
import { bufferOf } from "../parts/bytes.js";
import { wrongType } from "../parts/node-errors.js";

const ZLIB = 0;
const RAW = 1;
const GZIP = 2;
const COMPRESS = 0;
const DECOMPRESS = 1;
const MOST_OUTPUT = 96 * 1024 * 1024;

export const constants = {
  Z_NO_FLUSH: 0, Z_PARTIAL_FLUSH: 1, Z_SYNC_FLUSH: 2, Z_FULL_FLUSH: 3, Z_FINISH: 4, Z_BLOCK: 5, Z_OK: 0, Z_STREAM_END: 1, Z_NEED_DICT: 2,
  Z_ERRNO: -1, Z_STREAM_ERROR: -2, Z_DATA_ERROR: -3, Z_MEM_ERROR: -4, Z_BUF_ERROR: -5, Z_VERSION_ERROR: -6, Z_NO_COMPRESSION: 0, Z_BEST_SPEED: 1,
  Z_BEST_COMPRESSION: 9, Z_DEFAULT_COMPRESSION: -1, Z_FILTERED: 1, Z_HUFFMAN_ONLY: 2, Z_RLE: 3, Z_FIXED: 4, Z_DEFAULT_STRATEGY: 0,
  Z_DEFAULT_WINDOWBITS: 15, Z_DEFAULT_MEMLEVEL: 8, Z_DEFAULT_CHUNK: 16384,
};

function inputBytes(data) {
  if (typeof data === "string") {
    return bufferOf(Buffer.from(data));
  }
  try {
    return bufferOf(data);
  } catch {
    throw wrongType("buffer", "of type string or an instance of Buffer, TypedArray, DataView, or ArrayBuffer", data);
  }
}

function failure(error) {
  return Object.assign(new Error(error.message.includes("end") ? "unexpected end of file" : "incorrect header check"),
    { code: error.message.includes("end") ? "Z_BUF_ERROR" : "Z_DATA_ERROR", cause: error });
}

/** What a codec makes of some bytes. */
function* written(codec, bytes, last) {
  try {
    host.codecWrite(codec, bytes, last);
    for (let output = host.codecRead(codec); output !== null; output = host.codecRead(codec)) {
      yield Buffer.from(output);
    }
  } catch (error) {
    throw failure(error);
  }
}

function whole(format, mode, data, options) {
  const bytes = inputBytes(data);
  const most = options?.maxOutputLength ?? MOST_OUTPUT;
  const codec = host.codecOpen(formatOf(format, mode, new Uint8Array(bytes)), mode);
  try {
    const parts = [];
    let length = 0;
    for (const part of written(codec, bytes, true)) {
      length += part.length;
      if (length > most) {
        throw Object.assign(new RangeError("Cannot create a Buffer larger than " + most + " bytes"), { code: "ERR_BUFFER_TOO_LARGE" });
      }
      parts.push(part);
    }
    return Buffer.concat(parts);
  } finally {
    host.codecClose(codec);
  }
}

/** Unzip takes what its first bytes say. */
function formatOf(format, mode, bytes) {
  return format === undefined ? (bytes[0] === 0x1f ? GZIP : ZLIB) : format;
}

function stream(format, mode) {
  const { Transform } = load("node:stream");
  let codec;
  const open = (bytes) => {
    codec ??= host.codecOpen(formatOf(format, mode, bytes), mode);
    return codec;
  };
  const close = () => {
    if (codec !== undefined) {
      host.codecClose(codec);
      codec = undefined;
    }
  };
  const pass = (transform, bytes, last, done) => {
    try {
      for (const part of written(open(new Uint8Array(bytes)), bytes, last)) {
        transform.push(part);
      }
      done();
    } catch (error) {
      close();
      done(error);
    }
  };
  return new Transform({
    transform(chunk, encoding, done) {
      pass(this, bufferOf(chunk), false, done);
    },
    flush(done) {
      pass(this, new ArrayBuffer(0), true, (error) => {
        close();
        done(error);
      });
    },
    destroy(error, done) {
      close();
      done(error);
    },
  });
}

const KINDS = {
  deflate: [ZLIB, COMPRESS], deflateRaw: [RAW, COMPRESS], gzip: [GZIP, COMPRESS],
  inflate: [ZLIB, DECOMPRESS], inflateRaw: [RAW, DECOMPRESS], gunzip: [GZIP, DECOMPRESS], unzip: [undefined, DECOMPRESS],
};

const sync = (name) => (data, options) => whole(...KINDS[name], data, options);
const creator = (name) => () => stream(...KINDS[name]);
const called = (name) => (data, options, callback) => {
  const done = typeof options === "function" ? options : callback;
  if (typeof done !== "function") {
    throw wrongType("callback", "of type function", done);
  }
  const bytes = inputBytes(data);
  queueMicrotask(() => {
    let result;
    try {
      result = whole(...KINDS[name], bytes, typeof options === "function" ? undefined : options);
    } catch (error) {
      done(error);
      return;
    }
    done(null, result);
  });
};

export const deflateSync = sync("deflate");
export const deflateRawSync = sync("deflateRaw");
export const gzipSync = sync("gzip");
export const inflateSync = sync("inflate");
export const inflateRawSync = sync("inflateRaw");
export const gunzipSync = sync("gunzip");
export const unzipSync = sync("unzip");
export const deflate = called("deflate");
export const deflateRaw = called("deflateRaw");
export const gzip = called("gzip");
export const inflate = called("inflate");
export const inflateRaw = called("inflateRaw");
export const gunzip = called("gunzip");
export const unzip = called("unzip");
export const createDeflate = creator("deflate");
export const createDeflateRaw = creator("deflateRaw");
export const createGzip = creator("gzip");
export const createInflate = creator("inflate");
export const createInflateRaw = creator("inflateRaw");
export const createGunzip = creator("gunzip");
export const createUnzip = creator("unzip");

const table = new Uint32Array(256).map((_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) {
    c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  }
  return c;
});

export function crc32(data, value = 0) {
  let crc = ~value;
  for (const byte of new Uint8Array(inputBytes(data))) {
    crc = table[(crc ^ byte) & 255] ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

function missing(name) {
  return () => {
    throw Object.assign(new Error("node:zlib has no " + name + " here."), { code: "ERR_METHOD_NOT_IMPLEMENTED" });
  };
}

export const brotliCompressSync = missing("brotliCompressSync");
export const brotliDecompressSync = missing("brotliDecompressSync");
export const brotliCompress = missing("brotliCompress");
export const brotliDecompress = missing("brotliDecompress");
export const createBrotliCompress = missing("createBrotliCompress");
export const createBrotliDecompress = missing("createBrotliDecompress");
export default {
  constants, crc32, deflateSync, deflateRawSync, gzipSync, inflateSync, inflateRawSync, gunzipSync, unzipSync, deflate, deflateRaw, gzip, inflate,
  inflateRaw, gunzip, unzip, createDeflate, createDeflateRaw, createGzip, createInflate, createInflateRaw, createGunzip, createUnzip,
  brotliCompressSync, brotliDecompressSync, brotliCompress, brotliDecompress, createBrotliCompress, createBrotliDecompress,
};
