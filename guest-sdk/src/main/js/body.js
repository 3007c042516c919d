/**
 * What Request and Response share: a body that can be read once. Text and bytes that are there in one piece stay in one
 * piece; a ReadableStream is made only where an app gives one or asks for `.body`.
 */

import * as p from "lapidary:primordials";
import { blobBytes, blobType, bodyBlob, isBlob } from "lapidary:blob";
import { isFormData, parseFormData, serializeFormData } from "lapidary:formdata";
import { Headers } from "lapidary:headers";
import { Held } from "lapidary:held";
import { host } from "lapidary:host";
import { load } from "lapidary:lazy";
import * as streams from "lapidary:streams";
import { isSearchParams, searchParamsText } from "lapidary:url";

const getHeader = p.uncurry(Headers.prototype.get);
const toWellFormed = p.uncurry(String.prototype.toWellFormed);
const USED_TEXT = "Body has already been used. It can only be used once. Use tee() first if you need to read it twice.";
const LOCKED_TEXT = "This ReadableStream is currently locked to a reader.";
const CLONE_TEXT = "This ReadableStream is currently locked to a reader,";
const FORM_TYPES = "multipart/form-data, application/x-www-form-urlencoded";
const BOM = 0xfeff;

const USED = { __proto__: null };
const EMPTY = { __proto__: null, content: null, type: undefined };

let show;
let take;
let peek;
let put;

export class Body {
  /**
   * null; a string or an ArrayBuffer that belongs to this body alone; a Held stream of the host's; a ReadableStream; or
   * USED once one of the others was read.
   */
  #content;

  constructor(content) {
    this.#content = content;
  }

  get body() {
    return show(this);
  }

