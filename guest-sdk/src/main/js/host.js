/** The host's native functions, held where only platform modules can import them. */

import { ErrorOf } from "lapidary:primordials";

/** A null-prototype record of the functions in README.md's host table; set once by `boot`. */
export let host;

/** True while an event may be handled; false while modules are evaluated. */
export let inEvent = false;

export const GLOBAL_SCOPE_TEXT = "Disallowed operation called within global scope. Asynchronous I/O (ex: fetch() or connect()), "
  + "setting a timeout, and generating random values are not allowed within global scope. To fix this error, perform this "
  + "operation within a handler. https://developers.cloudflare.com/workers/runtime-apis/handlers/";

export function setHost(functions) {
  if (host !== undefined) {
    throw new Error("the platform was booted already");
  }
  host = functions;
}

export function enterEvents() {
  inEvent = true;
}

/** Throws unless a handler runs. */
export function requireEvent() {
  if (!inEvent) {
    throw new ErrorOf(GLOBAL_SCOPE_TEXT);
  }
}
