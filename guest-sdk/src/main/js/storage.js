/** `ctx.storage`: asynchronous key-value storage, which answers within the turn, and transactions on savepoints. */

import * as p from "lapidary:primordials";
import { deleteAlarm, getAlarm, milliseconds, setAlarm } from "lapidary:alarm";
import { brandClass } from "lapidary:brand";
import { close, open } from "lapidary:gate";
import { host } from "lapidary:host";
import { deleteValue, encoded, getValue, KvScan, listOptions, pairsChanged, putEncoded, putValue } from "lapidary:kv-values";
import { createKvStorage, endIterator } from "lapidary:storage-kv";
import { createSqlStorage } from "lapidary:storage-sql";
import { cancel, later } from "lapidary:timers";

const KEY = { __proto__: null };
const BEGIN = 0;
const RELEASE = 1;
const ROLLBACK = 2;
/** How long transaction() may keep other events out. */
const TIMEOUT_MS = 30_000;
const TIMEOUT_TEXT = "Durable Object storage operation exceeded timeout which caused object to be reset.";
const sort = p.uncurry(p.ArrayPrototype.sort);

/** The innermost open transaction() of this facet. */
let current;
/** The transaction whose callback has returned in this very job: one begun now stands beside it, not in it. */
let beside;
const resolved = p.PromiseOf.resolve();
let beginTransaction;
let ended;
let endTransaction;

function timeout() {
  host.abort("Error", TIMEOUT_TEXT, "");
}

function getMany(keys) {
  if (!p.ArrayIsArray(keys)) {
    return getValue(p.toText(keys));
  }
  const wanted = p.list();
  for (let i = 0; i < keys.length; i++) {
    wanted[i] = p.toText(keys[i]);
  }
  sort(wanted, compareUtf8);
  const found = new p.MapOf();
  for (let i = 0; i < wanted.length; i++) {
    const value = getValue(wanted[i]);
    if (value !== undefined) {
      p.MapSet(found, wanted[i], value);
    }
  }
  return found;
}

/** Order by UTF-8 bytes, which is the order of code points. */
function compareUtf8(a, b) {
  const length = p.MathMin(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = p.StringCharCodeAt(a, i);
    const right = p.StringCharCodeAt(b, i);
    if (left !== right) {
      const leftPair = left >= 0xd800 && left <= 0xdfff;
      const rightPair = right >= 0xd800 && right <= 0xdfff;
      return leftPair === rightPair ? left - right : leftPair ? 1 : -1;
    }
  }
  return a.length - b.length;
}

/** All entries or none: nothing is stored before everything could be. */
function putEntries(entries) {
  const keys = p.ObjectKeys(entries);
  const pairs = p.list();
  for (let i = 0; i < keys.length; i++) {
    const entry = entries[keys[i]];
    if (entry !== undefined) {
      pairs[pairs.length] = keys[i];
      pairs[pairs.length] = encoded(entry);
    }
  }
  for (let i = 0; i < pairs.length; i += 2) {
    putEncoded(pairs[i], pairs[i + 1]);
  }
}

function checkOptions(options, method, owner, position, type) {
  if (options !== undefined && options !== null && typeof options !== "object" && typeof options !== "function") {
    throw wrongType(method, owner, type, position);
  }
}

function putMany(given, keyOrEntries, value, options, owner) {
  if (given === 0) {
    throw wrongType("put", owner, "string or object");
  }
  if (typeof keyOrEntries === "object" && keyOrEntries !== null && !p.ArrayIsArray(keyOrEntries)) {
    checkOptions(value, "put", owner, 2, "PutOptions");
    putEntries(keyOrEntries);
    return;
  }
  checkOptions(options, "put", owner, 3, "PutOptions");
  if (value === undefined) {
    throw new p.TypeErrorOf("put() called with undefined value.");
  }
  putValue(p.toText(keyOrEntries), value);
}

function deleteMany(keys) {
  if (!p.ArrayIsArray(keys)) {
    return deleteValue(p.toText(keys));
  }
  let count = 0;
  for (let i = 0; i < keys.length; i++) {
    count += deleteValue(p.toText(keys[i])) ? 1 : 0;
  }
  return count;
}

function listMap(options, owner) {
  const scan = new KvScan(listOptions(options, owner));
  endIterator();
  const found = new p.MapOf();
  while (scan.next()) {
    p.MapSet(found, scan.key, scan.value);
  }
  return found;
}

function wrongType(method, owner, type, position = 1) {
  return new p.TypeErrorOf("Failed to execute '" + method + "' on '" + owner + "': parameter " + position + " is not of type '" + type + "'.");
}

class DurableObjectStorage {
  #sql = createSqlStorage();
  #kv = createKvStorage();

  constructor(key) {
    if (key !== KEY) {
      throw new p.TypeErrorOf("Illegal constructor");
    }
  }

  get sql() {
    return this.#sql;
  }

  get kv() {
    return this.#kv;
  }

  async get(keys, options = undefined) {
    if (arguments.length === 0) {
      throw wrongType("get", "DurableObjectStorage", "string or Array");
    }
    checkOptions(options, "get", "DurableObjectStorage", 2, "GetOptions");
    return getMany(keys);
  }

  async put(keyOrEntries, value = undefined, options = undefined) {
    putMany(arguments.length, keyOrEntries, value, options, "DurableObjectStorage");
  }

  async delete(keys, options = undefined) {
    if (arguments.length === 0) {
      throw wrongType("delete", "DurableObjectStorage", "string or Array");
    }
    checkOptions(options, "delete", "DurableObjectStorage", 2, "PutOptions");
    return deleteMany(keys);
  }

  async list(options = undefined) {
    return listMap(options, "DurableObjectStorage");
  }