  get bodyUsed() {
    return isUsed(this.#content);
  }

  async text() {
    return text(await whole(take(this)));
  }

  async json() {
    return p.JSONParse(text(await whole(take(this))));
  }

  async arrayBuffer() {
    return buffer(await whole(take(this)));
  }

  async bytes() {
    return new p.Uint8(buffer(await whole(take(this))));
  }

  async blob() {
    const type = contentType(this);
    return bodyBlob(buffer(await whole(take(this))), type);
  }

  async formData() {
    const type = contentType(this);
    if (type === null) {
      throw new p.TypeErrorOf("Parsing a Body as FormData requires a Content-Type header.");
    }
    const essence = p.StringToLowerCase(type);
    if (!p.StringStartsWith(essence, "multipart/form-data") && !p.StringStartsWith(essence, "application/x-www-form-urlencoded")) {
      throw new p.TypeErrorOf("Unrecognized Content-Type header value. FormData can only parse the following MIME types: " + FORM_TYPES);
    }
    return parseFormData(buffer(await whole(take(this))), type);
  }

  static {
    show = (body) => {
      const content = body.#content;
      if (content !== null && !isStream(content)) {
        body.#content = content === USED ? streams.spentStream() : streams.viewOf(content);
      }
      return body.#content;
    };
    peek = (body) => body.#content;
    take = (body) => {
      const content = body.#content;
      if (content === null) {
        return null;
      }
      if (isUsed(content)) {
        throw new p.TypeErrorOf(USED_TEXT);
      }
      if (!isStream(content)) {
        body.#content = USED;
        return content;
      }
      if (streams.isLocked(content)) {
        throw new p.TypeErrorOf(LOCKED_TEXT);
      }
      return content;
    };
    put = (body, content) => {
      body.#content = content;
    };
  }
}

function contentType(body) {
  return getHeader(body.headers, "content-type");
}

function isStream(content) {
  return typeof content === "object" && streams.isReadable(content);
}

function isUsed(content) {
  return content === USED || (isStream(content) && streams.isDisturbed(content));
}

/** The content in one piece: at once where it is, else a promise of an ArrayBuffer. */
function whole(content) {
  if (content === null || typeof content === "string") {
    return content;
  }
  if (content instanceof Held) {
    return gather(content);
  }
  if (!isStream(content)) {
    return content;
  }
  const own = streams.takeView(content);
  return own === undefined ? gather(streams.byteSource(content)) : whole(own);
}

async function gather(source) {
  const chunks = p.list();
  let total = 0;
  for (let bytes = await source.read(); bytes !== undefined; bytes = await source.read()) {
    total += p.ArrayBufferByteLength(bytes);
    chunks[chunks.length] = bytes;
  }
  if (chunks.length === 1) {
    return chunks[0];
  }
  const joined = new p.Uint8(total);
  let at = 0;
  for (let i = 0; i < chunks.length; i++) {
    p.TypedArraySet(joined, new p.Uint8(chunks[i]), at);
    at += p.ArrayBufferByteLength(chunks[i]);
    chunks[i] = undefined;
  }
  return p.TypedArrayBuffer(joined);
}

function text(content) {
  if (content === null) {
    return "";
  }
  if (typeof content === "string") {
    return toWellFormed(content);
  }
  const decoded = host.text(content);
  return p.StringCharCodeAt(decoded, 0) === BOM ? p.StringSlice(decoded, 1) : decoded;
}

function buffer(content) {
  if (content === null) {
    return new p.ArrayBufferOf(0);
  }
  return typeof content === "string" ? host.utf8(content) : content;
}

/**
 * Turns what an app passed as body into content.
 *
 * @returns {{content: null|string|ArrayBuffer|ReadableStream, type: string|undefined}} type is the default Content-Type
 */
export function extractBody(value) {
  if (value === null || value === undefined) {
    return EMPTY;
  }
  if (typeof value === "object") {
    const extracted = extractObject(value);
    if (extracted !== undefined) {
      return extracted;
    }
  }
  return { __proto__: null, content: p.toText(value), type: "text/plain;charset=UTF-8" };
}

function extractObject(value) {
  const length = p.arrayBufferLength(value);
  if (length >= 0) {
    return { __proto__: null, content: p.bytesOf(value, 0, length), type: undefined };
  }
  if (p.ArrayBufferIsView(value)) {
    return { __proto__: null, content: p.copyViewBytes(value), type: undefined };
  }
  if (isSearchParams(value)) {
    return {
      __proto__: null, content: searchParamsText(value), type: "application/x-www-form-urlencoded;charset=UTF-8",
    };
  }
  if (streams.isReadable(value)) {
    return { __proto__: null, content: freshStream(value), type: undefined };
  }
  if (isBlob(value)) {
    const type = blobType(value);
    return { __proto__: null, content: p.ArrayBufferSlice(blobBytes(value), 0), type: type === "" ? undefined : type };
  }
  if (isFormData(value)) {
    const { bytes, contentType: type } = serializeFormData(value);
    return { __proto__: null, content: bytes, type };
  }
  if (typeof value[p.SymbolAsyncIterator] === "function") {
    return { __proto__: null, content: load("web-streams").ReadableStream.from(value), type: undefined };
  }
  return undefined;
}

/** A stream that may become a body. @throws {TypeError} if it was read or is locked */
export function freshStream(stream) {
  if (streams.isDisturbed(stream)) {
    throw new p.TypeErrorOf("This ReadableStream is disturbed (has already been read from), and cannot be used as a body.");
  }
  if (streams.isLocked(stream)) {
    throw new p.TypeErrorOf("This ReadableStream is locked to a reader, and cannot be used as a body.");
  }
  return stream;
}

/** The content, for another body of this guest's; this one is then used up. Throws a TypeError if it was before. */
export function takeBody(body) {
  const content = take(body);
  if (!isStream(content)) {
    return content;
  }
  const own = streams.takeView(content);
  if (own !== undefined) {
    return own;
  }
  const source = streams.byteSource(content);
  return load("web-streams").byteStream(source.read, source.cancel);
}

/**
 * The content as the host takes it, which is then used up: null, text, an ArrayBuffer, the handle of a stream that
 * passes through, or -n for this guest's stream n. Throws a TypeError if it was used before.
 */
export function sendBody(body) {
  const content = take(body);
  if (content instanceof Held) {
    return content.handOver();
  }
  if (!isStream(content)) {
    return content;
  }
  const own = streams.takeView(content);
  if (own === undefined) {
    return streams.sendStream(content);
  }
  return own instanceof Held ? own.handOver() : own;
}

/** How many bytes the body will have, where it is a stream that says so; else undefined. */
export function streamLength(body) {
  const content = peek(body);
  return isStream(content) ? streams.knownLength(content) : undefined;
}

/** The content for a body that the host delivers: null, text, an ArrayBuffer, or the handle of a stream. */
export function receivedContent(body) {
  return typeof body === "number" ? new Held(body) : body;
}

/** Replaces the content of a body under construction. */
export function setBody(body, content) {
  put(body, content);
}

/** A second, independent content for a clone. Throws a TypeError if the body was used or is locked. */
export function copyBody(body) {
  const content = peek(body);
  if (isUsed(content)) {
    throw new p.TypeErrorOf(CLONE_TEXT);
  }
  if (content === null || typeof content === "string") {
    return content;
  }
  if (!(content instanceof Held) && !isStream(content)) {
    return p.ArrayBufferSlice(content, 0);
  }
  const branches = streams.tee(show(body));
  put(body, branches[0]);
  return branches[1];
}

/** Whether the body was read. */
export function isBodyUsed(body) {
  return isUsed(peek(body));
}
