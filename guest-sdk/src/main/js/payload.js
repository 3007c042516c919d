/**
 * Values on their way to other guests: bytes, and the holds that the bytes refer to by index.
 *
 * An encoded payload owns a reference of each of its holds. What is decoded owns its stubs by leases.
 */

import * as p from "lapidary:primordials";
import { freshStream, receivedContent, sendBody, setBody } from "lapidary:body";
import { platformClassName, refusal, unsupported } from "lapidary:brand";
import { capOf, endLease, held, lease, moveStream, ownHold, release, retain, streamHold } from "lapidary:capability";
import { flatHeaders, headersOf } from "lapidary:headers";
import { host } from "lapidary:host";
import { CLASS, nodeOf, SERVICE, STUB } from "lapidary:node";
import { Request } from "lapidary:request";
import { Response } from "lapidary:response";
import { receiveStream, sendStream } from "lapidary:streams";
import { damaged } from "lapidary:v8-input";
import { deserialize } from "lapidary:v8-reader";
import * as t from "lapidary:v8-tags";
import { serialize } from "lapidary:v8-writer";

/** Arguments and results: everything may go along. */
export const RPC = 1;
/** `env` and `props`, which outlive the guest that made them. */
export const BINDINGS = 2;

const MAX_BYTES = 32 * 1024 * 1024;
/** The tag and the kind that its stub must have. */
const TAGS = { __proto__: null, [STUB]: t.HOST_STUB, [SERVICE]: t.HOST_SERVICE, [CLASS]: t.HOST_CLASS };
const NO_BODY = 0;
const BYTES = 1;
const STREAM = 2;
const requestField = fields(Request, ["method", "url", "headers", "redirect"]);
const responseField = fields(Response, ["status", "statusText", "headers", "webSocket"]);
const makers = { __proto__: null };

function fields(constructor, names) {
  const getters = { __proto__: null };
  for (const name of names) {
    getters[name] = p.getter(constructor.prototype, name);
  }
  return getters;
}

/** Tells how the stub of a kind is made: `make(node)`, where the node has a hold and a lease yet to come. */
export function setMaker(kind, make) {
  makers[kind] = make;
}

/**
 * A stub of the given kind that owns one reference of `hold`, which the caller has retained for it.
 *
 * @param {object} special `prototype`, where it is not the kind's own; `refusal`, why it cannot be cloned
 */
export function makeStub(kind, hold, special = undefined) {
  const node = {
    __proto__: null, kind, hold, owned: undefined, prototype: special?.prototype, refusal: special?.refusal,
  };
  const stub = makers[kind](node);
  node.owned = lease(stub, hold);
  return stub;
}

/**
 * The bytes of a value for another guest.
 *
 * @param {number} scope RPC or BINDINGS
 * @returns {{bytes: ArrayBuffer, holds: object[], given: object[]}} `given` are the nodes of the RPC stubs in it
 * @throws {DOMException} DataCloneError if something in it cannot go along
 */
export function encode(value, scope) {
  const payload = { __proto__: null, bytes: undefined, holds: p.list(), given: p.list() };
  try {
    payload.bytes = serialize(value, host.utf8, (object, writer) => writeExternal(payload, scope, object, writer), MAX_BYTES, tooLarge);
  } catch (error) {
    discard(payload);
    throw error;
  }
  return payload;
}

function tooLarge(size) {
  return new p.ErrorOf("Serialized RPC arguments or return values are limited to 32MiB, but the size of this value was: " + size + " bytes.");
}

/** Gives up what an encoded payload owns. */
export function discard(payload) {
  const { holds } = payload;
  for (let i = 0; i < holds.length; i++) {
    release(holds[i]);
  }
  holds.length = 0;
}

/**
 * Hands an encoded payload to the host: `send(bytes, caps)` calls the host function.
 *
 * @throws what `send` throws; nothing is owed then
 */
export function transmit(payload, send) {
  const { holds } = payload;
  const caps = p.list();
  try {
    for (let i = 0; i < holds.length; i++) {
      caps[i] = capOf(holds[i]);
    }
    const sent = send(payload.bytes, caps);
    for (let i = 0; i < holds.length; i++) {
      if (holds[i].isStream) {
        moveStream(holds[i]);
      }
    }
    return sent;
  } catch (error) {
    for (let i = 0; i < caps.length; i++) {
      if (caps[i] < 0) {
        release(holds[i]);
      }
    }
    throw error;
  } finally {
    discard(payload);
  }
}

