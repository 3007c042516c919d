/** How values and list options cross to the host's key-value store. Primitives go as they are; the rest as V8 bytes. */

import * as p from "lapidary:primordials";
import { host } from "lapidary:host";
import { deserialize } from "lapidary:v8-reader";
import { serialize } from "lapidary:v8-writer";

const MAX_INT = 0x7fffffff;
/** Pairs the host is asked for at once; it gives fewer where they are large. */
const MAX_BATCH = 256;

/** Rises with whatever may change pairs, so that a scan knows that what it has read ahead is old. */
let changes = 0;

/** To be called after pairs were changed by other means than the functions here. */
export function pairsChanged() {
  changes++;
}

/** What the host stores for a value. @throws {DOMException} DataCloneError */
export function encoded(value) {
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
    case "undefined":
      return value;
    default:
      return value === null ? null : serialize(value, host.utf8);
  }
}

/** Stores an encoded value. */
export function putEncoded(key, value) {
  changes++;
  host.kvPut(key, value);
}

/** Stores one value. @throws {DOMException} DataCloneError */
export function putValue(key, value) {
  putEncoded(key, encoded(value));
}

/** Removes a pair; whether there was one. */
export function deleteValue(key) {
  changes++;
  return host.kvDelete(key);
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
    const count = integer(limit);
    if (count <= 0) {
      throw new p.TypeErrorOf("List limit must be positive.");
    }
    scan.limit = count;
  }
  if (scan.start !== undefined && scan.startAfter !== undefined) {
    throw new p.TypeErrorOf("list() cannot be called with both start and startAfter values.");
  }
  return scan;
}

/** A 32-bit integer as WebIDL converts it: NaN and the infinities are 0. */
function integer(value) {
  if (typeof value === "bigint") {
    throw new p.TypeErrorOf("Cannot convert a BigInt value to a number");
  }
  const number = p.MathTrunc(p.NumberFrom(value));
  if (number !== number || number === Infinity || number === -Infinity) {
    return 0;
  }
  if (number > MAX_INT || number < -MAX_INT - 1) {
    throw new p.TypeErrorOf("Value out of range. Must be between -2147483648 and 2147483647 (inclusive).");
  }
  return number;
}

function text(value) {
  return value === undefined ? undefined : p.toText(value);
}

/** Walks a list in the host's batches; `next` leaves the pair in `key` and `value`. Sees every write to what is still ahead. */
export class KvScan {
  #scan;
  #batch = p.list();
  #at = 0;
  #asOf = changes;
  #most = MAX_BATCH;
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
    if ((this.#at >= this.#batch.length || this.#asOf !== changes) && !this.#fetch()) {
      this.#ended = true;
      return false;
    }
    this.key = this.#batch[this.#at];
    this.value = revive(this.#batch[this.#at + 1]);
    this.#at += 2;
    this.#continueAfter(this.key);
    return true;
  }

  /** Reads pairs from where the scan is. After a write it reads few, as the next write may be near. */
  #fetch() {
    const scan = this.#scan;
    if (scan.limit !== undefined && scan.limit <= 0) {
      return false;
    }
    this.#most = this.#asOf === changes ? p.MathMin(2 * this.#most, MAX_BATCH) : 2;
    this.#asOf = changes;
    const limit = scan.limit === undefined ? this.#most : p.MathMin(this.#most, scan.limit);
    this.#batch = host.kvList(scan.start, scan.startAfter, scan.end, scan.prefix, scan.reverse, limit);
    this.#at = 0;
    return this.#batch.length > 0;
  }

  #continueAfter(key) {
    const scan = this.#scan;
    if (scan.reverse) {
      scan.end = key;
    } else {
      scan.start = undefined;
      scan.startAfter = key;
    }
    if (scan.limit !== undefined) {
      scan.limit--;
    }
  }
}
