/** The Request class. A received request builds its Headers and signal only when somebody asks for them. */

import * as p from "lapidary:primordials";
import { brandClass } from "lapidary:brand";
import { Body, copyBody, extractBody, isBodyUsed, setBody, takeBody } from "lapidary:body";
import { flatHeaders, Headers, headersOf } from "lapidary:headers";
import { neverAborted } from "lapidary:abort";
import { parseUrl } from "lapidary:url";

const METHODS = {
  __proto__: null, GET: true, POST: true, PUT: true, DELETE: true, HEAD: true, OPTIONS: true, PATCH: true, TRACE: true,
  COPY: true, LOCK: true, MKCOL: true, MOVE: true, PROPFIND: true, PROPPATCH: true, SEARCH: true, UNLOCK: true, ACL: true,
  REPORT: true, MKACTIVITY: true, CHECKOUT: true, MERGE: true, "M-SEARCH": true, NOTIFY: true, SUBSCRIBE: true,
  UNSUBSCRIBE: true, PURGE: true, BIND: true, REBIND: true, UNBIND: true, LINK: true, UNLINK: true, MKCALENDAR: true,
};
const RECEIVED = { __proto__: null };
// Not `arguments.length`: it would cost every received request an arguments object.
const MISSING = { __proto__: null };
const hasHeader = p.uncurry(Headers.prototype.has);
const setHeader = p.uncurry(Headers.prototype.set);
let receive;
let read;

export class Request extends Body {
  #method = "GET";
  #url;
  /** A Headers object; of a received request, the host's flat list until somebody asks. */
  #headers;
  /** `{signal, redirect, cf}` once one of them is set. */
  #rare;

  constructor(input = MISSING, init = undefined) {
    super(null);
    if (input === RECEIVED) {
      return;
    }
    if (input === MISSING) {
      throw new p.TypeErrorOf("Failed to construct 'Request': constructor parameter 1 is not of type 'Request or string'.");
    }
    const from = typeof input === "object" && input !== null && #rare in input ? input : undefined;
    if (from !== undefined) {
      this.#copyFrom(from, init);
    } else {
      this.#url = parseUrl(p.toText(input), "Invalid URL: ");
    }
    if (init !== undefined && init !== null) {
      this.#init(init);
    }
    this.#headers ??= headersOf(p.list(), false);
  }

  #copyFrom(from, init) {
    this.#url = from.#url;
    this.#method = from.#method;
    this.#rare = copyRare(from.#rare);
    this.#headers = copyHeaders(from.#headers);
    if (init === undefined || init === null || init.body === undefined || init.body === null) {
      if (isBodyUsed(from)) {
        throw new p.TypeErrorOf("Cannot reconstruct a Request with a used body.");
      }
      setBody(this, takeBody(from));
    }
  }

  #init(init) {
    const { method, headers, body, signal, redirect, cf } = init;
    if (method !== undefined) {
      const upper = p.StringToUpperCase(p.toText(method));
      if (METHODS[upper] !== true) {
        throw new p.TypeErrorOf("Invalid HTTP method string: " + method);
      }
      this.#method = upper;
    }
    if (headers !== undefined) {
      this.#headers = new Headers(headers);
    }
    this.#headers ??= headersOf(p.list(), false);
    if (signal !== undefined && signal !== null) {
      this.#rarely().signal = signal;
    }
    if (redirect !== undefined) {
      if (redirect !== "follow" && redirect !== "manual" && redirect !== "error") {
        throw new p.TypeErrorOf("Invalid redirect value, must be one of \"follow\" or \"manual\" (\"error\" won't be implemented since it does not make sense at the edge; use \"manual\" and check the response status code).");
      }
      this.#rarely().redirect = redirect;
    }
    if (cf !== undefined) {
      this.#rarely().cf = cf;
    }
    if (body !== undefined && body !== null) {
      if (this.#method === "GET" || this.#method === "HEAD") {
        throw new p.TypeErrorOf("Request with a GET or HEAD method cannot have a body.");
      }
      const { content, type } = extractBody(body);
      setBody(this, content);
      if (type !== undefined && !hasHeader(this.#headers, "content-type")) {
        setHeader(this.#headers, "content-type", type);
      }
    }
  }

  get method() {
    return this.#method;
  }

  get url() {
    return this.#url;
  }

  get headers() {
    if (p.ArrayIsArray(this.#headers)) {
      this.#headers = headersOf(this.#headers, true);
    }
    return this.#headers;
  }

  get redirect() {
    return this.#rare?.redirect ?? "follow";
  }

  get fetcher() {
    return null;
  }

  get signal() {
    const rare = this.#rarely();
    rare.signal ??= neverAborted();
    return rare.signal;
  }

  get cf() {
    return this.#rare?.cf;
  }

  get integrity() {
    return "";
  }

  get keepalive() {
    return false;
  }

  get cache() {
    return undefined;
  }

  clone() {
    const copy = new Request(RECEIVED);
    setBody(copy, copyBody(this));
    copy.#method = this.#method;
    copy.#url = this.#url;
    copy.#headers = copyHeaders(this.#headers);
    copy.#rare = copyRare(this.#rare);
    return copy;
  }

  #rarely() {
    this.#rare ??= { __proto__: null, signal: undefined, redirect: undefined, cf: undefined };
    return this.#rare;
  }

  static {
    receive = (method, url, flat, body) => {
      const request = new Request(RECEIVED);
      request.#method = method;
      request.#url = url;
      request.#headers = flat;
      if (body !== null) {
        setBody(request, body);
      }
      return request;
    };
    read = (request) => ({
      __proto__: null, method: request.#method, url: request.#url, redirect: request.#rare?.redirect ?? "follow",
      flat: p.ArrayIsArray(request.#headers) ? request.#headers : flatHeaders(request.#headers), signal: request.#rare?.signal,
    });
  }
}

/** What of a request leaves with it, but for the body. */
export function outgoing(request) {
  return read(request);
}

function copyHeaders(headers) {
  return headersOf(p.ArrayIsArray(headers) ? headers : flatHeaders(headers), false);
}

function copyRare(rare) {
  return rare && { __proto__: null, signal: rare.signal, redirect: rare.redirect, cf: rare.cf };
}

/**
 * The Request that a handler gets.
 *
 * @param {string[]} flat headers `[name, value, …]`
 * @param {null|string|ArrayBuffer} body
 */
export function receivedRequest(method, url, flat, body) {
  return receive(method, url, flat, body);
}

p.enumerable(Request, ["method", "url", "headers", "redirect", "fetcher", "signal", "cf", "integrity", "keepalive", "cache", "clone"]);
p.tag(Request, "Request");
brandClass(Request, "Request");
