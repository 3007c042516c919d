/** What Request and Response share: a body that is text or bytes, whole in memory, and can be read once. */

import * as p from "lapidary:primordials";
import { host } from "lapidary:host";
import { isSearchParams, searchParamsText } from "lapidary:url";

const toWellFormed = p.uncurry(String.prototype.toWellFormed);
const USED_TEXT = "Body has already been used. It can only be used once. Use tee() first if you need to read it twice.";
const BOM = 0xfeff;

const USED = { __proto__: null };
const streams = new WeakMap();
const weakGet = p.uncurry(WeakMap.prototype.get);
const weakSet = p.uncurry(WeakMap.prototype.set);

let take;
let peek;
let put;

export class Body {
  /** null, a string or an ArrayBuffer that belongs to this body alone; USED once it was read. */
  #content;

  constructor(content) {
    this.#content = content;
  }

  get body() {
    if (this.#content === null) {
      return null;
    }
    let stream = weakGet(streams, this);
    if (stream === undefined) {
      stream = new BodyStream(this);
      weakSet(streams, this, stream);
    }
    return stream;
  }

  get bodyUsed() {
    return this.#content === USED;
  }

  async text() {
    return text(take(this));
  }

  async json() {
    return p.JSONParse(text(take(this)));
  }

  async arrayBuffer() {
    return buffer(take(this));
  }

  async bytes() {
    return new p.Uint8(buffer(take(this)));
  }

  static {
    peek = (body) => body.#content;
    take = (body) => {
      const content = body.#content;
      if (content === null) {
        return null;
      }
      if (content === USED) {
        throw new p.TypeErrorOf(USED_TEXT);
      }
      body.#content = USED;
      return content;
    };
    put = (body, content) => {
      body.#content = content;
    };
  }
}

/** The body as a stream of one chunk: enough to hand it on, or to read it through a reader. */
class BodyStream {
  #owner;
  #locked = false;

  constructor(owner) {
    this.#owner = owner;
  }

  get locked() {
    return this.#locked;
  }

  getReader() {
    if (this.#locked) {
      throw new p.TypeErrorOf("This ReadableStream is currently locked to a reader.");
    }
    this.#locked = true;
    const stream = this;
    return {
      read: async () => stream.#chunk(),
      releaseLock: () => {
        stream.#locked = false;
      },
      cancel: () => stream.cancel(),
    };
  }

  async cancel() {
    if (peek(this.#owner) !== USED) {
      take(this.#owner);
    }
  }

  [p.SymbolAsyncIterator]() {
    const stream = this;
    return {
      next: async () => stream.#chunk(),
      return: async () => ({ done: true, value: undefined }),
      [p.SymbolAsyncIterator]() {
        return this;
      },
    };
  }

  #chunk() {
    if (peek(this.#owner) === USED) {
      return { done: true, value: undefined };
    }
    return { done: false, value: new p.Uint8(buffer(take(this.#owner))) };
  }

  /** Takes the content of `value` if it is such a stream; undefined if it is none. */
  static takeFrom(value) {
    return #owner in value ? take(value.#owner) : undefined;
  }
}
const { takeFrom } = BodyStream;
delete BodyStream.takeFrom;
p.tag(BodyStream, "ReadableStream");

function text(content) {
  if (content === null) {
    return "";
  }
  if (typeof content === "string") {
    return toWellFormed(content);
  }
  const decoded = host.text(content);
  return p.StringCharCodeAt(decoded, 0) === BOM ? p.StringSlice(decoded, 1) : decoded;
}

function buffer(content) {
  if (content === null) {
    return new p.ArrayBufferOf(0);
  }
  return typeof content === "string" ? host.utf8(content) : content;
}

/**
 * Turns what an app passed as body into content.
 *
 * @returns {{content: null|string|ArrayBuffer, type: string|undefined}} type is the default Content-Type
 */
export function extractBody(value) {
  if (value === null || value === undefined) {
    return { __proto__: null, content: null, type: undefined };
  }
  if (typeof value === "object") {
    const length = p.arrayBufferLength(value);
    if (length >= 0) {
      return { __proto__: null, content: p.bytesOf(value, 0, length), type: undefined };
    }
    if (p.ArrayBufferIsView(value)) {
      return { __proto__: null, content: p.copyViewBytes(value), type: undefined };
    }
    if (isSearchParams(value)) {
      return {
        __proto__: null, content: searchParamsText(value), type: "application/x-www-form-urlencoded;charset=UTF-8",
      };
    }
    const streamed = takeFrom(value);
    if (streamed !== undefined) {
      return { __proto__: null, content: streamed, type: undefined };
    }
  }
  return { __proto__: null, content: p.toText(value), type: "text/plain;charset=UTF-8" };
}

/** The content, which is then used up. Throws a TypeError if it was used already. */
export function takeBody(body) {
  return take(body);
}

/** Replaces the content of a body under construction. */
export function setBody(body, content) {
  put(body, content);
}

/** A second, independent content for a clone. Throws a TypeError if the body was used already. */
export function copyBody(body) {
  const content = peek(body);
  if (content === USED) {
    throw new p.TypeErrorOf("This ReadableStream is currently locked to a reader,");
  }
  return content === null || typeof content === "string" ? content : p.ArrayBufferSlice(content, 0);
}

/** Whether the body was read. */
export function isBodyUsed(body) {
  return peek(body) === USED;
}

/** The content as the host takes it, which is then used up. Throws a TypeError if it was used before. */
export function sendBody(body) {
  return take(body);
}
