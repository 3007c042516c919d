/** The Response class. A response that only has a text and a status costs no Headers object. */

import * as p from "lapidary:primordials";
import { brandClass } from "lapidary:brand";
import { Body, copyBody, extractBody, sendBody, setBody, streamLength } from "lapidary:body";
import { host } from "lapidary:host";
import { flatHeaders, Headers, headersOf } from "lapidary:headers";
import { load } from "lapidary:lazy";
import { parseUrl } from "lapidary:url";
import { sockets } from "lapidary:websocket";
import { receivedSocket } from "lapidary:websocket-pair";

const STATUS_TEXT = /^[\t\x20-\x7e\x80-\uffff]*$/;
/** The close code that cuts a connection. */
const ABNORMAL = 1006;
const INTERNAL = { __proto__: null };
let send;
let receive;

export class Response extends Body {
  #status = 200;
  /** Undefined where a response came without one. */
  #statusText = "";
  /** A Headers object once somebody asked, or gave some; until then the Content-Type as text, if there is one. */
  #headers;
  #webSocket = null;
  /** `{url, redirected}` of a response that came from elsewhere. */
  #origin;

  constructor(body = undefined, init = undefined) {
    super(null);
    if (body === INTERNAL) {
      return;
    }
    let type;
    if (typeof body === "string") {
      type = "text/plain;charset=UTF-8";
      setBody(this, body);
    } else if (body !== undefined && body !== null) {
      const extracted = extractBody(body);
      type = extracted.type;
      setBody(this, extracted.content);
    }
    if (init !== undefined && init !== null) {
      this.#init(init);
      if (isNullBodyStatus(this.#status) && body !== undefined && body !== null) {
        if (body !== "") {
          throw new p.TypeErrorOf("Response with null body status (101, 204, 205, or 304) cannot have a body.");
        }
        setBody(this, null);
        type = undefined;
      }
    }
    this.#contentType(type);
  }

  #contentType(type) {
    if (this.#headers === undefined) {
      this.#headers = type;
    } else if (type !== undefined && !hasHeader(this.#headers, "content-type")) {
      setHeader(this.#headers, "content-type", type);
    }
  }

  #init(init) {
    if (typeof init !== "object") {
      throw new p.TypeErrorOf("Failed to construct 'Response': constructor parameter 2 is not of type 'InitializerDict or Response'.");
    }
    const { status, statusText, headers, webSocket } = init;
    if (webSocket !== undefined && webSocket !== null) {
      if (!sockets.is(webSocket)) {
        throw new p.TypeErrorOf("Incorrect type for the 'webSocket' field on 'InitializerDict': the provided value is not of type 'WebSocket'.");
      }
      if (status !== 101) {
        throw new p.RangeErrorOf("Responses with a WebSocket must have status code 101.");
      }
      this.#status = status;
      this.#webSocket = webSocket;
    } else if (status !== undefined) {
      const code = p.MathTrunc(p.NumberFrom(status));
      if (!(code >= 200 && code <= 599)) {
        throw new p.RangeErrorOf("Responses may only be constructed with status codes in the range 200 to 599, inclusive.");
      }
      this.#status = code;
    }
    if (statusText !== undefined) {
      this.#statusText = p.toText(statusText);
      if (p.RegExpExec(STATUS_TEXT, this.#statusText) === null) {
        throw new p.TypeErrorOf("Invalid statusText");
      }
    }
    if (headers !== undefined) {
      this.#headers = new Headers(headers);
    }
  }

  get status() {
    return this.#status;
  }

  get statusText() {
    return this.#statusText ?? load("reasons").reasonOf(this.#status);
  }

  get headers() {
    if (typeof this.#headers !== "object") {
      this.#headers = headersOf(typeHeader(this.#headers), false);
    }
    return this.#headers;
  }

  get ok() {
    return this.#status >= 200 && this.#status <= 299;
  }

  get redirected() {
    return this.#origin?.redirected ?? false;
  }

  get url() {
    return this.#origin?.url ?? "";
  }

  get webSocket() {
    return this.#webSocket;
  }

  get cf() {
    return undefined;
  }

  get type() {
    return this.#status === 0 ? "error" : "default";
  }

  clone() {
    if (this.#webSocket !== null) {
      throw new p.TypeErrorOf("Cannot clone a response to a WebSocket handshake.");
    }
    const copy = new Response(INTERNAL);
    setBody(copy, copyBody(this));
    copy.#status = this.#status;
    copy.#statusText = this.#statusText;
    copy.#origin = this.#origin;
    copy.#headers = typeof this.#headers === "object" ? headersOf(flatHeaders(this.#headers), false) : this.#headers;
    return copy;
  }

  static json(value, init = undefined) {
    const text = p.JSONStringify(value);
    const response = new Response(INTERNAL);
    setBody(response, text === undefined ? "undefined" : text);
    if (init !== undefined && init !== null) {
      response.#init(init);
      if (isNullBodyStatus(response.#status)) {
        throw new p.TypeErrorOf("Response with null body status (101, 204, 205, or 304) cannot have a body.");
      }
    }
    response.#contentType("application/json");
    return response;
  }

  static redirect(url, status = 302) {
    const target = parseUrl(p.toText(url), "Unable to parse URL: ");
    const code = p.NumberFrom(status);
    if (code !== 301 && code !== 302 && code !== 303 && code !== 307 && code !== 308) {
      throw new p.RangeErrorOf(code + " is not a redirect status code. It must be one of: 301, 302, 303, 307, or 308.");
    }
    const response = new Response(INTERNAL);
    response.#status = code;
    const flat = p.list();
    flat[0] = "location";
    flat[1] = target;
    response.#headers = headersOf(flat, true);
    return response;
  }

  static error() {
    const response = new Response(INTERNAL);
    response.#status = 0;
    response.#headers = headersOf(p.list(), true);
    return response;
  }

  static {
    send = (requestId, value, requestHeaders) => {
      if (typeof value !== "object" || value === null || !(#status in value)) {
        return false;
      }
      const socket = value.#webSocket === null ? 0 : handOver(value.#webSocket, requestHeaders);
      let flat = typeof value.#headers === "object" ? flatHeaders(value.#headers) : typeHeader(value.#headers);
      const length = streamLength(value);
      if (length !== undefined && (typeof value.#headers !== "object" || !hasHeader(value.#headers, "content-length"))) {
        flat = withLength(flat, length);
      }
      const body = sendBody(value);
      host.reply(requestId, value.#status, value.#statusText ?? "", flat, body, socket);
      return body;
    };
    receive = (status, statusText, flat, content, origin, socket) => {
      const response = new Response(INTERNAL);
      response.#status = status;
      response.#statusText = statusText === "" ? undefined : statusText;
      response.#headers = headersOf(flat, true);
      response.#origin = origin;
      response.#webSocket = socket === 0 || socket === undefined ? null : receivedSocket(socket);
      setBody(response, content);
      return response;
    };
  }
}

const hasHeader = p.uncurry(Headers.prototype.has);
const setHeader = p.uncurry(Headers.prototype.set);

function typeHeader(type) {
  const flat = p.list();
  if (type !== undefined) {
    flat[0] = "content-type";
    flat[1] = type;
  }
  return flat;
}

/** The number of the end that leaves with the response to this request. */
function handOver(webSocket, requestHeaders) {
  for (let i = 0; i < requestHeaders.length; i += 2) {
    if (requestHeaders[i] === "upgrade" && p.StringToLowerCase(requestHeaders[i + 1]) === "websocket") {
      return sockets.release(webSocket);
    }
  }
  // Nobody will ever talk to this end: the other one must not wait for it.
  host.socketClose(sockets.release(webSocket), ABNORMAL, "");
  throw new p.TypeErrorOf("Worker tried to return a WebSocket in a response to a request which did not contain the header "
    + "\"Upgrade: websocket\".");
}

function withLength(flat, length) {
  const longer = p.list();
  for (let i = 0; i < flat.length; i++) {
    longer[i] = flat[i];
  }
  longer[longer.length] = "content-length";
  longer[longer.length] = p.toText(length);
  return longer;
}

function isNullBodyStatus(status) {
  return status === 101 || status === 204 || status === 205 || status === 304;
}

/**
 * Answers a request with `value`, whose body and WebSocket are then used up.
 *
 * @returns {null|string|ArrayBuffer|number|false} the body, as the host has it; false if `value` is no Response
 * @throws {TypeError} if the body was used already
 */
export function reply(requestId, value, requestHeaders) {
  return send(requestId, value, requestHeaders);
}

/**
 * The Response to a request that went out.
 *
 * @param {string[]} flat headers `[name, value, …]` with lower-case names
 * @param {null|string|ArrayBuffer|Held} content
 * @param {{url: string, redirected: boolean}} origin whom it came from
 * @param {number} socket the host's number of a WebSocket that came along; 0 for none
 */
export function receivedResponse(status, statusText, flat, content, origin, socket = 0) {
  return receive(status, statusText, flat, content, origin, socket);
}

p.enumerable(Response, ["status", "statusText", "headers", "ok", "redirected", "url", "webSocket", "cf", "type", "clone"]);
p.enumerable(Body, ["body", "bodyUsed", "text", "json", "arrayBuffer", "bytes", "blob", "formData"]);
p.tag(Response, "Response");
brandClass(Response, "Response");
