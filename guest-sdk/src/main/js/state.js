/** `ctx`: DurableObjectState and DurableObjectId. */

import * as p from "lapidary:primordials";
import { brandClass, isError } from "lapidary:brand";
import { reportRejection } from "lapidary:console";
import { close, open } from "lapidary:gate";
import * as hibernation from "lapidary:hibernation";
import { host } from "lapidary:host";
import { errorText } from "lapidary:inspect";
import { createStorage } from "lapidary:storage";
import { cancel, later } from "lapidary:timers";

const KEY = { __proto__: null };
/** How long blockConcurrencyWhile may take. */
const BLOCK_TIMEOUT_MS = 30_000;
const BLOCK_TIMEOUT_TEXT = "A call to blockConcurrencyWhile() in a Durable Object waited for too long. "
  + "The call was canceled and the Durable Object was reset.";
const ABORT_TEXT = "Application called abort() to reset Durable Object.";
const resolved = p.PromiseOf.resolve();
const nothing = () => undefined;

class DurableObjectId {
  #hex;
  #name;

  constructor(key, hex, name) {
    if (key !== KEY) {
      throw new p.TypeErrorOf("Illegal constructor");
    }
    this.#hex = hex;
    this.#name = name;
  }

  get name() {
    return this.#name;
  }

  toString() {
    return this.#hex;
  }

  equals(other) {
    if (typeof other !== "object" || other === null || !(#hex in other)) {
      throw new p.TypeErrorOf("Failed to execute 'equals' on 'DurableObjectId': parameter 1 is not of type 'DurableObjectId'.");
    }
    return this.#hex === other.#hex;
  }

  toJSON() {
    return this.#name === undefined ? {} : { name: this.#name };
  }
}

class DurableObjectState {
  #id;
  #storage;
  #props;
  #exports;

  constructor(key, id, exports) {
    if (key !== KEY) {
      throw new p.TypeErrorOf("Illegal constructor");
    }
    this.#id = id;
    this.#storage = createStorage();
    this.#props = {};
    this.#exports = exports;
  }

  get id() {
    return this.#id;
  }

  get storage() {
    return this.#storage;
  }

  get props() {
    return this.#props;
  }

  get exports() {
    return this.#exports;
  }

  waitUntil(promise) {
    if (arguments.length === 0) {
      throw new p.TypeErrorOf("Failed to execute 'waitUntil' on 'DurableObjectState': parameter 1 is not of type 'Promise'.");
    }
    watch(promise);
  }

  async blockConcurrencyWhile(callback) {
    if (typeof callback !== "function") {
      throw new p.TypeErrorOf("Failed to execute 'blockConcurrencyWhile' on 'DurableObjectState': parameter 1 is not of type 'function'.");
    }
    close();
    const timer = later(() => reset(new p.ErrorOf(BLOCK_TIMEOUT_TEXT)), BLOCK_TIMEOUT_MS);
    let result;
    try {
      result = await callback();
    } catch (error) {
      reset(error);
      // Whoever awaits this never resumes.
      await new p.PromiseOf(nothing);
    }
    cancel(timer);
    // Two jobs later, so that the caller goes on before the events that waited.
    p.PromiseThen(p.PromiseThen(resolved, nothing), open);
    return result;
  }

  abort(reason = undefined) {
    reset(new p.ErrorOf(reason === undefined ? ABORT_TEXT : text(() => p.toText(reason))));
  }
}

for (const name of ["acceptWebSocket", "getWebSockets", "getTags", "setWebSocketAutoResponse", "getWebSocketAutoResponse",
  "getWebSocketAutoResponseTimestamp", "setHibernatableWebSocketEventTimeout", "getHibernatableWebSocketEventTimeout"]) {
  p.ObjectDefineProperty(DurableObjectState.prototype, name, {
    __proto__: null, value: hibernation[name], writable: true, enumerable: true, configurable: true,
  });
}

/** Ends this facet's life with an error; the host does not come back from it. */
export function reset(error) {
  const { name, message, stack } = errorParts(error);
  try {
    host.abort(name, message, stack);
  } catch {
    // The host traps the guest, which no app code can catch; should it ever come back, nothing may be told.
  }
}

async function watch(promise) {
  try {
    await promise;
  } catch (error) {
    reportRejection(error);
  }
}

/**
 * Name, message and stack of anything thrown; never throws itself.
 *
 * @returns {{name: string, message: string, stack: string}}
 */
export function errorParts(error) {
  if (!isError(error)) {
    const message = text(() => p.toText(error));
    return { __proto__: null, name: "Error", message, stack: "Error: " + message };
  }
  return {
    __proto__: null, name: text(() => p.toText(error.name)), message: text(() => p.toText(error.message)), stack: errorText(error),
  };
}

function text(read) {
  try {
    return read();
  } catch {
    return "unreadable error";
  }
}

/** The state that a facet's class is constructed with. */
export function createState(hex, name, exports) {
  return new DurableObjectState(KEY, new DurableObjectId(KEY, hex, name), exports);
}

p.tag(DurableObjectId, "DurableObjectId");
p.tag(DurableObjectState, "DurableObjectState");
brandClass(DurableObjectId, "DurableObjectId");
brandClass(DurableObjectState, "DurableObjectState");
