/** Blob and File: bytes that stay as they are, in guest memory. */

import * as p from "lapidary:primordials";
import { brandClass } from "lapidary:brand";
import { host } from "lapidary:host";
import { viewOf } from "lapidary:streams";

let bytesOfBlob;
let typeOfBlob;
let made;

/** The type as it is kept: lower case, empty where it has characters that no type has. */
function normalizedType(type) {
  for (let i = 0; i < type.length; i++) {
    const code = p.StringCharCodeAt(type, i);
    if (code < 0x20 || code > 0x7e) {
      return "";
    }
  }
  return p.StringToLowerCase(type);
}

function partBytes(part) {
  if (isBlob(part)) {
    return bytesOfBlob(part);
  }
  if (p.ArrayBufferIsView(part)) {
    return p.copyViewBytes(part);
  }
  if (p.arrayBufferLength(part) >= 0) {
    return part;
  }
  return host.utf8(p.StringToWellFormed(p.toText(part)));
}

function joined(parts) {
  if (parts === null || (typeof parts !== "object" && typeof parts !== "function") || typeof parts[p.SymbolIterator] !== "function") {
    throw new p.TypeErrorOf("Failed to construct 'Blob': constructor parameter 1 is not of type 'Array'.");
  }
  const buffers = p.list();
  let total = 0;
  for (const part of parts) {
    const bytes = partBytes(part);
    buffers[buffers.length] = bytes;
    total += p.ArrayBufferByteLength(bytes);
  }
  const all = new p.Uint8(total);
  let at = 0;
  for (let i = 0; i < buffers.length; i++) {
    p.TypedArraySet(all, new p.Uint8(buffers[i]), at);
    at += p.ArrayBufferByteLength(buffers[i]);
  }
  return p.TypedArrayBuffer(all);
}

export class Blob {
  #bytes;
  #type;

  constructor(parts = undefined, options = undefined) {
    if (made !== undefined) {
      this.#bytes = made.bytes;
      this.#type = made.type;
      return;
    }
    if (options !== undefined && options !== null && typeof options !== "object" && typeof options !== "function") {
      throw new p.TypeErrorOf("Failed to construct 'Blob': constructor parameter 2 is not of type 'Options'.");
    }
    this.#bytes = parts === undefined ? new p.ArrayBufferOf(0) : joined(parts);
    const endings = options?.endings;
    if (endings !== undefined && endings !== "transparent" && endings !== "native") {
      throw new p.TypeErrorOf("Failed to construct 'Blob': endings are transparent or native.");
    }
    const type = options?.type;
    this.#type = type === undefined ? "" : normalizedType(p.toText(type));
  }

