/**
 * Streams of bytes that cross the guest's border.
 *
 * A `Held` is a stream of the host's that this guest reads; an exported stream is one of this guest's that the host
 * reads. Either way a chunk moves only when the reader asked for it.
 */

import * as p from "lapidary:primordials";
import { host } from "lapidary:host";
import { admit, isGateOpen } from "lapidary:gate";

const held = new p.MapOf();
const exported = new p.MapOf();
const FORGET = typeof FinalizationRegistry === "function" ? FinalizationRegistry : undefined;
const register = FORGET && p.uncurry(FORGET.prototype.register);
let lost;
let nextExport = 1;
let settle;

/** A stream of the host's. One reader; one `read` at a time. */
export class Held {
  #handle;
  #waiting;
  #over = false;
  #inBlock = false;
  #failure;

  /** @param {number} handle owned by this object from now on */
  constructor(handle) {
    this.#handle = handle;
    p.MapSet(held, handle, undefined);
    if (register !== undefined) {
      lost ??= new FORGET((number) => {
        if (p.MapDelete(held, number)) {
          host.drop(number);
        }
      });
      register(lost, this, handle);
    }
  }

  /** Whether nobody has read, cancelled or handed it on. */
  get whole() {
    return !this.#over && this.#waiting === undefined;
  }

  /** The next bytes, an ArrayBuffer that is not empty; undefined at the end. Rejects with the stream's error. */
  read() {
    if (this.#over && this.#failure === undefined) {
      return undefined;
    }
    return new p.PromiseOf((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure.reason);
        return;
      }
      this.#waiting = { __proto__: null, resolve, reject };
      this.#inBlock = !isGateOpen();
      p.MapSet(held, this.#handle, this);
      host.pull(this.#handle);
    });
  }

  /** Gives the stream up: nobody will read the rest. */
  cancel(reason) {
    if (!this.#over) {
      this.#over = true;
      p.MapDelete(held, this.#handle);
      host.cancelStream(this.#handle, reason);
      host.drop(this.#handle);
    }
  }

  /** Ends the stream for its reader with an error: nobody will read the rest. */
  fail(reason) {
    const waiting = this.#waiting;
    this.cancel("");
    this.#waiting = undefined;
    this.#failure = { __proto__: null, reason };
    waiting?.reject(reason);
  }

  /** The handle, for the host to read the rest itself. It stays valid until the turn's end. */
  handOver() {
    this.#over = true;
    p.MapDelete(held, this.#handle);
    return this.#handle;
  }

  static {
    settle = (handle, how, value) => {
      const stream = p.MapGet(held, handle);
      const waiting = stream?.#waiting;
      if (waiting === undefined) {
        return;
      }
      const run = () => {
        stream.#waiting = undefined;
        p.MapSet(held, handle, undefined);
        if (how !== "chunk") {
          stream.#over = true;
          p.MapDelete(held, handle);
          host.drop(handle);
        }
        if (how === "error") {
          waiting.reject(value);
        } else {
          waiting.resolve(value);
        }
      };
      if (stream.#inBlock) {
        run();
      } else {
        admit(run);
      }
    };
  }
}

/** The host's answers to `pull`. */
export function chunk(handle, bytes) {
  settle(handle, "chunk", bytes);
}

export function ended(handle) {
  settle(handle, "end", undefined);
}

export function errored(handle, name, message) {
  settle(handle, "error", errorOf(name, message));
}

export function errorOf(name, message) {
  const text = message === "" ? "Network connection lost." : message;
  if (name === "TypeError") {
    return new p.TypeErrorOf(text);
  }
  if (name === "RangeError") {
    return new p.RangeErrorOf(text);
  }
  return name === "AbortError" ? p.domException(text, name) : new p.ErrorOf(text);
}

/**
 * Lets the host read a stream of this guest's.
 *
 * @param {{read: function(): Promise<ArrayBuffer|undefined>, cancel: function(string): void}} source
 * @returns {number} what the host calls it
 */
export function exportSource(source) {
  const number = nextExport++;
  p.MapSet(exported, number, { __proto__: null, source, inBlock: !isGateOpen(), after: undefined });
  return number;
}

/** Has `done` called when an exported stream has ended or failed; not when it is cancelled. */
export function afterExport(number, done) {
  const entry = p.MapGet(exported, number);
  if (entry === undefined) {
    done();
  } else {
    entry.after = done;
  }
}

/** The host wants the next chunk of an exported stream. */
export function pulled(number) {
  enter(number, (entry) => feed(number, entry));
}

/** The host reads an exported stream no further. */
export function cancelled(number, reason) {
  enter(number, (entry) => {
    p.MapDelete(exported, number);
    entry.source.cancel(reason);
  });
}

function enter(number, event) {
  const entry = p.MapGet(exported, number);
  if (entry === undefined) {
    return;
  }
  if (entry.inBlock) {
    event(entry);
  } else {
    admit(() => event(entry));
  }
}

async function feed(number, entry) {
  let bytes;
  try {
    bytes = await entry.source.read();
  } catch (error) {
    if (p.MapDelete(exported, number)) {
      const { name, message } = describe(error);
      host.errorStream(number, name, message);
      entry.after?.();
    }
    return;
  }
  if (bytes !== undefined) {
    host.chunk(number, bytes);
  } else if (p.MapDelete(exported, number)) {
    host.endStream(number);
    entry.after?.();
  }
}

function describe(error) {
  try {
    if (p.ErrorIsError(error)) {
      return { __proto__: null, name: p.toText(error.name), message: p.toText(error.message) };
    }
    return { __proto__: null, name: "Error", message: p.toText(error) };
  } catch {
    return { __proto__: null, name: "Error", message: "unreadable error" };
  }
}
