/**
 * The Cache API, over a cache of this instance's own: in guest memory, bounded, and empty again when the instance ends.
 * A cache promises no more than that what it answers was put there.
 */

import { brandClass } from "lapidary:brand";
import { enumerable, tag } from "lapidary:primordials";

const KEY = {};
const MOST_BYTES = 4 * 1024 * 1024;
const MOST_ENTRIES = 256;
/** Oldest use first, over all caches: `{key, cache, status, statusText, headers, body, expires}`. */
const entries = new Map();
let bytes = 0;
let spaces = 0;

function remove(key) {
  const entry = entries.get(key);
  if (entry !== undefined) {
    bytes -= entry.body.byteLength;
    entries.delete(key);
  }
  return entry;
}

function keep(key, entry) {
  remove(key);
  if (entry.body.byteLength > MOST_BYTES) {
    return;
  }
  entries.set(key, entry);
  bytes += entry.body.byteLength;
  for (const oldest of entries.keys()) {
    if (bytes <= MOST_BYTES && entries.size <= MOST_ENTRIES) {
      break;
    }
    remove(oldest);
  }
}

/** When a response is to be forgotten, in milliseconds; 0 where it may not be kept. */
function expiry(headers) {
  const directives = (headers.get("cache-control") ?? "").toLowerCase().split(",").map((part) => part.trim());
  if (directives.some((part) => /^(no-store|private|no-cache)(=|$)/.test(part)) || headers.has("set-cookie")) {
    return 0;
  }
  for (const name of ["s-maxage", "max-age"]) {
    const found = directives.map((part) => part.match(/^([a-z-]+)="?(\d+)"?$/)).find((match) => match?.[1] === name);
    if (found !== undefined) {
      return Number(found[2]) === 0 ? 0 : Date.now() + Number(found[2]) * 1000;
    }
  }
  const expires = Date.parse(headers.get("expires") ?? "");
  return Number.isNaN(expires) ? Infinity : expires > Date.now() ? expires : 0;
}

const requestOf = (request) => (request instanceof Request ? request : new Request(request));

function missing(owner, name) {
  return () => {
    throw new Error("Failed to execute '" + name + "' on '" + owner + "': the method is not implemented.");
  };
}

export class Cache {
  #space;

  constructor(key, space) {
    if (key !== KEY) {
      throw new TypeError("Illegal constructor");
    }
    this.#space = space;
  }

  #key(request) {
    const url = new URL(request.url);
    url.hash = "";
    return this.#space + " " + url.href;
  }

  async put(request, response) {
    if (!(response instanceof Response)) {
      throw new TypeError("Failed to execute 'put' on 'Cache': parameter 2 is not of type 'Response'.");
    }
    const asked = requestOf(request);
    if (asked.method !== "GET") {
      throw new TypeError("Cannot cache response to non-GET request.");
    }
    if (response.status === 206) {
      throw new TypeError("Cannot cache response to a range request (206 Partial Content).");
    }
    if ((response.headers.get("vary") ?? "").split(",").some((name) => name.trim() === "*")) {
      throw new TypeError("Cannot cache response with 'Vary: *' header.");
    }
    if (response.status === 304) {
      return;
    }
    const body = await response.arrayBuffer();
    const expires = expiry(response.headers);
    if (expires > 0) {
      keep(this.#key(asked), { status: response.status, statusText: response.statusText, headers: [...response.headers], body, expires });
    }
  }

  async match(request, options = undefined) {
    const asked = requestOf(request);
    if (asked.method !== "GET" && !options?.ignoreMethod) {
      return undefined;
    }
    const key = this.#key(asked);
    const entry = remove(key);
    if (entry === undefined || entry.expires <= Date.now()) {
      return undefined;
    }
    keep(key, entry);
    const headers = new Headers(entry.headers);
    headers.set("cf-cache-status", "HIT");
    const etag = headers.get("etag");
    const wanted = asked.headers.get("if-none-match");
    if (etag !== null && wanted !== null && wanted.split(",").some((one) => one.trim() === etag || one.trim() === "*")) {
      return new Response(null, { status: 304, headers });
    }
    const empty = [101, 204, 205].includes(entry.status);
    return new Response(empty ? null : entry.body.slice(0), { status: entry.status, statusText: entry.statusText, headers });
  }

  async delete(request, options = undefined) {
    const asked = requestOf(request);
    return (asked.method === "GET" || !!options?.ignoreMethod) && remove(this.#key(asked)) !== undefined;
  }
}

export class CacheStorage {
  #caches = new Map();
  #default;

  constructor(key) {
    if (key !== KEY) {
      throw new TypeError("Illegal constructor");
    }
  }

  get default() {
    this.#default ??= new Cache(KEY, 0);
    return this.#default;
  }

  async open(name) {
    const known = this.#caches.get(String(name)) ?? new Cache(KEY, ++spaces);
    if (this.#caches.size < MOST_ENTRIES) {
      this.#caches.set(String(name), known);
    }
    return known;
  }
}

for (const [type, name, methods] of [[Cache, "Cache", ["add", "addAll", "matchAll", "keys"]], [CacheStorage, "CacheStorage", ["delete", "match", "has", "keys"]]]) {
  for (const method of methods) {
    type.prototype[method] = missing(name, method);
  }
  tag(type, name);
  brandClass(type, name);
}
enumerable(Cache, ["put", "match", "delete"]);
enumerable(CacheStorage, ["default", "open"]);
export const caches = new CacheStorage(KEY);
