/**
 * WebSockets that outlive an instance: the host keeps them, with tags and attachments, and wakes the class for what they
 * receive. Here also come in the events of all other WebSockets.
 */

import * as p from "lapidary:primordials";
import { brandClass } from "lapidary:brand";
import { reportRejection, reportUncaught } from "lapidary:console";
import { admit } from "lapidary:gate";
import { host } from "lapidary:host";
import { cancel, later } from "lapidary:timers";
import { known, sockets } from "lapidary:websocket";

const MAX_TAGS = 10;
const MAX_TAG_BYTES = 256;
const MAX_AUTO_RESPONSE_BYTES = 2048;
const MAX_TIMEOUT_MS = 604_800_000;
const TIMEOUT_TEXT = "Actor exceeded event execution time and was disconnected.";

let instance;
let reset;
/** How long a handler may take in ms; undefined while nobody has asked the host, 0 for ever. */
let timeout;
/** The open sockets, the newest first, once somebody asked; kept up so that asking again is cheap. */
let listed;

/** Handlers are called on `object`; `resetFacet` ends its life with an error. */
export function bindSockets(object, resetFacet) {
  instance = object;
  reset = resetFacet;
}

const illTyped = (method, parameter, type) => new p.TypeErrorOf(
  "Failed to execute '" + method + "' on 'DurableObjectState': parameter " + parameter + " is not of type '" + type + "'.");

function requireSocket(method, value) {
  if (!sockets.is(value)) {
    throw illTyped(method, 1, "WebSocket");
  }
}

const byteLength = (text) => p.ArrayBufferByteLength(host.utf8(text));

export function acceptWebSocket(socket, tags = undefined) {
  requireSocket("acceptWebSocket", socket);
  if (tags !== undefined && !p.ArrayIsArray(tags)) {
    throw illTyped("acceptWebSocket", 2, "Array");
  }
  const names = p.list();
  for (let i = 0; tags !== undefined && i < tags.length; i++) {
    names[i] = p.toText(tags[i]);
  }
  if (sockets.isAccepted(socket)) {
    throw new p.ErrorOf("Cannot call `acceptWebSocket()` if the WebSocket was already accepted via `accept()`");
  }
  if (!sockets.isPeerWaiting(socket)) {
    throw new p.ErrorOf("Cannot call `acceptWebSocket()` on this WebSocket because its pair has already been accepted or used in a Response.");
  }
  sockets.hibernate(socket, distinct(names));
  if (listed !== undefined) {
    p.ArrayUnshift(listed, socket);
  }
}

function distinct(names) {
  if (names.length > MAX_TAGS) {
    throw new p.ErrorOf("a Hibernatable WebSocket cannot have more than " + MAX_TAGS + " tags");
  }
  const tags = p.list();
  for (let i = 0; i < names.length; i++) {
    if (byteLength(names[i]) > MAX_TAG_BYTES) {
      throw new p.ErrorOf("\"" + names[i] + "\" is longer than the max tag length (" + MAX_TAG_BYTES + " characters).");
    }
    let known = false;
    for (let j = 0; j < tags.length && !known; j++) {
      known = tags[j] === names[i];
    }
    if (!known) {
      tags[tags.length] = names[i];
    }
  }
  return tags;
}

export function getWebSockets(tag = undefined) {
  if (tag !== undefined) {
    return p.ArraySlice(open(p.toText(tag)));
  }
  listed ??= open(undefined);
  return p.ArraySlice(listed);
}

/** The open sockets of a tag or all, as the host lists them, in an array without a prototype. */
function open(tag) {
  const numbers = host.sockets(tag);
  const list = p.list();
  for (let i = 0; i < numbers.length; i++) {
    const socket = awake(numbers[i]);
    if (!sockets.hasLeft(socket)) {
      list[list.length] = socket;
    }
  }
  return list;
}

/** The socket's last event was told: it is in no list any more. */
function leave(socket) {
  sockets.leave(socket);
  const at = listed === undefined ? -1 : p.ArrayIndexOf(listed, socket);
  if (at >= 0) {
    p.ArraySplice(listed, at, 1);
  }
}

/** The object that stands for an end: the same for as long as this instance lives. */
function awake(number) {
  const socket = known(number);
  if (socket !== undefined) {
    return socket;
  }
  const state = host.socketState(number);
  const fresh = sockets.make();
  sockets.awake(fresh, number, (state & 1) !== 0, (state & 2) !== 0);
  return fresh;
}

export function getTags(socket) {
  requireSocket("getTags", socket);
  if (!sockets.isAccepted(socket)) {
    throw new p.ErrorOf("you must call 'acceptWebSocket()' before attempting to access the tags of a WebSocket.");
  }
  if (!sockets.isHibernatable(socket)) {
    throw new p.ErrorOf("only hibernatable websockets can have tags.");
  }
  return p.ArraySlice(sockets.tags(socket));
}

export class WebSocketRequestResponsePair {
  #request;
  #response;

  constructor(request, response) {
    if (arguments.length < 2) {
      throw new p.TypeErrorOf("Failed to construct 'WebSocketRequestResponsePair': constructor parameter "
        + (arguments.length + 1) + " is not of type 'string'.");
    }
    this.#request = p.toText(request);
    this.#response = p.toText(response);
  }