  async deleteAll(options = undefined) {
    checkOptions(options, "deleteAll", "DurableObjectStorage", 1, "PutOptions");
    if (current !== undefined) {
      throw new p.ErrorOf("Cannot call deleteAll() within a transaction");
    }
    host.kvDeleteAll();
    pairsChanged();
  }

  /** Resolves in a later turn, which begins once this one's writes are durable. */
  async sync() {
    await new p.PromiseOf((resolve) => later(resolve, 0));
  }

  transactionSync(callback) {
    if (typeof callback !== "function") {
      throw wrongType("transactionSync", "DurableObjectStorage", "function");
    }
    host.savepoint(BEGIN);
    let result;
    try {
      result = callback();
    } catch (error) {
      host.savepoint(ROLLBACK);
      pairsChanged();
      throw error;
    }
    host.savepoint(RELEASE);
    return result;
  }

  async transaction(callback) {
    if (typeof callback !== "function") {
      throw wrongType("transaction", "DurableObjectStorage", "function");
    }
    while (beside !== undefined) {
      await ended(beside);
    }
    close();
    const timer = later(timeout, TIMEOUT_MS);
    const transaction = beginTransaction();
    // Its own continuations run after this job, so what is called before then and after the callback is not inside it.
    p.PromiseThen(resolved, () => {
      beside = undefined;
    });
    beside = undefined;
    try {
      const pending = callback(transaction);
      beside = transaction;
      const result = await pending;
      await endTransaction(transaction, RELEASE);
      return result;
    } catch (error) {
      await endTransaction(transaction, ROLLBACK);
      throw error;
    } finally {
      cancel(timer);
      open();
    }
  }

  async getAlarm(options = undefined) {
    return getAlarm(options, "DurableObjectStorage");
  }

  async setAlarm(time = undefined, options = undefined) {
    setAlarm(time, options, "DurableObjectStorage");
  }

  async deleteAlarm(options = undefined) {
    deleteAlarm(options, "DurableObjectStorage");
  }

  async getCurrentBookmark() {
    return host.currentBookmark();
  }

  async getBookmarkForTime(timestamp) {
    return host.bookmarkForTime(p.MathTrunc(milliseconds(timestamp, "getBookmarkForTime", "DurableObjectStorage")));
  }

  async onNextSessionRestoreBookmark(bookmark) {
    if (arguments.length === 0) {
      throw wrongType("onNextSessionRestoreBookmark", "DurableObjectStorage", "string");
    }
    return host.restoreNextSession(p.toText(bookmark));
  }
}

class DurableObjectTransaction {
  #parent;
  #state = "open";
  #ended;
  #end;

  constructor(key) {
    if (key !== KEY) {
      throw new p.TypeErrorOf("Illegal constructor");
    }
  }

  async get(keys, options = undefined) {
    this.#check("get");
    return getMany(keys);
  }

  async put(keyOrEntries, value = undefined, options = undefined) {
    this.#check("put");
    putMany(arguments.length, keyOrEntries, value, options, "DurableObjectTransaction");
  }

  async delete(keys, options = undefined) {
    this.#check("delete");
    return deleteMany(keys);
  }

  async list(options = undefined) {
    this.#check("list");
    return listMap(options, "DurableObjectTransaction");
  }

  async deleteAll() {
    throw new p.ErrorOf("Cannot call deleteAll() within a transaction");
  }

  rollback() {
    if (this.#state === "rolled back") {
      return;
    }
    this.#check("rollback");
    if (current !== this) {
      throw new p.ErrorOf("Cannot roll back an outer transaction while a nested transaction is still running.");
    }
    host.savepoint(ROLLBACK);
    pairsChanged();
    this.#state = "rolled back";
    current = this.#parent;
    this.#end();
  }

  async getAlarm(options = undefined) {
    this.#check("getAlarm");
    return getAlarm(options, "DurableObjectTransaction");
  }

  async setAlarm(time = undefined, options = undefined) {
    this.#check("setAlarm");
    setAlarm(time, options, "DurableObjectTransaction");
  }

  async deleteAlarm(options = undefined) {
    this.#check("deleteAlarm");
    deleteAlarm(options, "DurableObjectTransaction");
  }

  #check(method) {
    if (this.#state === "rolled back") {
      throw new p.ErrorOf("Cannot " + method + "() on rolled back transaction");
    }
    if (this.#state === "closed") {
      throw new p.ErrorOf("Cannot call " + method + "() on transaction that has already committed: "
        + "did you move `txn` outside of the closure?");
    }
  }

  static {
    beginTransaction = () => {
      const transaction = new DurableObjectTransaction(KEY);
      transaction.#ended = new p.PromiseOf((resolve) => {
        transaction.#end = resolve;
      });
      transaction.#parent = current;
      host.savepoint(BEGIN);
      current = transaction;
      return transaction;
    };
    ended = (transaction) => transaction.#ended;
    // Savepoints form a stack: an outer transaction ends only after those that began inside it.
    endTransaction = async (transaction, how) => {
      while (transaction.#state === "open" && current !== transaction) {
        await current.#ended;
      }
      if (transaction.#state === "open") {
        host.savepoint(how);
        pairsChanged();
        current = transaction.#parent;
        transaction.#end();
      }
      transaction.#state = how === ROLLBACK ? "rolled back" : "closed";
    };
  }
}

/** The one DurableObjectStorage of this facet. */
export function createStorage() {
  return new DurableObjectStorage(KEY);
}

p.tag(DurableObjectStorage, "DurableObjectStorage");
p.tag(DurableObjectTransaction, "DurableObjectTransaction");
brandClass(DurableObjectStorage, "DurableObjectStorage");
brandClass(DurableObjectTransaction, "DurableObjectTransaction");
