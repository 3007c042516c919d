/** What the platform needs of blobs, without evaluating their module where no blob was ever made. */

import * as p from "lapidary:primordials";
import { load, loaded } from "lapidary:lazy";
import { damaged } from "lapidary:v8-input";
import * as t from "lapidary:v8-tags";

/** Whether a value is a Blob or a File. */
export function isBlob(value) {
  const module = loaded("blob-class");
  return module !== undefined && module.isBlob(value);
}

/** The bytes of a blob, as an ArrayBuffer that nobody may change. */
export function blobBytes(blob) {
  return load("blob-class").blobBytes(blob);
}

/** The blob's `type`, whatever app code did to its getter. */
export function blobType(blob) {
  return load("blob-class").blobType(blob);
}

/** A Blob of an ArrayBuffer, which it keeps. */
export function newBlob(bytes, type = "") {
  return load("blob-class").newBlob(bytes, type);
}

/** The Blob of a body, which keeps the ArrayBuffer; its type is what the Content-Type says. */
export function bodyBlob(bytes, contentType) {
  const module = load("blob-class");
  return module.newBlob(bytes, contentType === null ? "" : module.mimeType(contentType));
}

/** Writes a Blob as workerd stores it: its type, then its bytes. */
export function writeBlob(blob, writer) {
  const bytes = new p.Uint8(blobBytes(blob));
  const length = p.TypedArrayLength(bytes);
  writer.byte(t.HOST);
  writer.varint(t.HOST_BLOB);
  writer.utf8String(blobType(blob));
  writer.varint(length);
  writer.raw(bytes, length);
}

/** The Blob after its tag. @throws {DOMException} where its bytes are not all there */
export function readBlob(reader) {
  const type = reader.utf8String();
  const length = reader.varint();
  if (length > reader.rest()) {
    throw damaged("a blob longer than its bytes");
  }
  return newBlob(reader.take(length), type);
}
