/** How values and list options cross to the host's key-value store. Primitives go as they are; the rest as V8 bytes. */

import * as p from "lapidary:primordials";
import { host } from "lapidary:host";
import { deserialize } from "lapidary:v8-reader";
import { serialize } from "lapidary:v8-writer";

/** Stores one value. @throws {DOMException} DataCloneError */
export function putValue(key, value) {
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
    case "undefined":
      return host.kvPut(key, value);
    default:
      return host.kvPut(key, value === null ? null : serialize(value, host.utf8));
  }
}

/** The stored value, a fresh copy each time; undefined if there is none. */
export function getValue(key) {
  return revive(host.kvGet(key));
}

function revive(stored) {
  return typeof stored === "object" && stored !== null ? deserialize(stored, host.text) : stored;
}

/**
 * Checks list options.
 *
 * @param {string} owner the class named in the TypeError
 * @returns {object} a null-prototype record for `KvScan`
 */
export function listOptions(options, owner) {
  const scan = {
    __proto__: null, start: undefined, startAfter: undefined, end: undefined, prefix: undefined, reverse: false, limit: undefined,
  };
  if (options === undefined || options === null) {
    return scan;
  }
  if (typeof options !== "object" && typeof options !== "function") {
    throw new p.TypeErrorOf("Failed to execute 'list' on '" + owner + "': parameter 1 is not of type 'ListOptions'.");
  }
  const { start, startAfter, end, prefix, reverse, limit } = options;
  scan.start = text(start);
  scan.startAfter = text(startAfter);
  scan.end = text(end);
  scan.prefix = text(prefix);
  scan.reverse = reverse === undefined ? false : !!reverse;
  if (limit !== undefined) {
    const count = p.MathTrunc(p.NumberFrom(limit));
    if (!(count > 0)) {
      throw new p.TypeErrorOf("List limit must be positive.");
    }
    scan.limit = count;
  }
  if (scan.start !== undefined && scan.startAfter !== undefined) {
    throw new p.TypeErrorOf("list() cannot be called with both start and startAfter values.");
  }
  return scan;
}

function text(value) {
  return value === undefined ? undefined : p.toText(value);
}

/** Walks a list in the host's batches; `next` leaves the pair in `key` and `value`. */
export class KvScan {
  #scan;
  #batch = p.list();
  #at = 0;
  #ended = false;
  key;
  value;

  constructor(scan) {
    this.#scan = scan;
  }

  /** True if there was another pair. */
  next() {
    if (this.#ended) {
      return false;
    }
    const scan = this.#scan;
    if (this.#at >= this.#batch.length) {
      if (scan.limit !== undefined && scan.limit <= 0) {
        this.#ended = true;
        return false;
      }
      this.#batch = host.kvList(scan.start, scan.startAfter, scan.end, scan.prefix, scan.reverse, scan.limit);
      this.#at = 0;
      const pairs = this.#batch.length / 2;
      if (pairs === 0) {
        this.#ended = true;
        return false;
      }
      this.#continueAfter(this.#batch[this.#batch.length - 2], pairs);
    }
    this.key = this.#batch[this.#at];
    this.value = revive(this.#batch[this.#at + 1]);
    this.#at += 2;
    return true;
  }

  #continueAfter(lastKey, pairs) {
    const scan = this.#scan;
    if (scan.reverse) {
      scan.end = lastKey;
    } else {
      scan.start = undefined;
      scan.startAfter = lastKey;
    }
    if (scan.limit !== undefined) {
      scan.limit -= pairs;
    }
  }
}
