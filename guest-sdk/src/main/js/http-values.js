/** Headers, requests, responses and streams, as parts of values on their way to other guests. */

import * as p from "lapidary:primordials";
import { freshStream, receivedContent, setBody, takeBody } from "lapidary:body";
import { ownHold } from "lapidary:capability";
import { flatHeaders, headersOf } from "lapidary:headers";
import { Held } from "lapidary:held";
import { host } from "lapidary:host";
import { Request } from "lapidary:request";
import { Response } from "lapidary:response";
import { isLocked, receiveStream, sendStream, viewOf } from "lapidary:streams";
import { damaged } from "lapidary:v8-input";
import * as t from "lapidary:v8-tags";
import { readWritable, writableTarget } from "lapidary:writable";

const NO_BODY = 0;
const BYTES = 1;
const STREAM = 2;
const requestField = fields(Request, ["method", "url", "headers", "redirect"]);
const responseField = fields(Response, ["status", "statusText", "headers", "webSocket"]);

function fields(constructor, names) {
  const getters = { __proto__: null };
  for (const name of names) {
    getters[name] = p.getter(constructor.prototype, name);
  }
  return getters;
}

/** What the host is given for a stream, which is then used up. */
export function streamCap(stream) {
  const number = stream instanceof Held ? stream.handOver() : sendStream(stream);
  return number < 0 ? host.exportStream(-number) : number;
}

/**
 * Writes an object of one of these classes.
 *
 * @param {object} payload receives the streams
 * @param {boolean} whole whether streams may go along
 */
export function writeHttpValue(payload, whole, object, name, writer) {
  writer.byte(t.HOST);
  switch (name) {
    case "Headers":
      writer.varint(t.HOST_HEADERS);
      return writeHeaders(object, writer);
    case "Request":
      writer.varint(t.HOST_REQUEST);
      return writeRequest(payload, whole, object, writer);
    case "Response":
      writer.varint(t.HOST_RESPONSE);
      return writeResponse(payload, whole, object, writer);
    case "ReadableStream":
      requireRpc(whole, name);
      if (isLocked(object)) {
        throw new p.TypeErrorOf("The ReadableStream has been locked to a reader.");
      }
      writer.varint(t.HOST_READABLE);
      return writeStream(payload, freshStream(object), writer);
    default:
      requireRpc(whole, name);
      writer.varint(t.HOST_WRITABLE);
      writer.varint(add(payload, ownHold(writableTarget(object))));
      return true;
  }
}

function requireRpc(whole, name) {
  if (!whole) {
    throw p.domException(name + " can only be serialized for RPC.", "DataCloneError");
  }
}

function writeStream(payload, stream, writer) {
  writer.varint(add(payload, { __proto__: null, stream }));
  return true;
}

function add(payload, hold) {
  const index = payload.holds.length;
  payload.holds[index] = hold;
  return index;
}

function writeHeaders(headers, writer) {
  const flat = flatHeaders(headers);
  writer.varint(flat.length);
  for (let i = 0; i < flat.length; i++) {
    writer.utf8String(flat[i]);
  }
  return true;
}

function writeRequest(payload, whole, request, writer) {
  writer.utf8String(requestField.method(request));
  writer.utf8String(requestField.url(request));
  writer.utf8String(requestField.redirect(request));
  writeHeaders(requestField.headers(request), writer);
  return writeBody(payload, whole, request, writer);
}

function writeResponse(payload, whole, response, writer) {
  const status = responseField.status(response);
  if (status < 200 || responseField.webSocket(response) !== null) {
    throw p.domException("A Response with a WebSocket, or of an error, cannot be sent over RPC.", "DataCloneError");
  }
  writer.varint(status);
  writer.utf8String(responseField.statusText(response));
  writeHeaders(responseField.headers(response), writer);
  return writeBody(payload, whole, response, writer);
}

function writeBody(payload, whole, message, writer) {
  const content = takeBody(message);
  if (content === null) {
    writer.varint(NO_BODY);
    return true;
  }
  if (typeof content !== "string" && p.arrayBufferLength(content) < 0) {
    requireRpc(whole, "ReadableStream");
    writer.varint(STREAM);
    return writeStream(payload, content, writer);
  }
  writer.varint(BYTES);
  return writeBytes(typeof content === "string" ? host.utf8(content) : content, writer);
}

function writeBytes(bytes, writer) {
  const length = p.ArrayBufferByteLength(bytes);
  writer.varint(length);
  writer.raw(new p.Uint8(bytes), length);
  return true;
}

/** Reads what `writeHttpValue` wrote; undefined if it is of no such kind. */
export function readHttpValue(tag, reader, holds) {
  switch (tag) {
    case t.HOST_HEADERS:
      return headersOf(readHeaders(reader), false);
    case t.HOST_REQUEST:
      return readRequest(reader, holds);
    case t.HOST_RESPONSE:
      return readResponse(reader, holds);
    case t.HOST_READABLE:
      return readStream(reader, holds);
    case t.HOST_WRITABLE:
      return readWritable(reader, holds);
    default:
      return undefined;
  }
}

/** A stream has one reader: its entry is used up. What it was, here or as the host's handle. */
function takeStream(reader, holds) {
  const index = reader.varint();
  const entry = holds[index];
  if (entry === undefined || (typeof entry !== "number" && entry.stream === undefined)) {
    throw damaged("a stream that is not there");
  }
  holds[index] = undefined;
  return typeof entry === "number" ? entry : entry.stream;
}

function readStream(reader, holds) {
  const stream = takeStream(reader, holds);
  return typeof stream === "number" ? receiveStream(stream) : stream instanceof Held ? viewOf(stream) : stream;
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

function readBody(reader, holds) {
  const kind = reader.varint();
  if (kind === NO_BODY) {
    return null;
  }
  if (kind === STREAM) {
    return receivedContent(takeStream(reader, holds));
  }
  return readBytes(reader);
}

function readBytes(reader) {
  const length = reader.varint();
  if (length > reader.rest()) {
    throw damaged("body longer than its bytes");
  }
  return reader.take(length);
}
