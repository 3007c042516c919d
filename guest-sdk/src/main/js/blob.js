/** What the platform needs of blobs, without evaluating their module where no blob was ever made. */

import { load, loaded } from "lapidary:lazy";

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
