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
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const BAD_VALUE = /[\0\r\n]/;

let flatten;
let internalHeaders;

class Headers {
  #table;
  #immutable = false;

  constructor(init = undefined) {
    this.#table = new Native();
    if (init !== undefined) {
      fill(this, init);
    }
  }

  get(name) {
    required(arguments.length, 1, "get");
    return nativeGet(this.#table, headerName(name));
  }

  getAll(name) {
    required(arguments.length, 1, "getAll");
    if (p.StringToLowerCase(p.toText(name)) !== "set-cookie") {
      throw new p.TypeErrorOf('getAll() can only be used with the header name "Set-Cookie".');
    }
    return nativeGetSetCookie(this.#table);
  }

  getSetCookie() {
    return nativeGetSetCookie(this.#table);
  }

  has(name) {
    required(arguments.length, 1, "has");
    return nativeHas(this.#table, headerName(name));
  }

  set(name, value) {
    required(arguments.length, 2, "set");
    this.#mutable();
    nativeSet(this.#table, headerName(name), headerValue(value));
  }

  append(name, value) {
    required(arguments.length, 2, "append");
    this.#mutable();
    nativeAppend(this.#table, headerName(name), headerValue(value));
  }

  delete(name) {
    required(arguments.length, 1, "delete");
    this.#mutable();
    nativeDelete(this.#table, headerName(name));
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
    return new PairIterator(flatten(this), 2);
  }

  keys() {
    return new PairIterator(flatten(this), 0);
  }

  values() {
    return new PairIterator(flatten(this), 1);
  }

  #mutable() {
    if (this.#immutable) {
      throw new p.TypeErrorOf("Can't modify immutable headers.");
    }
  }

  static {
    flatten = (headers) => {
      const flat = p.list();
      let at = 0;
      nativeForEach(headers.#table, (value, name) => {
        flat[at++] = name;
        flat[at++] = value;
      });
      return flat;
    };
    internalHeaders = (flat, immutable) => {
      const headers = new Headers();
      for (let i = 0; i < flat.length; i += 2) {
        nativeAppend(headers.#table, flat[i], flat[i + 1]);
      }
      headers.#immutable = immutable;
      return headers;
    };
  }
}

/** Iterates a flat list `[a, b, …]`: both of each pair (2), the first (0) or the second (1). */
export class PairIterator {
  #flat;
  #which;
  #at = 0;

  constructor(flat, which) {
    this.#flat = flat;
    this.#which = which;
  }

  next() {
    const at = this.#at;
    if (at >= this.#flat.length) {
      return { done: true, value: undefined };
    }
    this.#at = at + 2;
    return {
      done: false,
      value: this.#which === 2 ? [this.#flat[at], this.#flat[at + 1]] : this.#flat[at + this.#which],
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

function headerName(value) {
  const name = p.toText(value);
  if (p.RegExpExec(NAME, name) === null) {
    throw new p.TypeErrorOf("Invalid header name.");
  }
  return name;
}

function headerValue(value) {
  const text = p.toText(value);
  if (p.RegExpExec(BAD_VALUE, text) !== null) {
    throw new p.TypeErrorOf("Invalid header value.");
  }
  return text;
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
