/** What the platform needs of FormData, without evaluating its module where none was ever made. */

import { load, loaded } from "lapidary:lazy";

/** Whether a value is a FormData. */
export function isFormData(value) {
  const module = loaded("formdata-class");
  return module !== undefined && module.isFormData(value);
}

/**
 * Reads a body.
 *
 * @param {ArrayBuffer} bytes the whole body
 * @param {?string} contentType of the body, with its parameters
 * @throws {TypeError} where it is no form, or a malformed one
 */
export function parseFormData(bytes, contentType) {
  return load("formdata-wire").parseFormData(bytes, contentType);
}

/** Writes a form as multipart/form-data: `{bytes, contentType}`. */
export function serializeFormData(form) {
  return load("formdata-wire").serializeFormData(form);
}