  get request() {
    return this.#request;
  }

  get response() {
    return this.#response;
  }

  static isPair(value) {
    return typeof value === "object" && value !== null && #request in value;
  }
}
const { isPair } = WebSocketRequestResponsePair;
delete WebSocketRequestResponsePair.isPair;
const requestOf = p.getter(WebSocketRequestResponsePair.prototype, "request");
const responseOf = p.getter(WebSocketRequestResponsePair.prototype, "response");

export function setWebSocketAutoResponse(pair = undefined) {
  if (pair === undefined) {
    host.socketAutoResponse(null);
    return;
  }
  if (!isPair(pair)) {
    throw illTyped("setWebSocketAutoResponse", 1, "WebSocketRequestResponsePair");
  }
  const request = requestOf(pair);
  const response = responseOf(pair);
  limit("Request", request);
  limit("Response", response);
  host.socketAutoResponse(request, response);
}

function limit(what, text) {
  const size = byteLength(text);
  if (size > MAX_AUTO_RESPONSE_BYTES) {
    throw new p.RangeErrorOf(what + " cannot be larger than " + MAX_AUTO_RESPONSE_BYTES + " bytes. A "
      + p.StringToLowerCase(what) + " of size " + size + " was provided.");
  }
}

export function getWebSocketAutoResponse() {
  const texts = host.socketAutoResponse();
  return texts === undefined ? null : new WebSocketRequestResponsePair(texts[0], texts[1]);
}

export function getWebSocketAutoResponseTimestamp(socket) {
  requireSocket("getWebSocketAutoResponseTimestamp", socket);
  const time = sockets.isHibernatable(socket) ? host.socketAutoResponseTime(sockets.number(socket)) : undefined;
  return time === undefined ? null : new p.DateOf(time);
}

export function setHibernatableWebSocketEventTimeout(ms = undefined) {
  let limit = 0;
  if (ms !== undefined && ms !== null) {
    const number = p.NumberFrom(ms);
    if (number !== number || number === Infinity || number === -Infinity) {
      throw new p.TypeErrorOf("The value cannot be converted because it is not an integer.");
    }
    limit = p.MathTrunc(number);
    if (limit < 0) {
      throw new p.TypeErrorOf("The value cannot be converted because it is negative and this API expects a positive number.");
    }
    if (limit > MAX_TIMEOUT_MS) {
      throw new p.ErrorOf("Event timeout should not exceed " + MAX_TIMEOUT_MS + " ms.");
    }
  }
  host.socketTimeout(limit);
  timeout = limit;
}

export function getHibernatableWebSocketEventTimeout() {
  timeout ??= host.socketTimeout();
  return timeout === 0 ? null : timeout;
}

/** The peer sent a text or an ArrayBuffer. */
export function socketMessage(number, data) {
  admit(() => {
    const socket = awake(number);
    if (sockets.isHibernatable(socket)) {
      call("webSocketMessage", socket, data);
    } else {
      sockets.receive(socket, data);
    }
  });
}

/** The peer closed, or vanished where `wasClean` is false; nothing more comes from it. */
export function socketClosed(number, code, reason, wasClean) {
  admit(() => {
    const socket = awake(number);
    if (!sockets.isHibernatable(socket)) {
      sockets.closed(socket, code, reason, wasClean);
      return;
    }
    sockets.peerClosed(socket, wasClean);
    const handled = call("webSocketClose", socket, code, reason, wasClean);
    leave(socket);
    answerClose(socket, code, reason, handled);
  });
}

async function answerClose(socket, code, reason, handled) {
  await handled;
  sockets.answerClose(socket, code, reason);
}

/** The connection broke: nothing comes, and nothing can be sent. */
export function socketFailed(number, message) {
  admit(() => {
    const socket = awake(number);
    if (!sockets.isHibernatable(socket)) {
      sockets.failed(socket, message);
      return;
    }
    sockets.peerClosed(socket, false);
    const handled = call("webSocketError", socket, new p.ErrorOf(message));
    leave(socket);
    answerClose(socket, 0, "", handled);
  });
}

/** Calls a handler of the class; what it throws is logged. A class without it does nothing. */
function call(name, ...args) {
  let result;
  try {
    const handler = instance[name];
    if (typeof handler !== "function") {
      return undefined;
    }
    result = p.ReflectApply(handler, instance, args);
  } catch (error) {
    reportUncaught(error);
    return undefined;
  }
  return typeof result === "object" && result !== null ? watch(result) : undefined;
}

async function watch(result) {
  const limit = getHibernatableWebSocketEventTimeout();
  const overdue = limit === null ? 0 : later(() => reset(new p.ErrorOf(TIMEOUT_TEXT)), limit);
  try {
    await result;
  } catch (error) {
    reportRejection(error);
  }
  if (overdue !== 0) {
    cancel(overdue);
  }
}

p.enumerable(WebSocketRequestResponsePair, ["request", "response"]);
p.tag(WebSocketRequestResponsePair, "WebSocketRequestResponsePair");
brandClass(WebSocketRequestResponsePair, "WebSocketRequestResponsePair");
