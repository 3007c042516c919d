/** The Request class. A received request builds its Headers and signal only when somebody asks for them. */

import * as p from "lapidary:primordials";
import { brandClass } from "lapidary:brand";
import { Body, copyBody, extractBody, isBodyUsed, receivedContent, setBody, takeBody } from "lapidary:body";
import { hasFlag } from "lapidary:compatibility";
import { flatHeaders, Headers, headersOf } from "lapidary:headers";
import { abortSignal, isSignal, newSignal } from "lapidary:abort";
import { admit } from "lapidary:gate";
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
let finish;
let parts;
/** Signals of received requests, by the host's number, where an app asked for one. */
const watched = new p.MapOf();

export class Request extends Body {
  #method = "GET";
  #url;
  /** A Headers object; of a received request, the host's flat list until somebody asks. */
  #headers;
  /** Of a received request, the host's number; else 0. */
  #id = 0;
  /** The received request whose client waits for what becomes of this one: itself, or what it was made of. */
  #client = 0;
  #redirect = "follow";
  /** `{signal, cf}` once one of them is set. */
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
    this.#rare = from.#copiedRare();
    this.#client = from.#client;
    this.#redirect = from.#redirect;
    this.#headers = copyHeaders(from.#headers);
    if (init === undefined || init === null || init.body === undefined || init.body === null) {
      if (isBodyUsed(from)) {
        throw new p.TypeErrorOf("Cannot reconstruct a Request with a used body.");
      }
      setBody(this, takeBody(from));
    }
  }

  #init(init) {
    const { method, headers, body, redirect, cf } = init;
    let signal;
    if (typeof init === "object" && #rare in init) {
      signal = init.#copiedRare()?.signal;
      this.#client = init.#client;
    } else {
      signal = init.signal;
    }
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
      if (!isSignal(signal)) {
        throw new p.TypeErrorOf("Incorrect type for the 'signal' field on 'RequestInitializerDict': the provided value is not of type 'AbortSignal'.");
      }
      this.#rarely().signal = signal;
    }
    if (redirect !== undefined) {
      if (redirect !== "follow" && redirect !== "manual" && redirect !== "error") {
        throw new p.TypeErrorOf("Invalid redirect value, must be one of \"follow\" or \"manual\" (\"error\" won't be implemented since it does not make sense at the edge; use \"manual\" and check the response status code).");
      }
      this.#redirect = redirect;
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
    return this.#redirect;
  }

  get fetcher() {
    return null;
  }

  get signal() {
    const rare = this.#rarely();
    if (rare.signal === undefined) {
      rare.signal = newSignal();
      rare.received = this.#id !== 0;
      if (rare.received) {
        p.MapSet(watched, this.#id, rare.signal);
      }
    }
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
    copy.#rare = this.#copiedRare();
    copy.#client = this.#client;
    copy.#redirect = this.#redirect;
    return copy;
  }

  /** What a copy gets of it. The signal of a received request stays with that, unless the code wants it passed through. */
  #copiedRare() {
    const through = this.#id !== 0 && hasFlag("request_signal_passthrough") ? this.signal : undefined;
    const rare = this.#rare;
    return rare && {
      __proto__: null, signal: rare.received ? through : rare.signal, cf: rare.cf, received: false,
    };
  }

  #rarely() {
    this.#rare ??= { __proto__: null, signal: undefined, cf: undefined, received: false };
    return this.#rare;
  }

  static {
    parts = (request) => ({
      __proto__: null,
      method: request.#method,
      url: request.#url,
      flat: p.ArrayIsArray(request.#headers) ? request.#headers : flatHeaders(request.#headers),
      redirect: request.#redirect,
      signal: request.#rare?.signal,
      client: request.#client,
    });
    finish = (request) => {
      if (request.#rare?.received) {
        p.MapDelete(watched, request.#id);
      }
      request.#id = 0;
      request.#client = 0;
    };
    receive = (id, method, url, flat, body) => {
      const request = new Request(RECEIVED);
      request.#id = id;
      request.#client = id;
      request.#redirect = "manual"; // whoever asked decides
      request.#method = method;
      request.#url = url;
      request.#headers = flat;
      if (body !== null) {
        setBody(request, receivedContent(body));
      }
      return request;
    };
  }
}

function copyHeaders(headers) {
  return headersOf(p.ArrayIsArray(headers) ? headers : flatHeaders(headers), false);
}

/**
 * The Request that a handler gets.
 *
 * @param {number} id what the host calls it
 * @param {string[]} flat headers `[name, value, …]`
 * @param {null|string|ArrayBuffer|number} body a number is the handle of a stream
 */
export function receivedRequest(id, method, url, flat, body) {
  return receive(id, method, url, flat, body);
}

/** The client of a received request went away. */
export function clientGone(id) {
  if (p.MapHas(watched, id)) {
    admit(() => {
      const signal = p.MapGet(watched, id);
      p.MapDelete(watched, id);
      if (signal !== undefined) {
        abortSignal(signal, p.domException("The client has disconnected", "AbortError"));
      }
    });
  }
}

/** Nobody can go away any more: the whole answer has left. */
export function requestOver(request) {
  finish(request);
}

/** What the host needs of a request that goes out. */
export function outgoing(request) {
  return parts(request);
}

p.enumerable(Request, ["method", "url", "headers", "redirect", "fetcher", "signal", "cf", "integrity", "keepalive", "cache", "clone"]);
p.tag(Request, "Request");
brandClass(Request, "Request");
