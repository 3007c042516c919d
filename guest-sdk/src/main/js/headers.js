/** The Headers class: web semantics in JavaScript over the engine's native header table. */

import * as p from "lapidary:primordials";
import { brandClass } from "lapidary:brand";

const Native = globalThis.Headers;
const nativeGet = p.uncurry(Native.prototype.get);
const nativeHas = p.uncurry(Native.prototype.has);
const nativeSet = p.uncurry(Native.prototype.set);
const nativeAppend = p.uncurry(Native.prototype.append);
const nativeDelete = p.uncurry(Native.prototype.delete);
const nativeForEach = p.uncurry(Native.prototype.forEach);
const nativeGetSetCookie = p.uncurry(Native.prototype.getSetCookie);
const FLAT = { __proto__: null };

let flatten;
let internalHeaders;

class Headers {
  /** The native table; undefined while `#flat` alone says what there is. */
  #table;
  /** A trusted flat list with lower-case names, not changed since. */
  #flat;
  #immutable = false;

  constructor(init = undefined) {
    if (init === FLAT) {
      return;
    }
    this.#table = new Native();
    if (init !== undefined) {
      fill(this, init);
    }
  }

  get(name) {
    required(arguments.length, 1, "get");
    const found = this.#lookUp(name);
    return found === undefined ? nativeCall(nativeGet, this.#native(), name) : found;
  }

  getAll(name) {
    required(arguments.length, 1, "getAll");
    if (p.StringToLowerCase(p.toText(name)) !== "set-cookie") {
      throw new p.TypeErrorOf('getAll() can only be used with the header name "Set-Cookie".');
    }
    return nativeGetSetCookie(this.#native());
  }

  getSetCookie() {
    return nativeGetSetCookie(this.#native());
  }

  has(name) {
    required(arguments.length, 1, "has");
    return this.#lookUp(name) !== undefined || nativeCall(nativeHas, this.#native(), name);
  }

  set(name, value) {
    required(arguments.length, 2, "set");
    this.#mutable();
    nativeCall(nativeSet, this.#native(), name, value);
  }

  append(name, value) {
    required(arguments.length, 2, "append");
    this.#mutable();
    nativeCall(nativeAppend, this.#native(), name, value);
  }

  delete(name) {
    required(arguments.length, 1, "delete");
    this.#mutable();
    nativeCall(nativeDelete, this.#native(), name);
  }

  forEach(callback, thisArg = undefined) {
    if (typeof callback !== "function") {
      throw new p.TypeErrorOf("Failed to execute 'forEach' on 'Headers': parameter 1 is not of type 'function'.");
    }
    const flat = flatten(this);
    for (let i = 0; i < flat.length; i += 2) {
      p.ReflectApply(callback, thisArg, [flat[i + 1], flat[i], this]);
    }
  }

  entries() {
    return new PairIterator(snapshot(flatten(this)), 2, "Headers Iterator");
  }

  keys() {
    return new PairIterator(snapshot(flatten(this)), 0, "Headers Iterator");
  }

  values() {
    return new PairIterator(snapshot(flatten(this)), 1, "Headers Iterator");
  }

  #mutable() {
    if (this.#immutable) {
      throw new p.TypeErrorOf("Can't modify immutable headers.");
    }
  }

  #native() {
    if (this.#table === undefined) {
      this.#table = new Native();
      const flat = this.#flat;
      for (let i = 0; i < flat.length; i += 2) {
        nativeAppend(this.#table, flat[i], flat[i + 1]);
      }
      this.#flat = undefined;
    }
    return this.#table;
  }

  /** The value in the flat list if it is there exactly once, under its lower-case name; else undefined. */
  #lookUp(name) {
    const flat = this.#flat;
    if (flat === undefined || typeof name !== "string") {
      return undefined;
    }
    const wanted = p.StringToLowerCase(name);
    let found;
    for (let i = 0; i < flat.length; i += 2) {
      if (flat[i] === wanted) {
        if (found !== undefined) {
          return undefined;
        }
        found = flat[i + 1];
      }
    }
    return found;
  }

  static {
    flatten = (headers) => {
      const flat = p.list();
      let at = 0;
      nativeForEach(headers.#native(), (value, name) => {
        flat[at++] = name;
        flat[at++] = value;
      });
      return flat;
    };
    internalHeaders = (flat, immutable) => {
      const headers = new Headers(FLAT);
      headers.#flat = flat;
      headers.#immutable = immutable;
      return headers;
    };
  }
}

function snapshot(list) {
  return () => list;
}

/** Iterates a flat list `[a, b, …]`, as `list` has it at each step: both of each pair (2), the first (0) or the second (1). */
export class PairIterator {
  #list;
  #which;
  #tag;
  #at = 0;

  constructor(list, which, tag) {
    this.#list = list;
    this.#which = which;
    this.#tag = tag;
  }

  get [p.SymbolToStringTag]() {
    return this.#tag;
  }

  next() {
    const at = this.#at;
    const flat = this.#list();
    if (at >= flat.length) {
      return { done: true, value: undefined };
    }
    this.#at = at + 2;
    return {
      done: false,
      value: this.#which === 2 ? [flat[at], flat[at + 1]] : flat[at + this.#which],
    };
  }
}
p.ObjectSetPrototypeOf(PairIterator.prototype, p.IteratorPrototype);
delete PairIterator.prototype.constructor;

function fill(headers, init) {
  if (init === null || typeof init !== "object") {
    throw new p.TypeErrorOf(
      "Failed to construct 'Headers': constructor parameter 1 is not of type 'Headers or Sequence or object'.");
  }
  if (isHeaders(init)) {
    const flat = flatten(init);
    for (let i = 0; i < flat.length; i += 2) {
      appendTo(headers, flat[i], flat[i + 1]);
    }
    return;
  }
  if (init[p.SymbolIterator] !== undefined) {
    for (const pair of init) {
      let name;
      let value;
      let length = 0;
      for (const part of pair) {
        name = length === 0 ? part : name;
        value = length === 1 ? part : value;
        length++;
      }
      if (length !== 2) {
        throw new p.TypeErrorOf(
          "To initialize a Headers object from a sequence, each inner sequence must have exactly two elements.");
      }
      appendTo(headers, name, value);
    }
    return;
  }
  const keys = p.ReflectOwnKeys(init);
  for (let i = 0; i < keys.length; i++) {
    const own = p.ObjectGetOwnPropertyDescriptor(init, keys[i]);
    if (own !== undefined && own.enumerable) {
      appendTo(headers, keys[i], init[keys[i]]);
    }
  }
}

/** Calls the native method, which checks names and values; its complaints are worded as on Workers. */
function nativeCall(method, table, name, value) {
  const key = p.toText(name);
  const text = value === undefined && method !== nativeSet && method !== nativeAppend ? undefined : p.toText(value);
  try {
    return method(table, key, text);
  } catch (error) {
    throw new p.TypeErrorOf(error.message === "Invalid header value" ? "Invalid header value." : "Invalid header name.");
  }
}

function required(given, wanted, method) {
  if (given < wanted) {
    throw new p.TypeErrorOf("Failed to execute '" + method + "' on 'Headers': parameter " + (given + 1) + " is not of type 'string'.");
  }
}

const appendTo = p.uncurry(Headers.prototype.append);

/** True for instances of the platform's Headers, whatever their prototype says now. */
export function isHeaders(value) {
  try {
    flatten(value);
    return true;
  } catch {
    return false;
  }
}

/** Headers from a trusted flat list; immutable ones refuse change, as those of a received request do. */
export function headersOf(flat, immutable) {
  return internalHeaders(flat, immutable);
}

/** The flat list `[name, value, …]`, lower-case, sorted, Set-Cookie once for each. */
export function flatHeaders(headers) {
  return flatten(headers);
}

p.ObjectDefineProperty(Headers.prototype, p.SymbolIterator, {
  __proto__: null, value: Headers.prototype.entries, writable: true, configurable: true,
});
p.enumerable(Headers, ["get", "getAll", "getSetCookie", "has", "set", "append", "delete", "forEach", "entries", "keys", "values"]);
p.tag(Headers, "Headers");
brandClass(Headers, "Headers");

export { Headers };
