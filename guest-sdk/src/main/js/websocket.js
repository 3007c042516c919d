/**
 * WebSocket.
 *
 * The host keeps both ends of every connection and numbers them; what the peer sends comes back as events. A pair that
 * nobody has accepted or handed out yet is unknown to the host.
 */

import * as p from "lapidary:primordials";
import { newBlob } from "lapidary:blob";
import { brandClass } from "lapidary:brand";
import { isCompatible } from "lapidary:compatibility";
import { reportUncaught } from "lapidary:console";
import { CloseEvent, dispatchEvent, ErrorEvent, Event, EventTarget, MessageEvent } from "lapidary:events";
import { host, requireEvent } from "lapidary:host";
import { deserialize } from "lapidary:v8-reader";
import { serialize } from "lapidary:v8-writer";
import { openConnection } from "lapidary:websocket-client";

const INTERNAL = { __proto__: null };
const MAX_ATTACHMENT_BYTES = 16_384;
const MAX_REASON_BYTES = 123;
const NO_STATUS = 1005;
const ABNORMAL = 1006;
const LOST = "Network connection lost.";
const UNACCEPTED = "You must call one of accept() or state.acceptWebSocket() on this WebSocket before sending messages.";

// What has become of an end: its whole state but for what was closed.
const CONNECTING = 0;
const WAITING = 1;
const ACCEPTED = 2;
const HIBERNATABLE = 3;
const RELEASED = 4;

/** Open ends that this instance knows, by the host's number. */
const open = new p.MapOf();
let internals;

export class WebSocket extends EventTarget {
  #number = 0;
  #peer;
  #state = WAITING;
  #closedIn = false;
  #closedOut = false;
  #aborted = false;
  #failed = false;
  #error;
  #halfOpen = false;
  #left = false;
  #url = null;
  #protocol = "";
  #extensions = "";
  #binaryType = binaryTypeOf();
  #attachment;
  #tags;

  constructor(url, protocols = undefined) {
    super();
    if (url === INTERNAL) {
      return;
    }
    if (arguments.length === 0) {
      throw new p.TypeErrorOf("Failed to construct 'WebSocket': constructor parameter 1 is not of type 'string'.");
    }
    requireEvent();
    this.#state = CONNECTING;
    this.#url = p.toText(url);
    openConnection(this.#url, protocols, (socket, protocol, extensions) => this.#connected(socket, protocol, extensions),
      (error) => this.#refused(error));
  }

  #connected(socket, protocol, extensions) {
    if (this.#state !== CONNECTING) {
      host.socketClose(internals.number(socket), ABNORMAL, "");
      return;
    }
    this.#number = internals.number(socket);
    this.#protocol = protocol;
    this.#extensions = extensions;
    this.#accept();
    this.#dispatch(new Event("open"));
  }

