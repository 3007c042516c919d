/** Event, its subclasses and EventTarget, as far as there is no tree of targets. */

import * as p from "lapidary:primordials";
import { brandClass } from "lapidary:brand";
import { host } from "lapidary:host";
import { reportUncaught } from "lapidary:console";

let begin;
let finish;
let passive;
let stopped;
let dispatch;

export class Event {
  #type;
  #bubbles;
  #cancelable;
  #composed;
  #prevented = false;
  #stopped = false;
  #target = null;
  #flying = false;
  #halted = false;
  #passive = false;
  #time = 0;

  constructor(type, init = undefined) {
    if (arguments.length === 0) {
      throw new p.TypeErrorOf("Failed to construct 'Event': constructor parameter 1 is not of type 'string'.");
    }
    this.#type = p.toText(type);
    this.#bubbles = !!init?.bubbles;
    this.#cancelable = !!init?.cancelable;
    this.#composed = !!init?.composed;
    this.#time = host.now();
  }

  get type() {
    return this.#type;
  }

  get target() {
    return this.#target;
  }

  get currentTarget() {
    return this.#flying ? this.#target : null;
  }

  get srcElement() {
    return this.#target;
  }

  get bubbles() {
    return this.#bubbles;
  }

  get cancelable() {
    return this.#cancelable;
  }

  get composed() {
    return this.#composed;
  }

  get defaultPrevented() {
    return this.#prevented;
  }

  get eventPhase() {
    return this.#flying ? 2 : 0;
  }

  get isTrusted() {
    return false;
  }

  get timeStamp() {
    return this.#time;
  }

  get cancelBubble() {
    return this.#halted;
  }

  set cancelBubble(value) {
    this.#halted ||= !!value;
  }

  get returnValue() {
    return !this.#prevented;
  }

  set returnValue(value) {
    if (!value) {
      this.preventDefault();
    }
  }

  preventDefault() {
    this.#prevented ||= this.#cancelable && !this.#passive;
  }

  stopPropagation() {
    this.#halted = true;
  }

  stopImmediatePropagation() {
    this.#stopped = true;
    this.#halted = true;
  }

  composedPath() {
    return this.#flying ? [this.#target] : [];
  }

  static {
    begin = (event, target) => {
      if (event.#flying) {
        throw p.domException("The event is already being dispatched.", "InvalidStateError");
      }
      event.#flying = true;
      event.#stopped = false;
      event.#target = target;
    };
    stopped = (event) => event.#stopped;
    passive = (event, value) => {
      event.#passive = value;
    };
    finish = (event) => {
      event.#flying = false;
      event.#halted = false;
      return !event.#prevented;
    };
  }
}

export class CustomEvent extends Event {
  #detail;

  constructor(type, init = undefined) {
    super(type, init);
    this.#detail = init?.detail ?? null;
  }

  get detail() {
    return this.#detail;
  }
}

export class MessageEvent extends Event {
  #data;
  #origin;
  #lastEventId;
  #source;
  #ports;

  constructor(type, init = undefined) {
    super(type, init);
    this.#data = init?.data;
    this.#origin = init?.origin ?? null;
    this.#lastEventId = init?.lastEventId === undefined ? "" : p.toText(init.lastEventId);
    this.#source = init?.source ?? null;
    this.#ports = init?.ports ?? [];
  }

  get data() {
    return this.#data;
  }

  get origin() {
    return this.#origin;
  }

  get lastEventId() {
    return this.#lastEventId;
  }

  get source() {
    return this.#source;
  }

  get ports() {
    return this.#ports;
  }
}

export class CloseEvent extends Event {
  #code;
  #reason;
  #wasClean;

  constructor(type, init = undefined) {
    super(type, init);
    this.#code = init?.code === undefined ? 0 : p.NumberFrom(init.code);
    this.#reason = init?.reason === undefined ? "" : p.toText(init.reason);
    this.#wasClean = !!init?.wasClean;
  }

  get code() {
    return this.#code;
  }

  get reason() {
    return this.#reason;
  }

  get wasClean() {
    return this.#wasClean;
  }
}

export class ErrorEvent extends Event {
  #message;
  #error;
  #filename;
  #lineno;
  #colno;

