/**
 * The input gate: while concurrency is blocked, new events wait in order.
 *
 * Events that the host delivers come in by `admit`. Timers that were set inside the block go around the gate, for
 * the block may wait for them.
 */

import * as p from "lapidary:primordials";

let depth = 0;
let waiting = p.list();

/** Most blockConcurrencyWhile calls that may be open at once. */
export const MAX_DEPTH = 64;

export function isGateOpen() {
  return depth === 0;
}

/** Runs `event` now, or when the gate opens. */
export function admit(event) {
  if (depth === 0) {
    event();
  } else {
    waiting[waiting.length] = event;
  }
}

/** Closes the gate once more. @throws {Error} beyond MAX_DEPTH */
export function close() {
  if (depth >= MAX_DEPTH) {
    throw new p.ErrorOf("blockConcurrencyWhile() calls are nested too deeply.");
  }
  depth++;
}

/** Undoes one `close`; the last one lets the waiting events in, until one of them closes the gate again. */
export function open() {
  depth--;
  while (depth === 0 && waiting.length > 0) {
    const events = waiting;
    waiting = p.list();
    let next = 0;
    try {
      while (next < events.length) {
        admit(events[next++]);
      }
    } finally {
      // An event that throws must not take those behind it along.
      for (; next < events.length; next++) {
        waiting[waiting.length] = events[next];
      }
    }
  }
}