/** The stubs of a result belong to whoever called: those it was made of are disposed of. */
export function handOver(payload) {
  const { given } = payload;
  for (let i = 0; i < given.length; i++) {
    endLease(given[i].owned);
  }
}

function add(payload, hold) {
  const index = payload.holds.length;
  payload.holds[index] = hold;
  return index;
}

function writeExternal(payload, scope, object, writer) {
  const node = nodeOf(object);
  if (node !== undefined) {
    return writeNode(payload, scope, object, node, writer);
  }
  if (typeof object === "function") {
    return scope === RPC && writeHold(payload, t.HOST_STUB, ownHold(object), writer);
  }
  const name = platformClassName(object);
  switch (name) {
    case "RpcTarget":
      if (scope !== RPC) {
        throw refusal(object, name);
      }
      return writeHold(payload, t.HOST_STUB, ownHold(object), writer);
    case "AbortSignal":
      throw p.domException("AbortSignal serialization is not enabled.", "DataCloneError");
    case "Headers":
      writer.byte(t.HOST);
      writer.varint(t.HOST_HEADERS);
      return writeHeaders(object, writer);
    case "Request":
      return writeRequest(payload, object, writer);
    case "Response":
      return writeResponse(payload, object, writer);
    case "ReadableStream":
      if (scope !== RPC) {
        throw refusal(object, name);
      }
      return writeStream(payload, freshStream(object), writer);
    default:
      throw name === undefined ? p.domException(unsupported(className(object)), "DataCloneError") : refusal(object, name);
  }
}

function writeNode(payload, scope, object, node, writer) {
  const tag = TAGS[node.kind];
  if (tag === undefined || node.refusal !== undefined) {
    throw node.refusal === undefined ? refusal(object, platformClassName(object)) : p.domException(node.refusal, "DataCloneError");
  }
  if (node.kind === STUB) {
    if (scope !== RPC) {
      throw p.domException("RpcStub cannot be serialized in this context because it is not a persistent stub.", "DataCloneError");
    }
    payload.given[payload.given.length] = node;
  }
  return writeHold(payload, tag, retain(liveHold(node)), writer);
}

/** What a stub stands for. @throws {Error} if it was disposed of */
export function liveHold(node) {
  if (node.owned !== undefined && !node.owned.live) {
    throw new p.ErrorOf("RPC stub used after being disposed.");
  }
  return node.hold;
}

function writeHold(payload, tag, hold, writer) {
  writer.byte(t.HOST);
  writer.varint(tag);
  writer.varint(add(payload, hold));
  return true;
}

function writeHeaders(headers, writer) {
  const flat = flatHeaders(headers);
  writer.varint(flat.length);
  for (let i = 0; i < flat.length; i++) {
    writer.utf8String(flat[i]);
  }
  return true;
}

function writeRequest(payload, request, writer) {
  writer.byte(t.HOST);
  writer.varint(t.HOST_REQUEST);
  writer.utf8String(requestField.method(request));
  writer.utf8String(requestField.url(request));
  writer.utf8String(requestField.redirect(request));
  writeHeaders(requestField.headers(request), writer);
  return writeBody(payload, request, writer);
}

function writeResponse(payload, response, writer) {
  const status = responseField.status(response);
  if (status < 200 || responseField.webSocket(response) !== null) {
    throw p.domException("A Response with a WebSocket, or of an error, cannot be sent over RPC.", "DataCloneError");
  }
  writer.byte(t.HOST);
  writer.varint(t.HOST_RESPONSE);
  writer.varint(status);
  writer.utf8String(responseField.statusText(response));
  writeHeaders(responseField.headers(response), writer);
  return writeBody(payload, response, writer);
}

function writeStream(payload, stream, writer) {
  return writeHold(payload, t.HOST_READABLE, streamHold(streamHandle(sendStream(stream))), writer);
}

/** The host's handle for what `sendStream` and `sendBody` answer. */
function streamHandle(number) {
  return number > 0 ? number : host.exportStream(-number);
}

function writeBody(payload, message, writer) {
  const content = sendBody(message);
  if (content === null) {
    writer.varint(NO_BODY);
    return true;
  }
  if (typeof content === "number") {
    writer.varint(STREAM);
    writer.varint(add(payload, streamHold(streamHandle(content))));
    return true;
  }
  const bytes = typeof content === "string" ? host.utf8(content) : content;
  const length = p.ArrayBufferByteLength(bytes);
  writer.varint(BYTES);
  writer.varint(length);
  writer.raw(new p.Uint8(bytes), length);
  return true;
}

