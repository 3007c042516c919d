/** URL stays the engine's native class, completed; URLSearchParams is written here, for the native one is incomplete. */

import * as p from "lapidary:primordials";
import { brandClass } from "lapidary:brand";
import { PairIterator } from "lapidary:headers";

const NativeURL = globalThis.URL;
const urlHref = p.getter(NativeURL.prototype, "href");
const urlSearch = p.getter(NativeURL.prototype, "search");
const setUrlSearch = p.uncurry(p.ObjectGetOwnPropertyDescriptor(NativeURL.prototype, "search").set);
const encode = encodeURIComponent;
const decode = decodeURIComponent;
const toWellFormed = p.uncurry(String.prototype.toWellFormed);
const paramsOfUrl = new WeakMap();
const weakGet = p.uncurry(WeakMap.prototype.get);
const weakSet = p.uncurry(WeakMap.prototype.set);
const nativeDecode = p.uncurry(TextDecoder.prototype.decode);
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

let flat;
let attach;

function need(given, wanted, method) {
  if (given < wanted) {
    throw new p.TypeErrorOf("Failed to execute '" + method + "' on 'URLSearchParams': parameter " + (given + 1) + " is not of type 'string'.");
  }
}

export class URLSearchParams {
  /** `[name, value, …]` without a prototype. */
  #list = p.list();
  #url;
  #seen = "";

