// node:zlib, held against workerd's.
import { Buffer } from "node:buffer";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import z from "node:zlib";

const text = "hello hello hello";
const said = (f) => { try { return f(); } catch (e) { return e.message; } };
export const cases = {
  "round trips": () => [z.gunzipSync(z.gzipSync(text)).toString(), z.inflateSync(z.deflateSync(text)).toString(), z.inflateRawSync(z.deflateRawSync(Buffer.from(text))).toString(), z.unzipSync(z.gzipSync(text)).toString(), z.unzipSync(z.deflateSync(text)).toString()],
  "bytes": () => z.deflateSync("aaaaaaaaaa").toString("hex"), "damaged": () => [said(() => z.gunzipSync("nope")), said(() => z.inflateSync(Buffer.from("nope")))], "crc32": () => [z.crc32("hello"), z.crc32("lo", z.crc32("hel"))],
  "callbacks": async () => [(await promisify(z.gunzip)(await promisify(z.gzip)(text))).toString(), await new Promise((resolve) => z.inflate("nope", (error) => resolve(error.message)))],
  "streams": async () => { const parts = []; for await (const part of Readable.from([text, text]).pipe(z.createGzip()).pipe(z.createGunzip())) parts.push(part); return Buffer.concat(parts).toString(); },
  "a damaged stream": () => new Promise((resolve) => Readable.from([Buffer.from("nope")]).pipe(z.createGunzip()).on("error", (error) => resolve(error.message)).resume()),
  "constants": () => [z.constants.Z_BEST_COMPRESSION, z.constants.Z_FINISH],
};
