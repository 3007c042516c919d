/** `ctx.storage.sql`: SqlStorage and its cursor, over the host's cursor ids. */

import * as p from "lapidary:primordials";
import { brandClass } from "lapidary:brand";
import { host } from "lapidary:host";

const KEY = { __proto__: null };
let startCursor;
let nextRaw;
let allRaw;

class Cursor {
  #id;

  constructor(key, id) {
    if (key !== KEY) {
      throw new p.TypeErrorOf("Illegal constructor");
    }
    this.#id = id;
  }

  next() {
    const row = host.sqlNext(this.#id, false);
    return row === undefined ? { done: true, value: undefined } : { done: false, value: row };
  }

  toArray() {
    return host.sqlAll(this.#id, false);
  }

  one() {
    const row = host.sqlNext(this.#id, false);
    if (row === undefined) {
      throw new p.ErrorOf("Expected exactly one result from SQL query, but got no results.");
    }
    if (host.sqlNext(this.#id, true) !== undefined) {
      throw new p.ErrorOf("Expected exactly one result from SQL query, but got multiple results.");
    }
    return row;
  }

  raw() {
    return new RawIterator(KEY, this);
  }

  get columnNames() {
    return host.sqlColumns(this.#id);
  }

  get rowsRead() {
    return host.sqlRowsRead(this.#id);
  }

  get rowsWritten() {
    return host.sqlRowsWritten(this.#id);
  }

  static {
    startCursor = (query, bindings) => new Cursor(KEY, host.sqlExec(query, bindings));
    nextRaw = (cursor) => host.sqlNext(cursor.#id, true);
    allRaw = (cursor) => host.sqlAll(cursor.#id, true);
  }
}

const cursorNext = p.uncurry(Cursor.prototype.next);

/** What `for … of cursor` uses: it takes rows from the cursor itself. */
class RowIterator {
  #cursor;

  constructor(cursor) {
    this.#cursor = cursor;
  }

  next() {
    return cursorNext(this.#cursor);
  }
}

/** The rows as arrays; shares its position with the cursor. */
class RawIterator {
  #cursor;

  constructor(key, cursor) {
    if (key !== KEY) {
      throw new p.TypeErrorOf("Illegal constructor");
    }
    this.#cursor = cursor;
  }

  next() {
    const row = nextRaw(this.#cursor);
    return row === undefined ? { done: true, value: undefined } : { done: false, value: row };
  }

  toArray() {
    return allRaw(this.#cursor);
  }
}

class Statement {
  constructor() {
    throw new p.TypeErrorOf("Illegal constructor");
  }
}

class SqlStorage {
  constructor(key) {
    if (key !== KEY) {
      throw new p.TypeErrorOf("Illegal constructor");
    }
  }

  exec(query, ...bindings) {
    if (arguments.length === 0) {
      throw new p.TypeErrorOf("Failed to execute 'exec' on 'SqlStorage': parameter 1 is not of type 'String'.");
    }
    for (let i = 0; i < bindings.length; i++) {
      const value = bindings[i];
      const type = typeof value;
      if (type !== "string" && type !== "number") {
        bindings[i] = binding(value);
      }
    }
    return startCursor(typeof query === "string" ? query : p.toText(query), bindings);
  }

  get databaseSize() {
    return host.databaseSize();
  }
}

/** What SQLite gets for a JavaScript value: null, text, a number or an ArrayBuffer. Booleans and objects become text. */
function binding(value) {
  switch (typeof value) {
    case "undefined":
      return null;
    case "bigint":
      throw new p.TypeErrorOf("Cannot convert a BigInt value to a number");
    case "symbol":
      throw new p.TypeErrorOf("Cannot convert a Symbol value to a string");
    case "object": {
      if (value === null) {
        return null;
      }
      if (p.ArrayBufferIsView(value)) {
        return p.copyViewBytes(value);
      }
      if (p.arrayBufferLength(value) >= 0) {
        return value;
      }
      const shared = p.sharedBufferLength(value);
      return shared >= 0 ? p.bytesOf(value, 0, shared) : p.toText(value);
    }
    default:
      return p.toText(value);
  }
}

/** The one SqlStorage of this facet. */
export function createSqlStorage() {
  return new SqlStorage(KEY);
}

p.ObjectDefineProperty(Cursor.prototype, p.SymbolIterator, {
  __proto__: null,
  configurable: true,
  writable: true,
  value: function iterate() {
    return new RowIterator(this);
  },
});
p.ObjectSetPrototypeOf(RowIterator.prototype, p.IteratorPrototype);
p.ObjectSetPrototypeOf(RawIterator.prototype, p.IteratorPrototype);
p.ObjectDefineProperty(SqlStorage.prototype, "Cursor", { __proto__: null, value: Cursor });
p.ObjectDefineProperty(SqlStorage.prototype, "Statement", { __proto__: null, value: Statement });
p.tag(Cursor, "Cursor");
p.tag(RawIterator, "RawIterator");
p.tag(SqlStorage, "SqlStorage");
brandClass(Cursor, "Cursor");
brandClass(RawIterator, "RawIterator");
brandClass(SqlStorage, "SqlStorage");