  constructor(type, init = undefined) {
    super(type, init);
    this.#message = init?.message === undefined ? "" : p.toText(init.message);
    this.#error = init?.error;
    this.#filename = init?.filename === undefined ? "" : p.toText(init.filename);
    this.#lineno = init?.lineno === undefined ? 0 : p.NumberFrom(init.lineno);
    this.#colno = init?.colno === undefined ? 0 : p.NumberFrom(init.colno);
  }

  get message() {
    return this.#message;
  }

  get error() {
    return this.#error;
  }

  get filename() {
    return this.#filename;
  }

  get lineno() {
    return this.#lineno;
  }

  get colno() {
    return this.#colno;
  }
}

export class EventTarget {
  /** Records `{type, handler, once, removed}` in order of registration. */
  #listeners = p.list();

  addEventListener(type, handler, options = undefined) {
    const capture = isCapturing(options);
    if (handler === null || handler === undefined) {
      return;
    }
    if (typeof handler !== "function" && typeof handler !== "object") {
      throw new p.TypeErrorOf("Failed to execute 'addEventListener' on 'EventTarget': parameter 2 is not of type 'function or HandlerObject'.");
    }
    const name = p.toText(type);
    for (let i = 0; i < this.#listeners.length; i++) {
      if (this.#listeners[i].type === name && this.#listeners[i].handler === handler && this.#listeners[i].capture === capture) {
        return;
      }
    }
    const signal = options?.signal;
    if (signal?.aborted) {
      return;
    }
    this.#listeners[this.#listeners.length] = {
      __proto__: null, type: name, handler, capture, once: !!options?.once, passive: !!options?.passive, removed: false,
    };
    signal?.addEventListener("abort", () => this.removeEventListener(name, handler, capture));
  }

  removeEventListener(type, handler, options = undefined) {
    const capture = isCapturing(options);
    const name = p.toText(type);
    const rest = p.list();
    for (let i = 0; i < this.#listeners.length; i++) {
      const listener = this.#listeners[i];
      if (listener.type === name && listener.handler === handler && listener.capture === capture) {
        listener.removed = true;
      } else {
        rest[rest.length] = listener;
      }
    }
    this.#listeners = rest;
  }

  dispatchEvent(event) {
    return dispatch(this, event, reportUncaught);
  }

  static {
    dispatch = (target, event, thrown) => {
      begin(event, target);
      const listeners = target.#listeners;
      const count = listeners.length;
      const type = event.type;
      for (let i = 0; i < count && !stopped(event); i++) {
        const listener = listeners[i];
        if (listener.type === type && !listener.removed) {
          if (listener.once) {
            target.removeEventListener(type, listener.handler, listener.capture);
          }
          passive(event, listener.passive);
          deliver(target, listener.handler, event, thrown);
        }
      }
      passive(event, false);
      const handler = target["on" + type];
      if (typeof handler === "function") {
        deliver(target, handler, event, thrown);
      }
      return finish(event);
    };
  }
}

function isCapturing(options) {
  return typeof options === "boolean" ? options : !!options?.capture;
}

function deliver(target, handler, event, thrown) {
  try {
    if (typeof handler === "function") {
      p.ReflectApply(handler, target, [event]);
    } else {
      handler.handleEvent(event);
    }
  } catch (error) {
    thrown(error);
  }
}

/** Dispatches an event, and tells `thrown` of what its listeners throw. */
export function dispatchEvent(target, event, thrown) {
  return dispatch(target, event, thrown);
}

for (const [type, name] of [[Event, "Event"], [CustomEvent, "CustomEvent"], [MessageEvent, "MessageEvent"],
  [CloseEvent, "CloseEvent"], [ErrorEvent, "ErrorEvent"], [EventTarget, "EventTarget"]]) {
  p.tag(type, name);
  brandClass(type, name);
}
for (const [name, value] of [["NONE", 0], ["CAPTURING_PHASE", 1], ["AT_TARGET", 2], ["BUBBLING_PHASE", 3]]) {
  for (const holder of [Event, Event.prototype]) {
    p.ObjectDefineProperty(holder, name, { __proto__: null, value, enumerable: true });
  }
}