  constructor(init = undefined) {
    if (init === undefined || init === null) {
      if (init === null) {
        parse("null", this.#list);
      }
      return;
    }
    if (typeof init !== "object" && typeof init !== "function") {
      const text = p.toText(init);
      parse(p.StringCharCodeAt(text, 0) === 63 ? p.StringSlice(text, 1) : text, this.#list);
    } else if (init[p.SymbolIterator] !== undefined) {
      for (const pair of init) {
        if ((typeof pair !== "object" && typeof pair !== "function") || pair === null) {
          throw new p.TypeErrorOf("Failed to construct 'URLSearchParams': the sequence holds something that is no pair.");
        }
        const parts = p.list();
        for (const part of pair) {
          parts[parts.length] = part;
        }
        if (parts.length !== 2) {
          throw new p.TypeErrorOf("To initialize a URLSearchParams object from a sequence, each inner sequence must have exactly two elements.");
        }
        this.#push(parts[0], parts[1]);
      }
    } else {
      const keys = p.ReflectOwnKeys(init);
      for (let i = 0; i < keys.length; i++) {
        if (p.ObjectGetOwnPropertyDescriptor(init, keys[i])?.enumerable) {
          this.#push(keys[i], init[keys[i]]);
        }
      }
    }
  }

  get size() {
    return this.#read().length / 2;
  }

  append(name, value) {
    need(arguments.length, 2, "append");
    this.#read();
    this.#push(name, value);
    this.#write();
  }

  delete(name, value = undefined) {
    need(arguments.length, 1, "delete");
    this.#filter(p.toText(name), value === undefined ? undefined : p.toText(value));
    this.#write();
  }

  get(name) {
    need(arguments.length, 1, "get");
    const entries = this.#read();
    const key = p.toText(name);
    for (let i = 0; i < entries.length; i += 2) {
      if (entries[i] === key) {
        return entries[i + 1];
      }
    }
    return null;
  }

  getAll(name) {
    need(arguments.length, 1, "getAll");
    const entries = this.#read();
    const key = p.toText(name);
    const values = [];
    for (let i = 0; i < entries.length; i += 2) {
      if (entries[i] === key) {
        p.ObjectDefineProperty(values, values.length, {
          __proto__: null, value: entries[i + 1], writable: true, enumerable: true, configurable: true,
        });
      }
    }
    return values;
  }

  has(name, value = undefined) {
    need(arguments.length, 1, "has");
    const entries = this.#read();
    const key = p.toText(name);
    for (let i = 0; i < entries.length; i += 2) {
      if (entries[i] === key && (value === undefined || entries[i + 1] === p.toText(value))) {
        return true;
      }
    }
    return false;
  }

  set(name, value) {
    need(arguments.length, 2, "set");
    const entries = this.#read();
    const key = p.toText(name);
    let at = 0;
    while (at < entries.length && entries[at] !== key) {
      at += 2;
    }
    if (at === entries.length) {
      this.#push(key, value);
    } else {
      entries[at + 1] = toWellFormed(p.toText(value));
      this.#filter(key, undefined, at);
    }
    this.#write();
  }

  sort() {
    const entries = this.#read();
    // Insertion sort: stable, and these lists are short.
    for (let i = 2; i < entries.length; i += 2) {
      const name = entries[i];
      const value = entries[i + 1];
      let j = i - 2;
      for (; j >= 0 && entries[j] > name; j -= 2) {
        entries[j + 2] = entries[j];
        entries[j + 3] = entries[j + 1];
      }
      entries[j + 2] = name;
      entries[j + 3] = value;
    }
    this.#write();
  }

  forEach(callback, thisArg = undefined) {
    if (typeof callback !== "function") {
      throw new p.TypeErrorOf("Failed to execute 'forEach' on 'URLSearchParams': parameter 1 is not of type 'function'.");
    }
    const entries = this.#read();
    for (let i = 0; i < entries.length; i += 2) {
      p.ReflectApply(callback, thisArg, [entries[i + 1], entries[i], this]);
    }
  }

  entries() {
    return new PairIterator(() => this.#read(), 2, "URLSearchParams Iterator");
  }

  keys() {
    return new PairIterator(() => this.#read(), 0, "URLSearchParams Iterator");
  }

  values() {
    return new PairIterator(() => this.#read(), 1, "URLSearchParams Iterator");
  }

  toString() {
    return serialize(this.#read());
  }

  #push(name, value) {
    const entries = this.#list;
    entries[entries.length] = toWellFormed(p.toText(name));
    entries[entries.length] = toWellFormed(p.toText(value));
  }

  #filter(name, value, keep = -1) {
    const entries = this.#read();
    const rest = p.list();
    for (let i = 0; i < entries.length; i += 2) {
      if (i === keep || entries[i] !== name || (value !== undefined && entries[i + 1] !== value)) {
        rest[rest.length] = entries[i];
        rest[rest.length] = entries[i + 1];
      }
    }
    this.#list = rest;
  }

  /** The list, first brought up to date with the URL it belongs to. */
  #read() {
    if (this.#url !== undefined) {
      const search = urlSearch(this.#url);
      if (search !== this.#seen) {
        this.#seen = search;
        this.#list = p.list();
        parse(p.StringSlice(search, 1), this.#list);
      }
    }
    return this.#list;
  }

  #write() {
    if (this.#url !== undefined) {
      setUrlSearch(this.#url, serialize(this.#list));
      this.#seen = urlSearch(this.#url);
    }
  }

  static {
    flat = (params) => (#seen in params ? params.#read() : undefined);
    attach = (url) => {
      const params = new URLSearchParams();
      params.#url = url;
      return params;
    };
  }
}

function parse(text, into) {
  let start = 0;
  while (start <= text.length) {
    let end = p.StringIndexOf(text, "&", start);
    end = end < 0 ? text.length : end;
    if (end > start) {
      const part = p.StringSlice(text, start, end);
      const equals = p.StringIndexOf(part, "=");
      into[into.length] = percentDecode(equals < 0 ? part : p.StringSlice(part, 0, equals));
      into[into.length] = equals < 0 ? "" : percentDecode(p.StringSlice(part, equals + 1));
    }
    start = end + 1;
  }
}

function percentDecode(text) {
  let plain = "";
  let start = 0;
  for (let plus = p.StringIndexOf(text, "+"); plus >= 0; plus = p.StringIndexOf(text, "+", start)) {
    plain += p.StringSlice(text, start, plus) + " ";
    start = plus + 1;
  }
  plain += p.StringSlice(text, start);
  if (p.StringIndexOf(plain, "%") < 0) {
    return toWellFormed(plain);
  }
  try {
    return decode(plain);
  } catch {
    return lenientDecode(plain);
  }
}

/** Percent-decoding that keeps what is no escape and replaces what is no UTF-8, as the URL standard asks. */
function lenientDecode(text) {
  const escaped = encode(toWellFormed(text));
  const bytes = new p.Uint8(escaped.length);
  let length = 0;
  const first = p.list();
  for (let i = 0; i < escaped.length; i++) {
    if (p.StringCharCodeAt(escaped, i) === 37) {
      first[first.length] = hexPair(escaped, i + 1);
      i += 2;
    } else {
      first[first.length] = p.StringCharCodeAt(escaped, i);
    }
  }
  for (let i = 0; i < first.length; i++) {
    const high = first[i] === 37 && i + 2 < first.length ? hexDigit(first[i + 1]) : -1;
    const low = high >= 0 ? hexDigit(first[i + 2]) : -1;
    if (low >= 0) {
      bytes[length++] = high * 16 + low;
      i += 2;
    } else {
      bytes[length++] = first[i];
    }
  }
  return nativeDecode(decoder, p.TypedArraySubarray(bytes, 0, length));
}

function hexPair(text, at) {
  return hexDigit(p.StringCharCodeAt(text, at)) * 16 + hexDigit(p.StringCharCodeAt(text, at + 1));
}

function hexDigit(code) {
  if (code >= 48 && code <= 57) {
    return code - 48;
  }
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

const ESCAPES = { __proto__: null, "%20": "+", "!": "%21", "'": "%27", "(": "%28", ")": "%29", "~": "%7E" };

function formEncode(text) {
  const encoded = encode(text);
  let result = "";
  for (let i = 0; i < encoded.length; i++) {
    const three = encoded[i] === "%" ? p.StringSlice(encoded, i, i + 3) : encoded[i];
    result += ESCAPES[three] ?? three;
    i += three.length - 1;
  }
  return result;
}

function serialize(entries) {
  let text = "";
  for (let i = 0; i < entries.length; i += 2) {
    text += (i === 0 ? "" : "&") + formEncode(entries[i]) + "=" + formEncode(entries[i + 1]);
  }
  return text;
}

/** True for instances of URLSearchParams. */
export function isSearchParams(value) {
  return typeof value === "object" && value !== null && flat(value) !== undefined;
}

/** The encoded text of a URLSearchParams. */
export function searchParamsText(params) {
  return serialize(flat(params));
}

/** The absolute, normalised form of a URL text. Throws a TypeError that starts with `complaint`. */
export function parseUrl(text, complaint) {
  let url;
  try {
    url = new NativeURL(text);
  } catch {
    throw new p.TypeErrorOf(complaint + text);
  }
  return urlHref(url);
}

/** The absolute, normalised form of a reference in a resource; undefined if it is none. */
export function resolveUrl(reference, base) {
  try {
    return urlHref(new NativeURL(reference, base));
  } catch {
    return undefined;
  }
}

/** Completes the native URL class and installs both globals. */
export function installUrl(define) {
  p.ObjectDefineProperty(NativeURL.prototype, "searchParams", {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get() {
      urlHref(this);
      let params = weakGet(paramsOfUrl, this);
      if (params === undefined) {
        params = attach(this);
        weakSet(paramsOfUrl, this, params);
      }
      return params;
    },
  });
  p.ObjectDefineProperty(NativeURL, "parse", {
    __proto__: null,
    configurable: true,
    writable: true,
    value: function parse(url, base = undefined) {
      try {
        return base === undefined ? new NativeURL(url) : new NativeURL(url, base);
      } catch {
        return null;
      }
    },
  });
  p.tag(NativeURL, "URL");
  brandClass(NativeURL, "URL");
  define("URL", NativeURL);
  define("URLSearchParams", URLSearchParams);
}

p.ObjectDefineProperty(URLSearchParams.prototype, p.SymbolIterator, {
  __proto__: null, value: URLSearchParams.prototype.entries, writable: true, configurable: true,
});
p.enumerable(URLSearchParams, ["size", "append", "delete", "get", "getAll", "has", "set", "sort", "forEach", "entries", "keys", "values", "toString"]);
p.tag(URLSearchParams, "URLSearchParams");
brandClass(URLSearchParams, "URLSearchParams");
