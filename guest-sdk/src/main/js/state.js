/** `ctx` of a facet: DurableObjectState. */

import * as p from "lapidary:primordials";
import { brandClass } from "lapidary:brand";
import { reportRejection } from "lapidary:console";
import { errorParts } from "lapidary:errors";
import { createFacets } from "lapidary:facets";
import { close, open } from "lapidary:gate";
import * as hibernation from "lapidary:hibernation";
import { host } from "lapidary:host";
import { idOfText, ownId } from "lapidary:namespace";
import { createStorage } from "lapidary:storage";
import { cancel, later } from "lapidary:timers";

const KEY = { __proto__: null };
const NO_OPTIONS = { __proto__: null, retryAlarm: true };
/** How long blockConcurrencyWhile may take. */
const BLOCK_TIMEOUT_MS = 30_000;
const BLOCK_TIMEOUT_TEXT = "A call to blockConcurrencyWhile() in a Durable Object waited for too long. "
  + "The call was canceled and the Durable Object was reset.";
const ABORT_TEXT = "Application called abort() to reset Durable Object.";
const resolved = p.PromiseOf.resolve();
const nothing = () => undefined;

class DurableObjectState {
  #id;
  #storage;
  #props;
  #exports;
  #facets;

  constructor(key, id, props, exports) {
    if (key !== KEY) {
      throw new p.TypeErrorOf("Illegal constructor");
    }
    this.#id = id;
    this.#storage = createStorage();
    this.#props = props;
    this.#exports = exports;
  }

  get id() {
    return this.#id;
  }

  get storage() {
    return this.#storage;
  }

  get props() {
    if (typeof this.#props === "function") {
      this.#props = this.#props();
    }
    return this.#props;
  }

  get exports() {
    return this.#exports;
  }

  get facets() {
    this.#facets ??= createFacets();
    return this.#facets;
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

  abort(reason = undefined, options = undefined) {
    const { retryAlarm } = options ?? NO_OPTIONS;
    reset(new p.ErrorOf(reason === undefined ? ABORT_TEXT : summary(reason)), retryAlarm);
  }
}

for (const name of ["acceptWebSocket", "getWebSockets", "getTags", "setWebSocketAutoResponse", "getWebSocketAutoResponse",
  "getWebSocketAutoResponseTimestamp", "setHibernatableWebSocketEventTimeout", "getHibernatableWebSocketEventTimeout"]) {
  p.ObjectDefineProperty(DurableObjectState.prototype, name, {
    __proto__: null, value: hibernation[name], writable: true, enumerable: true, configurable: true,
  });
}

/** Ends this facet's life with an error; the host does not come back from it. */
export function reset(error, retryAlarm = true) {
  const { name, message, stack } = errorParts(error);
  try {
    host.abort(name, message, stack, retryAlarm !== false);
  } catch {
    // The host traps the guest, which no app code can catch; should it ever come back, nothing may be told.
  }
}

function summary(reason) {
  try {
    return p.toText(reason);
  } catch {
    return "unreadable error";
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
 * The state that a facet's class is constructed with.
 *
 * @param {{id: string, name: string|undefined, idText: string|undefined}} options the object's id, and what the facet sees
 *   instead, if its parent said so
 * @param {() => object} props
 */
export function createState(options, props, exports) {
  const { id, name, idText } = options;
  return new DurableObjectState(KEY, idText === undefined ? ownId(id, name) : idOfText(idText), props, exports);
}

p.tag(DurableObjectState, "DurableObjectState");
brandClass(DurableObjectState, "DurableObjectState");
