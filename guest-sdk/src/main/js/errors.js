/** How errors leave this guest, and how those of others are shown in it. */

import * as p from "lapidary:primordials";
import { isError, platformClassName } from "lapidary:brand";
import { host } from "lapidary:host";
import { errorText } from "lapidary:inspect";
import { errorPrototypes, hidden, shown } from "lapidary:properties";
import { deserialize } from "lapidary:v8-reader";
import { serialize } from "lapidary:v8-writer";

/** The names of DOMExceptions, which are errors of that class on the other side too. */
const DOM_NAMES = { __proto__: null };
for (const name of ["AbortError", "ConstraintError", "DataCloneError", "DataError", "EncodingError", "HierarchyRequestError",
  "IndexSizeError", "InvalidAccessError", "InvalidCharacterError", "InvalidNodeTypeError", "InvalidStateError", "NamespaceError",
  "NetworkError", "NoModificationAllowedError", "NotAllowedError", "NotFoundError", "NotReadableError", "NotSupportedError",
  "OperationError", "QuotaExceededError", "ReadOnlyError", "SecurityError", "TimeoutError", "TransactionInactiveError",
  "UnknownError", "URLMismatchError", "VersionError", "WrongDocumentError"]) {
  DOM_NAMES[name] = true;
}
const SPECIAL = { __proto__: null, stack: true, message: true, name: true };
const REMOTE = 1;
const RESET = 2;
const OVERLOADED = 4;
const RETRYABLE = 8;

/**
 * Name, message and stack of anything thrown; never throws itself.
 *
 * @returns {{name: string, message: string, stack: string}}
 */
export function errorParts(error) {
  if (!isError(error)) {
    const message = text(() => (typeof error === "symbol" ? p.SymbolToString(error) : p.toText(error)));
    return { __proto__: null, name: "Error", message, stack: "Error: " + message };
  }
  return {
    __proto__: null, name: text(() => p.toText(error.name), "Error"), message: text(() => p.toText(error.message)), stack: errorText(error),
  };
}

function text(read, otherwise = "unreadable error") {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

/**
 * As `errorParts`, with what a caller in another guest learns besides: `properties` are V8 bytes of an object with the
 * error's own properties, or of an array with the one thing that was thrown and is no error; else undefined. An error with
 * properties that cannot be cloned crosses with its message alone.
 */
export function errorDetails(error) {
  const parts = errorParts(error);
  parts.properties = undefined;
  if (typeof error !== "object" || error === null) {
    return parts;
  }
  try {
    const properties = isError(error) ? ownProperties(error) : [error];
    if (properties !== undefined) {
      parts.properties = serialize(properties, host.utf8);
    }
  } catch {
    if (errorPrototypes[parts.name] === undefined) {
      parts.message = parts.name + ": " + parts.message;
      parts.name = "Error";
    }
  }
  return parts;
}

function ownProperties(error) {
  if (platformClassName(error) === "DOMException") {
    return undefined;
  }
  let properties;
  const keys = p.ReflectOwnKeys(error);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (typeof key === "string" && SPECIAL[key] === undefined && wanted(error, key)) {
      properties ??= {};
      shown(properties, key, error[key]);
    }
  }
  return properties;
}

function wanted(error, key) {
  return key === "cause" || key === "errors" || p.ObjectGetOwnPropertyDescriptor(error, key)?.enumerable === true;
}

/**
 * The error that a caller sees.
 *
 * @param {ArrayBuffer|undefined} properties as in `errorDetails`, from a guest that may lie
 * @param {number} flags 1 remote, 2 durableObjectReset, 4 overloaded, 8 retryable
 * @param {string} objectId the Durable Object that threw it, or empty
 */
export function reviveError(name, message, properties, flags, objectId) {
  let details;
  if (properties !== undefined) {
    try {
      details = deserialize(properties, host.text);
    } catch {
      details = undefined;
    }
  }
  const error = p.ArrayIsArray(details) && typeof details[0] === "object" && details[0] !== null
    ? details[0] : shell(name, message);
  if (typeof details === "object" && details !== null && !p.ArrayIsArray(details)) {
    const keys = p.ObjectKeys(details);
    for (let i = 0; i < keys.length; i++) {
      if (SPECIAL[keys[i]] === undefined) {
        shown(error, keys[i], details[keys[i]]);
      }
    }
  }
  if (flags & RESET) {
    shown(error, "durableObjectReset", true);
  }
  if (flags & OVERLOADED) {
    shown(error, "overloaded", true);
  }
  if (flags & RETRYABLE) {
    shown(error, "retryable", true);
  }
  if (objectId !== undefined && objectId !== "" && flags & REMOTE) {
    shown(error, "durableObjectId", objectId);
  }
  if (flags & REMOTE) {
    shown(error, "remote", true);
  }
  return error;
}

/** An error without a stack of the platform's own. */
function shell(name, message) {
  if (DOM_NAMES[name] === true) {
    return p.domException(message, name);
  }
  const error = new p.ErrorOf(message);
  if (errorPrototypes[name] !== undefined) {
    p.ObjectSetPrototypeOf(error, errorPrototypes[name]);
  } else {
    shown(error, "name", name);
  }
  hidden(error, "stack", message === "" ? name : name + ": " + message);
  return error;
}

/** The error as a caller in this same guest would see it, had it come from another. */
export function echoError(error) {
  const { name, message, properties } = errorDetails(error);
  return reviveError(name, message, properties, REMOTE, "");
}

/** Tells the host that an event's handler threw. */
export function fail(id, error) {
  const { name, message, stack, properties } = errorDetails(error);
  host.fail(id, name, message, stack, properties);
}