/** The name of an app's class, read without running anything of the app's. */
function className(object) {
  const prototype = p.ObjectGetPrototypeOf(object);
  const constructor = prototype === null ? undefined : ownData(prototype, "constructor");
  const name = typeof constructor === "function" ? ownData(constructor, "name") : undefined;
  return typeof name === "string" && name !== "" ? name : "Object";
}

function ownData(object, key) {
  const own = p.ObjectGetOwnPropertyDescriptor(object, key);
  return own !== undefined && p.ObjectHasOwn(own, "value") ? own.value : undefined;
}

/**
 * The value of a payload that came in. Each entry is used up.
 *
 * @param {ArrayBuffer|string} bytes a string is JSON
 * @param {(number|object)[]} entries handles of the host's, or holds
 * @param {object[]} leases receives those of the stubs in the value
 * @throws {DOMException} DataCloneError if the bytes are no value
 */
export function decode(bytes, entries, leases) {
  if (typeof bytes === "string") {
    return p.JSONParse(bytes);
  }
  const holds = p.list();
  for (let i = 0; i < entries.length; i++) {
    holds[i] = typeof entries[i] === "number" ? held(entries[i]) : entries[i];
  }
  try {
    return deserialize(bytes, host.text, (kind, reader) => readExternal(kind, reader, holds, leases));
  } finally {
    for (let i = 0; i < holds.length; i++) {
      release(holds[i]);
    }
  }
}

/** Ends many leases. */
export function endLeases(leases) {
  for (let i = 0; i < leases.length; i++) {
    endLease(leases[i]);
  }
  leases.length = 0;
}

function readExternal(tag, reader, holds, leases) {
  switch (tag) {
    case t.HOST_STUB:
      return readStub(STUB, reader, holds, leases);
    case t.HOST_SERVICE:
      return readStub(SERVICE, reader, holds, leases);
    case t.HOST_CLASS:
      return readStub(CLASS, reader, holds, leases);
    case t.HOST_HEADERS:
      return headersOf(readHeaders(reader), false);
    case t.HOST_REQUEST:
      return readRequest(reader, holds);
    case t.HOST_RESPONSE:
      return readResponse(reader, holds);
    case t.HOST_READABLE:
      return receiveStream(takeStream(reader, holds));
    default:
      return undefined;
  }
}

function readStub(kind, reader, holds, leases) {
  const hold = holds[reader.varint()];
  if (hold === undefined) {
    throw damaged("a capability that is not there");
  }
  const stub = makeStub(kind, retain(hold));
  leases[leases.length] = nodeOf(stub).owned;
  return stub;
}

function readHeaders(reader) {
  const length = reader.varint();
  if (length > reader.rest()) {
    throw damaged("headers longer than their bytes");
  }
  const flat = p.list();
  for (let i = 0; i < length; i++) {
    flat[i] = reader.utf8String();
  }
  return flat;
}

function readRequest(reader, holds) {
  const method = reader.utf8String();
  const url = reader.utf8String();
  const redirect = reader.utf8String();
  const headers = headersOf(readHeaders(reader), false);
  const request = new Request(url, { __proto__: null, method, redirect, headers });
  setBody(request, readBody(reader, holds));
  return request;
}

function readResponse(reader, holds) {
  const status = reader.varint();
  const statusText = reader.utf8String();
  const headers = headersOf(readHeaders(reader), false);
  const response = new Response(null, { __proto__: null, status, statusText, headers });
  setBody(response, readBody(reader, holds));
  return response;
}

/** The handle of a stream in a payload, which is then its receiver's. */
function takeStream(reader, holds) {
  const hold = holds[reader.varint()];
  if (hold === undefined || hold.handle === 0) {
    throw damaged("a stream that is not there");
  }
  const { handle } = hold;
  hold.isStream = true;
  moveStream(hold);
  return handle;
}

function readBody(reader, holds) {
  const kind = reader.varint();
  if (kind === NO_BODY) {
    return null;
  }
  if (kind === STREAM) {
    return receivedContent(takeStream(reader, holds));
  }
  const length = reader.varint();
  if (length > reader.rest()) {
    throw damaged("body longer than its bytes");
  }
  return reader.take(length);
}