  #refused(error) {
    this.#closedIn = true;
    this.#state = RELEASED;
    this.#fail(error);
    this.#dispatch(new CloseEvent("close", { code: ABNORMAL, reason: "Failed to establish websocket connection", wasClean: false }));
  }

  #accept() {
    this.#state = ACCEPTED;
    host.socketAccept(this.#attach());
    p.MapSet(open, this.#number, this);
  }

  /** The host's number of this end; makes the pair known to the host. */
  #attach() {
    if (this.#number === 0) {
      this.#number = host.socketPair();
      this.#peer.#number = this.#number + 1;
    }
    return this.#number;
  }

  get readyState() {
    if (this.#failed || (this.#closedIn && this.#closedOut)) {
      return 3;
    }
    return this.#closedIn || this.#closedOut ? 2 : this.#state === CONNECTING ? 0 : 1;
  }

  get bufferedAmount() {
    return 0;
  }

  get url() {
    return this.#url;
  }

  get protocol() {
    return this.#protocol;
  }

  get extensions() {
    return this.#extensions;
  }

  get binaryType() {
    return this.#binaryType;
  }

  set binaryType(value) {
    const type = p.toText(value);
    if (type === "arraybuffer" || type === "blob") {
      this.#binaryType = type;
    }
  }

  accept(options = undefined) {
    if (options !== undefined && options !== null && typeof options !== "object") {
      throw new p.TypeErrorOf("Failed to execute 'accept' on 'WebSocket': parameter 1 is not of type 'AcceptOptions'.");
    }
    switch (this.#state) {
      case CONNECTING:
        throw new p.TypeErrorOf("Websockets obtained from the 'new WebSocket()' constructor cannot call accept");
      case RELEASED:
        throw new p.TypeErrorOf("Can't accept() WebSocket that was already used in a response.");
      case HIBERNATABLE:
        throw new p.TypeErrorOf("Can't accept() WebSocket after enabling hibernation.");
      case WAITING:
        this.#halfOpen = !!options?.allowHalfOpen;
        requireEvent();
        this.#accept();
    }
  }

  send(message) {
    if (arguments.length === 0) {
      throw new p.TypeErrorOf("Failed to execute 'send' on 'WebSocket': parameter 1 is not of type 'ArrayBuffer or ArrayBufferView or string'.");
    }
    const data = payload(message);
    if (this.#closedOut) {
      throw new p.TypeErrorOf("Can't call WebSocket send() after close().");
    }
    if (this.#aborted || this.#state === RELEASED) {
      return;
    }
    if (this.#state !== ACCEPTED && this.#state !== HIBERNATABLE) {
      throw new p.TypeErrorOf(UNACCEPTED);
    }
    host.socketSend(this.#number, data);
  }

  close(code = undefined, reason = undefined) {
    const status = code === undefined ? NO_STATUS : p.MathTrunc(p.NumberFrom(code)) || 0;
    if (code !== undefined && !isCloseCode(status)) {
      throw p.domException("Invalid WebSocket close code: " + status + ".", "InvalidAccessError");
    }
    const text = reason === undefined ? "" : p.toText(reason);
    if (reason !== undefined && code === undefined) {
      throw p.domException("If you specify a WebSocket close reason, you must also specify a code.", "InvalidAccessError");
    }
    if (p.ArrayBufferByteLength(host.utf8(text)) > MAX_REASON_BYTES) {
      throw p.domException("WebSocket close reason must not be longer than 123 bytes when UTF-8 encoded.", "SyntaxError");
    }
    if (this.#state === CONNECTING) {
      this.#state = RELEASED;
      p.PromiseThen(p.PromiseOf.resolve(), () => this.#refused(new p.ErrorOf(LOST)));
    } else if (!this.#closedOut && !this.#aborted && this.#state !== RELEASED) {
      if (this.#state === WAITING) {
        throw new p.TypeErrorOf(UNACCEPTED);
      }
      this.#closeOut(status, text);
    }
  }

  #closeOut(status, reason) {
    this.#closedOut = true;
    host.socketClose(this.#number, status, reason);
    this.#forgetClosed();
  }

  #forgetClosed() {
    if (this.#closedIn && (this.#closedOut || this.#aborted)) {
      p.MapDelete(open, this.#number);
    }
  }

  serializeAttachment(value) {
    if (arguments.length === 0) {
      throw new p.TypeErrorOf("Failed to execute 'serializeAttachment' on 'WebSocket': parameter 1 is not of type 'Value'.");
    }
    const bytes = serialize(value, host.utf8);
    const size = p.ArrayBufferByteLength(bytes);
    if (size > MAX_ATTACHMENT_BYTES) {
      throw new p.ErrorOf("A WebSocket 'attachment' cannot be larger than " + MAX_ATTACHMENT_BYTES
        + " bytes.'attachment' was " + size + " bytes.");
    }
    if (this.#state === HIBERNATABLE) {
      host.socketAttachment(this.#number, bytes);
    } else {
      this.#attachment = bytes;
    }
  }

  deserializeAttachment() {
    const bytes = this.#state === HIBERNATABLE ? host.socketAttachment(this.#number) : this.#attachment;
    return bytes === undefined ? null : deserialize(bytes, host.text);
  }

  /** An accepted connection ends for a reason that no peer has given. */
  #fail(error) {
    if (this.#failed) {
      return;
    }
    this.#failed = true;
    this.#aborted = true;
    this.#error = error;
    this.#dispatch(new ErrorEvent("error", { message: "Uncaught " + errorLine(error), error }));
    this.#forgetClosed();
  }

  /** What a listener throws ends the connection. */
  #dispatch(event) {
    let failure;
    dispatchEvent(this, event, (error) => {
      reportUncaught(error);
      failure ??= { __proto__: null, error };
    });
    if (failure !== undefined && event.type === "message" && !this.#failed) {
      host.socketClose(this.#number, ABNORMAL, "");
      this.#closedIn = true;
      this.#fail(failure.error);
    }
  }

  static {
    internals = {
      __proto__: null,
      is: (value) => typeof value === "object" && value !== null && #peer in value,
      make: () => new WebSocket(INTERNAL),
      pair: (one, other) => {
        one.#peer = other;
        other.#peer = one;
      },
      number: (socket) => socket.#attach(),
      isAccepted: (socket) => socket.#state === ACCEPTED || socket.#state === HIBERNATABLE,
      isHibernatable: (socket) => socket.#state === HIBERNATABLE,
      isPeerWaiting: (socket) => socket.#peer?.#state === WAITING,
      hold: (socket, number) => {
        socket.#number = number;
      },
      hibernate: (socket, tags) => {
        host.socketHibernate(socket.#attach(), tags, socket.#attachment);
        socket.#state = HIBERNATABLE;
        socket.#tags = tags;
        socket.#attachment = undefined;
        p.MapSet(open, socket.#number, socket);
      },
      awake: (socket, number, closedIn, closedOut) => {
        socket.#number = number;
        socket.#state = HIBERNATABLE;
        socket.#closedIn = closedIn;
        socket.#closedOut = closedOut;
        p.MapSet(open, number, socket);
      },
      tags: (socket) => socket.#tags ??= p.ObjectSetPrototypeOf(host.socketTags(socket.#number), null),
      release: (socket) => {
        if (socket.#state === RELEASED) {
          throw new p.TypeErrorOf("Can't return WebSocket that was already used in a response.");
        }
        if (socket.#state !== WAITING) {
          throw new p.TypeErrorOf(
            socket.#url !== null ? "Can't return WebSocket in a Response if it was created with `new WebSocket()`"
              : socket.#state === HIBERNATABLE ? "Can't return WebSocket in a Response after calling acceptWebSocket()."
                : "Can't return WebSocket in a Response after calling accept().");
        }
        const number = socket.#attach();
        socket.#state = RELEASED;
        return number;
      },
      receive: (socket, data) => {
        const shown = typeof data !== "string" && socket.#binaryType === "blob" ? newBlob(data) : data;
        socket.#dispatch(new MessageEvent("message", { data: shown }));
      },
      closed: (socket, code, reason, wasClean) => {
        if (wasClean) {
          socket.#closedIn = true;
          if (!socket.#halfOpen && !socket.#closedOut && !socket.#aborted) {
            socket.#closeOut(code, reason);
          }
        }
        socket.#dispatch(new CloseEvent("close", { code, reason, wasClean }));
        socket.#closedIn = true;
        socket.#aborted ||= !wasClean;
        socket.#forgetClosed();
      },
      failed: (socket, message) => {
        socket.#closedIn = true;
        socket.#fail(new p.ErrorOf(message));
      },
      peerClosed: (socket, wasClean) => {
        socket.#closedIn = true;
        socket.#aborted ||= !wasClean;
      },
      leave: (socket) => {
        socket.#left = true;
      },
      hasLeft: (socket) => socket.#left,
      answerClose: (socket, code, reason) => {
        if (!socket.#closedOut && !socket.#aborted) {
          socket.#closeOut(code, reason);
        }
        socket.#forgetClosed();
      },
    };
  }
}

/** What the standard says, and Workers of an earlier date do not. */
function binaryTypeOf() {
  return isCompatible("2026-03-17", "websocket_standard_binary_type") ? "blob" : "arraybuffer";
}

function payload(message) {
  if (typeof message === "string") {
    return message;
  }
  const length = p.arrayBufferLength(message);
  if (length >= 0) {
    return p.bytesOf(message, 0, length);
  }
  return p.ArrayBufferIsView(message) ? p.copyViewBytes(message) : p.toText(message);
}

function isCloseCode(code) {
  return code >= 1000 && code < 5000 && code !== 1004 && code !== NO_STATUS && code !== ABNORMAL && code !== 1015;
}

function errorLine(error) {
  try {
    return p.toText(error);
  } catch {
    return "unreadable error";
  }
}

/** What other modules of the platform may do with the ends that apps hold; never shown to apps. */
export const sockets = internals;

/** The end of that number which this instance knows, else undefined. */
export function known(number) {
  return p.MapGet(open, number);
}

const states = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"];
for (let i = 0; i < states.length; i++) {
  for (const name of [states[i], "READY_STATE_" + states[i]]) {
    for (const holder of [WebSocket, WebSocket.prototype]) {
      p.ObjectDefineProperty(holder, name, { __proto__: null, value: i, enumerable: true });
    }
  }
}
p.enumerable(WebSocket, ["accept", "send", "close", "serializeAttachment", "deserializeAttachment", "readyState", "bufferedAmount",
  "url", "protocol", "extensions", "binaryType"]);
p.tag(WebSocket, "WebSocket");
brandClass(WebSocket, "WebSocket");
