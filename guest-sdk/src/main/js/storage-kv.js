/** `ctx.storage.kv`: synchronous key-value storage. */

import * as p from "lapidary:primordials";
import { brandClass } from "lapidary:brand";
import { deleteValue, getValue, KvScan, listOptions, putValue } from "lapidary:kv-values";

const KEY = { __proto__: null };
const INVALIDATED = "kv.list() iterator was invalidated because a new call to kv.list() was started. "
  + "Only one kv.list() iterator can exist at a time.";
/** The iterator that may still be used. */
let live;

class ListIterator {
  #scan;
  #done = false;

  constructor(key, scan) {
    if (key !== KEY) {
      throw new p.TypeErrorOf("Illegal constructor");
    }
    this.#scan = scan;
  }

  next() {
    if (this.#done) {
      return { done: true, value: undefined };
    }
    if (live !== this) {
      throw new p.ErrorOf(INVALIDATED);
    }
    if (!this.#scan.next()) {
      this.#done = true;
      return { done: true, value: undefined };
    }
    return { done: false, value: [this.#scan.key, this.#scan.value] };
  }
}

class SyncKvStorage {
  constructor(key) {
    if (key !== KEY) {
      throw new p.TypeErrorOf("Illegal constructor");
    }
  }

  get(key) {
    required(arguments.length, 1, "get");
    return getValue(p.toText(key));
  }

  put(key, value) {
    required(arguments.length, 2, "put");
    putValue(p.toText(key), value);
  }

  delete(key) {
    required(arguments.length, 1, "delete");
    return deleteValue(p.toText(key));
  }

  list(options = undefined) {
    live = new ListIterator(KEY, new KvScan(listOptions(options, "SyncKvStorage")));
    return live;
  }
}

function required(given, wanted, method) {
  if (given < wanted) {
    throw new p.TypeErrorOf(
      "Failed to execute '" + method + "' on 'SyncKvStorage': parameter " + (given + 1) + " is not of type '" + (given === 1 ? "Value" : "string") + "'.");
  }
}

/** Ends the iterator in use, as any other list() does. */
export function endIterator() {
  live = undefined;
}

/** The one SyncKvStorage of this facet. */
export function createKvStorage() {
  return new SyncKvStorage(KEY);
}

p.ObjectSetPrototypeOf(ListIterator.prototype, p.IteratorPrototype);
p.tag(ListIterator, "ListIterator");
p.tag(SyncKvStorage, "SyncKvStorage");
brandClass(ListIterator, "ListIterator");
brandClass(SyncKvStorage, "SyncKvStorage");
