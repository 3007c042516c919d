/** The two forms that a FormData has on the wire. */

import * as p from "lapidary:primordials";
import { blobBytes, blobType, newFile } from "lapidary:blob-class";
import { entriesOf, FormData } from "lapidary:formdata-class";
import { host, inEvent } from "lapidary:host";
import { URLSearchParams } from "lapidary:url";

const NO_TYPE = "Parsing a Body as FormData requires a Content-Type header.";
const BAD_TYPE = "Unrecognized Content-Type header value. FormData can only parse the following MIME types: "
  + "multipart/form-data, application/x-www-form-urlencoded.";
const NO_BOUNDARY = "No boundary string in Content-Type header. The multipart/form-data MIME type requires a boundary "
  + "parameter, e.g. 'Content-Type: multipart/form-data; boundary=\"abcd\"'. See RFC 7578, section 4.";
const CR = 13;
const LF = 10;
const DASH = 45;

let boundaries = 0;

/** See `lapidary:formdata`. */
export function parseFormData(bytes, contentType) {
  if (contentType === null || contentType === undefined) {
    throw new p.TypeErrorOf(NO_TYPE);
  }
  const { essence, boundary } = parsedType(contentType);
  const form = new FormData();
  if (essence === "application/x-www-form-urlencoded") {
    const pairs = new URLSearchParams(host.text(bytes));
    pairs.forEach((value, name) => add(form, name, value));
  } else if (essence === "multipart/form-data") {
    if (boundary === undefined) {
      throw new p.TypeErrorOf(NO_BOUNDARY);
    }
    parseMultipart(form, bytes, boundary);
  } else {
    throw new p.TypeErrorOf(BAD_TYPE);
  }
  return form;
}

function add(form, name, value) {
  const entries = entriesOf(form);
  entries[entries.length] = { __proto__: null, name, value };
}

/** A media type's essence, and its boundary parameter if it has one. */
function parsedType(text) {
  const end = p.StringIndexOf(text, ";");
  const essence = p.StringToLowerCase(p.StringTrim(end < 0 ? text : p.StringSlice(text, 0, end)));
  const boundary = end < 0 ? undefined : parameter(text, end, "boundary");
  return { __proto__: null, essence, boundary };
}

/** The value of `; name=value` or `; name="value"`, from an index on. */
function parameter(text, from, name) {
  let at = from;
  while (at < text.length) {
    at++;
    const equals = p.StringIndexOf(text, "=", at);
    if (equals < 0) {
      return undefined;
    }
    const key = p.StringToLowerCase(p.StringTrim(p.StringSlice(text, at, equals)));
    let end = equals + 1;
    let value = "";
    if (text[end] === '"') {
      for (end++; end < text.length && text[end] !== '"'; end++) {
        if (text[end] === "\\" && end + 1 < text.length && (text[end + 1] === '"' || text[end + 1] === "\\")) {
          end++;
        }
        value += text[end];
      }
      const semicolon = p.StringIndexOf(text, ";", end);
      end = semicolon < 0 ? text.length : semicolon;
    } else {
      const semicolon = p.StringIndexOf(text, ";", end);
      const stop = semicolon < 0 ? text.length : semicolon;
      value = p.StringTrim(p.StringSlice(text, end, stop));
      end = stop;
    }
    if (key === name) {
      return value;
    }
    at = end;
  }
  return undefined;
}

function malformed(what) {
  return new p.TypeErrorOf("The multipart/form-data body is malformed: " + what + ".");
}

function parseMultipart(form, buffer, boundary) {
  const bytes = new p.Uint8(buffer);
  const length = p.TypedArrayLength(bytes);
  const marker = new p.Uint8(host.utf8("--" + boundary));
  let at = find(bytes, length, marker, 0);
  if (at < 0) {
    throw malformed("its boundary does not occur in it");
  }
  at += p.TypedArrayLength(marker);
  while (!(bytes[at] === DASH && bytes[at + 1] === DASH)) {
    at = lineEnd(bytes, at);
    const part = readHeaders(bytes, at, length);
    const end = find(bytes, length, marker, part.end);
    if (end < 0) {
      throw malformed("its last part does not end with the boundary");
    }
    const stop = bytes[end - 1] === LF ? (bytes[end - 2] === CR ? end - 2 : end - 1) : -1;
    if (stop < part.end) {
      throw malformed("a boundary does not stand at the begin of a line");
    }
    const body = p.bytesOf(buffer, part.end, stop - part.end);
    add(form, part.name, part.filename === undefined ? host.text(body)
      : newFile(body, part.filename, p.StringToLowerCase(part.type), host.now()));
    at = end + p.TypedArrayLength(marker);
  }
}

