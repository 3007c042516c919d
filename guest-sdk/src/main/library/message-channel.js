/** MessageChannel and MessagePort within one isolate, and PromiseRejectionEvent. */

import { bound } from "lapidary:async-context";
import { brandClass } from "lapidary:brand";
import { Event, EventTarget, MessageEvent } from "lapidary:events";
import { enumerable, tag } from "lapidary:primordials";

const KEY = {};
let entangle;

export class MessagePort extends EventTarget {
  #other;
  #started = false;
  #closed = false;
  #queue = [];
  #handler = null;

  constructor(key) {
    if (key !== KEY) {
      throw new TypeError("Illegal constructor");
    }
    super();
  }

  get onmessage() {
    return this.#handler;
  }

  set onmessage(handler) {
    this.#handler = typeof handler === "function" ? handler : null;
    this.start();
  }

  postMessage(value, options = undefined) {
    const transfer = Array.isArray(options) ? options : options?.transfer;
    const data = structuredClone(value, transfer === undefined ? undefined : { transfer });
    const target = this.#other;
    if (!this.#closed && target !== undefined && !target.#closed) {
      target.#queue.push(data);
      target.#drain();
    }
  }

  start() {
    this.#started = true;
    this.#drain();
  }

  close() {
    if (!this.#closed) {
      this.#closed = true;
      this.#other?.close();
    }
  }

  #drain() {
    if (this.#started && !this.#closed && this.#queue.length > 0) {
      queueMicrotask(bound(() => {
        const queue = this.#queue;
        this.#queue = [];
        for (const data of queue) {
          this.dispatchEvent(new MessageEvent("message", { data }));
        }
      }));
    }
  }

  static {
    entangle = (a, b) => {
      a.#other = b;
      b.#other = a;
    };
  }
}

export class MessageChannel {
  #ports = [new MessagePort(KEY), new MessagePort(KEY)];

  constructor() {
    entangle(this.#ports[0], this.#ports[1]);
  }

  get port1() {
    return this.#ports[0];
  }

  get port2() {
    return this.#ports[1];
  }
}

export class PromiseRejectionEvent extends Event {
  #promise;
  #reason;

  constructor(type, init) {
    super(type, init);
    this.#promise = init.promise;
    this.#reason = init.reason;
  }

  get promise() {
    return this.#promise;
  }

  get reason() {
    return this.#reason;
  }
}

enumerable(MessagePort, ["postMessage", "start", "close", "onmessage"]);
enumerable(MessageChannel, ["port1", "port2"]);
for (const [name, type] of Object.entries({ MessagePort, MessageChannel, PromiseRejectionEvent })) {
  tag(type, name);
  brandClass(type, name);
}