  get size() {
    return p.ArrayBufferByteLength(this.#bytes);
  }

  get type() {
    return this.#type;
  }

  slice(start = undefined, end = undefined, type = undefined) {
    const size = p.ArrayBufferByteLength(this.#bytes);
    const from = within(start, 0, size);
    const to = within(end, size, size);
    return newBlob(p.bytesOf(this.#bytes, from, from < to ? to - from : 0),
      type === undefined ? "" : normalizedType(p.toText(type)));
  }

  async arrayBuffer() {
    return p.ArrayBufferSlice(this.#bytes, 0);
  }

  async bytes() {
    return new p.Uint8(p.ArrayBufferSlice(this.#bytes, 0));
  }

  async text() {
    return withoutMark(host.text(this.#bytes));
  }

  stream() {
    return viewOf(p.ArrayBufferSlice(this.#bytes, 0));
  }

  static {
    bytesOfBlob = (blob) => blob.#bytes;
    typeOfBlob = (blob) => blob.#type;
  }
}

export class File extends Blob {
  #name;
  #lastModified;

  constructor(parts, name, options = undefined) {
    if (arguments.length < 2) {
      throw new p.TypeErrorOf("Failed to construct 'File': constructor parameter " + (arguments.length + 1)
        + " is not of type '" + (arguments.length === 0 ? "Array" : "string") + "'.");
    }
    super(parts, options);
    this.#name = p.StringToWellFormed(p.toText(name));
    const modified = options?.lastModified;
    this.#lastModified = modified === undefined ? host.now() : p.MathTrunc(p.NumberFrom(modified)) || 0;
  }

  get name() {
    return this.#name;
  }

  get lastModified() {
    return this.#lastModified;
  }
}

function within(index, otherwise, size) {
  if (index === undefined) {
    return otherwise;
  }
  const number = p.MathTrunc(p.NumberFrom(index)) || 0;
  return number < 0 ? (size + number > 0 ? size + number : 0) : p.MathMin(number, size);
}

function withoutMark(text) {
  return text.length > 0 && p.StringCharCodeAt(text, 0) === 0xfeff ? p.StringSlice(text, 1) : text;
}

const TYPE = /^[\t\n\r ]*([\w!#$%&'*+.^\x60|~-]+\/[\w!#$%&'*+.^\x60|~-]+)[\t\n\r ]*(?=;|$)/;
const PARAMETER = /;[\t\n\r ]*(?:([\w!#$%&'*+.^\x60|~-]+)=(?:"((?:[^"\\]|\\[^])*)"?[^;]*|([^;]*))|[^;]*)/g;
const TOKEN = /^[\w!#$%&'*+.^\x60|~-]+$/;

/** A Content-Type as the standard writes MIME types; empty where it is none. */
function mimeType(text) {
  const type = p.RegExpExec(TYPE, text);
  if (type === null) {
    return "";
  }
  let normal = p.StringToLowerCase(type[1]);
  const known = new p.SetOf();
  PARAMETER.lastIndex = type[0].length;
  for (let found = p.RegExpExec(PARAMETER, text); found !== null && found[0] !== ""; found = p.RegExpExec(PARAMETER, text)) {
    const name = found[1] === undefined ? undefined : p.StringToLowerCase(found[1]);
    const value = found[2] === undefined ? trimmedEnd(found[3] ?? "") : unescaped(found[2]);
    if (name !== undefined && !p.SetHas(known, name) && (value !== "" || found[2] !== undefined)) {
      p.SetAdd(known, name);
      normal += ";" + name + "=" + (p.RegExpExec(TOKEN, value) === null ? quoted(value) : value);
    }
  }
  PARAMETER.lastIndex = 0;
  return normal;
}

function trimmedEnd(text) {
  let end = text.length;
  while (end > 0 && p.StringCharCodeAt(text, end - 1) <= 32) {
    end--;
  }
  return p.StringSlice(text, 0, end);
}

function unescaped(text) {
  let plain = "";
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "\\" && i + 1 < text.length) {
      i++;
    }
    plain += text[i];
  }
  return plain;
}

function quoted(text) {
  let inner = "";
  for (let i = 0; i < text.length; i++) {
    inner += (text[i] === "\\" || text[i] === "\"" ? "\\" : "") + text[i];
  }
  return "\"" + inner + "\"";
}

/** Whether a value is a Blob or a File. */
export function isBlob(value) {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  try {
    return bytesOfBlob(value) !== undefined;
  } catch {
    return false;
  }
}

export { mimeType, bytesOfBlob as blobBytes, typeOfBlob as blobType };

/** A Blob of an ArrayBuffer, which it keeps. */
export function newBlob(bytes, type) {
  made = { __proto__: null, bytes, type };
  try {
    return new Blob();
  } finally {
    made = undefined;
  }
}

/** A File of an ArrayBuffer, which it keeps. */
export function newFile(bytes, name, type, lastModified) {
  made = { __proto__: null, bytes, type };
  try {
    return new File(undefined, name, { __proto__: null, lastModified });
  } finally {
    made = undefined;
  }
}

p.enumerable(Blob, ["size", "type", "slice", "arrayBuffer", "bytes", "text", "stream"]);
p.enumerable(File, ["name", "lastModified"]);
for (const [type, name] of [[Blob, "Blob"], [File, "File"]]) {
  p.tag(type, name);
  brandClass(type, name);
}