/** The index behind the line break at `at`. */
function lineEnd(bytes, at) {
  let next = at;
  while (bytes[next] === 32 || bytes[next] === 9) {
    next++;
  }
  if (bytes[next] === CR && bytes[next + 1] === LF) {
    return next + 2;
  }
  if (bytes[next] === LF) {
    return next + 1;
  }
  throw malformed("a boundary is followed by neither a line break nor --");
}

function readHeaders(bytes, from, length) {
  const part = { __proto__: null, name: undefined, filename: undefined, type: "", end: 0 };
  let at = from;
  for (;;) {
    const feed = p.TypedArrayIndexOf(bytes, LF, at);
    if (feed < 0 || feed >= length) {
      throw malformed("the headers of a part do not end");
    }
    const stop = bytes[feed - 1] === CR ? feed - 1 : feed;
    if (stop <= at) {
      part.end = feed + 1;
      break;
    }
    readHeader(part, host.text(p.bytesOf(p.TypedArrayBuffer(bytes), at, stop - at)));
    at = feed + 1;
  }
  if (part.name === undefined) {
    throw malformed("a part has no name in a Content-Disposition header");
  }
  part.type = part.type === "" ? "text/plain" : part.type;
  return part;
}

function readHeader(part, line) {
  const colon = p.StringIndexOf(line, ":");
  const name = p.StringToLowerCase(p.StringTrim(p.StringSlice(line, 0, colon < 0 ? 0 : colon)));
  const value = p.StringTrim(p.StringSlice(line, colon + 1));
  if (name === "content-type") {
    part.type = value;
  } else if (name === "content-disposition") {
    const start = p.StringIndexOf(value, ";");
    if (start < 0 || p.StringToLowerCase(p.StringTrim(p.StringSlice(value, 0, start))) !== "form-data") {
      throw malformed("a part's Content-Disposition is not form-data");
    }
    part.name = unescaped(parameter(value, start, "name"));
    part.filename = unescaped(parameter(value, start, "filename"));
  }
}

const ESCAPES = { __proto__: null, "%0A": "\n", "%0D": "\r", "%22": '"' };

function unescaped(text) {
  if (text === undefined || p.StringIndexOf(text, "%") < 0) {
    return text;
  }
  let result = "";
  for (let i = 0; i < text.length; i++) {
    const known = text[i] === "%" ? ESCAPES[p.StringToUpperCase(p.StringSlice(text, i, i + 3))] : undefined;
    result += known ?? text[i];
    i += known === undefined ? 0 : 2;
  }
  return result;
}

function escaped(text) {
  let result = "";
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    result += c === "\n" ? "%0A" : c === "\r" ? "%0D" : c === '"' ? "%22" : c;
  }
  return result;
}

/** Where `part` occurs at or behind `from`; -1 for nowhere. */
function find(bytes, length, part, from) {
  const size = p.TypedArrayLength(part);
  let at = p.TypedArrayIndexOf(bytes, part[0], from);
  while (at >= 0 && at + size <= length) {
    let i = 1;
    while (i < size && bytes[at + i] === part[i]) {
      i++;
    }
    if (i === size) {
      return at;
    }
    at = p.TypedArrayIndexOf(bytes, part[0], at + 1);
  }
  return -1;
}

/** See `lapidary:formdata`. */
export function serializeFormData(form) {
  const boundary = newBoundary();
  const pieces = p.list();
  const entries = entriesOf(form);
  let total = 0;
  const put = (buffer) => {
    pieces[pieces.length] = buffer;
    total += p.ArrayBufferByteLength(buffer);
  };
  for (let i = 0; i < entries.length; i++) {
    const { name, value } = entries[i];
    let head = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + escaped(name) + '"';
    if (typeof value === "string") {
      put(host.utf8(head + "\r\n\r\n" + value + "\r\n"));
    } else {
      head += "; filename=\"" + escaped(value.name) + "\"\r\nContent-Type: " + (blobType(value) || "application/octet-stream");
      put(host.utf8(head + "\r\n\r\n"));
      put(blobBytes(value));
      put(host.utf8("\r\n"));
    }
  }
  put(host.utf8("--" + boundary + "--\r\n"));
  const all = new p.Uint8(total);
  let at = 0;
  for (let i = 0; i < pieces.length; i++) {
    p.TypedArraySet(all, new p.Uint8(pieces[i]), at);
    at += p.ArrayBufferByteLength(pieces[i]);
  }
  return { __proto__: null, bytes: p.TypedArrayBuffer(all), contentType: "multipart/form-data; boundary=" + boundary };
}

function newBoundary() {
  const bytes = new p.Uint8(inEvent ? host.random(16) : 16);
  let text = "";
  for (let i = 0; i < 16; i++) {
    text += p.StringFromCharCode(97 + (bytes[i] & 15), 97 + (bytes[i] >> 4));
  }
  return "----LapidaryForm" + text + ++boundaries;
}
