/** The Response class. A response that only has a text and a status costs no Headers object. */

import * as p from "lapidary:primordials";
import { brandClass } from "lapidary:brand";
import { Body, copyBody, extractBody, setBody, takeBody } from "lapidary:body";
import { flatHeaders, Headers, headersOf } from "lapidary:headers";
import { parseUrl } from "lapidary:url";

const STATUS_TEXT = /^[\t\x20-\x7e\x80-\uffff]*$/;
const INTERNAL = { __proto__: null };
let describe;

export class Response extends Body {
  #status = 200;
  #statusText = "";
  /** A Headers object once somebody asked, or gave some; until then `#type` is all there is. */
  #headers;
  #type;
  #kind = "default";

  constructor(body = undefined, init = undefined) {
    super(null);
    if (body === INTERNAL) {
      return;
    }
    if (typeof body === "string") {
      this.#type = "text/plain;charset=UTF-8";
      setBody(this, body);
    } else if (body !== undefined && body !== null) {
      const { content, type } = extractBody(body);
      this.#type = type;
      setBody(this, content);
    }
    if (init !== undefined && init !== null) {
      this.#init(init);
      if (isNullBodyStatus(this.#status) && body !== undefined && body !== null) {
        if (body !== "") {
          throw new p.TypeErrorOf("Response with null body status (101, 204, 205, or 304) cannot have a body.");
        }
        setBody(this, null);
        this.#type = undefined;
      }
    }
    if (this.#headers !== undefined && this.#type !== undefined && !hasHeader(this.#headers, "content-type")) {
      setHeader(this.#headers, "content-type", this.#type);
    }
  }

  #init(init) {
    if (typeof init !== "object") {
      throw new p.TypeErrorOf("Failed to construct 'Response': constructor parameter 2 is not of type 'InitializerDict or Response'.");
    }
    const { status, statusText, headers } = init;
    if (status !== undefined) {
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
    return this.#statusText;
  }

  get headers() {
    this.#headers ??= headersOf(typeHeader(this.#type), false);
    return this.#headers;
  }

  get ok() {
    return this.#status >= 200 && this.#status <= 299;
  }

  get redirected() {
    return false;
  }

  get url() {
    return "";
  }

  get webSocket() {
    return null;
  }

  get cf() {
    return undefined;
  }

  get type() {
    return this.#kind;
  }

  clone() {
    const copy = new Response(INTERNAL);
    setBody(copy, copyBody(this));
    copy.#status = this.#status;
    copy.#statusText = this.#statusText;
    copy.#headers = headersOf(this.#headers === undefined ? typeHeader(this.#type) : flatHeaders(this.#headers), false);
    copy.#kind = this.#kind;
    return copy;
  }

  static json(value, init = undefined) {
    const text = p.JSONStringify(value);
    const response = new Response(INTERNAL);
    setBody(response, text === undefined ? "undefined" : text);
    response.#type = "application/json";
    if (init !== undefined && init !== null) {
      response.#init(init);
      if (isNullBodyStatus(response.#status)) {
        throw new p.TypeErrorOf("Response with null body status (101, 204, 205, or 304) cannot have a body.");
      }
      if (response.#headers !== undefined && !hasHeader(response.#headers, "content-type")) {
        setHeader(response.#headers, "content-type", "application/json");
      }
    }
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
    response.#kind = "error";
    response.#headers = headersOf(p.list(), true);
    return response;
  }

  static {
    describe = (value) => {
      if (typeof value !== "object" || value === null || !(#kind in value)) {
        return undefined;
      }
      const flat = value.#headers === undefined ? typeHeader(value.#type) : flatHeaders(value.#headers);
      return { __proto__: null, status: value.#status, statusText: value.#statusText, headers: flat, body: takeBody(value) };
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

function isNullBodyStatus(status) {
  return status === 204 || status === 205 || status === 304;
}

/**
 * What the host needs to answer with `value`, whose body is then used up; undefined if it is no Response.
 *
 * @returns {{status: number, statusText: string, headers: string[], body: null|string|ArrayBuffer}|undefined}
 * @throws {TypeError} if the body was used already
 */
export function responseParts(value) {
  return describe(value);
}

p.enumerable(Response, ["status", "statusText", "headers", "ok", "redirected", "url", "webSocket", "cf", "type", "clone"]);
p.enumerable(Body, ["body", "bodyUsed", "text", "json", "arrayBuffer", "bytes"]);
p.tag(Response, "Response");
brandClass(Response, "Response");
