/**
 * Values on their way to other guests: bytes, and the holds that the bytes refer to by index.
 *
 * An encoded payload owns a reference of each of its holds. What is decoded owns its stubs by leases. In place of a hold
 * there may be a record of a stream, `{stream}`, which is sent when the payload is.
 */

import * as p from "lapidary:primordials";
import { platformClassName, refusal, unsupported } from "lapidary:brand";
import { capOf, endLease, held, lease, ownHold, release, retain } from "lapidary:capability";
import { host } from "lapidary:host";
import { readHttpValue, streamCap, writeHttpValue } from "lapidary:http-values";
import { CLASS, nodeOf, SERVICE, STUB } from "lapidary:node";
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
const makers = { __proto__: null };

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
    if (holds[i].stream === undefined) {
      release(holds[i]);
    }
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
      caps[i] = holds[i].stream === undefined ? capOf(holds[i]) : streamCap(holds[i].stream);
    }
    return send(payload.bytes, caps);
  } catch (error) {
    for (let i = 0; i < caps.length; i++) {
      if (holds[i].stream !== undefined) {
        host.drop(caps[i]);
      } else if (caps[i] < 0) {
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
    case "Request":
    case "Response":
    case "ReadableStream":
    case "WritableStream":
      return writeHttpValue(payload, scope === RPC, object, name, writer);
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
    holds[i] = entries[i];
  }
  try {
    return deserialize(bytes, host.text, (kind, reader) => readExternal(kind, reader, holds, leases));
  } finally {
    for (let i = 0; i < holds.length; i++) {
      if (typeof holds[i] === "number") {
        host.drop(holds[i]);
      } else if (holds[i] !== undefined && holds[i].stream === undefined) {
        release(holds[i]);
      }
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
    default:
      return readHttpValue(tag, reader, holds);
  }
}

/** A stub of one of the capabilities that came along. */
export function readStub(kind, reader, holds, leases) {
  const index = reader.varint();
  const entry = holds[index];
  if (entry === undefined || entry.stream !== undefined) {
    throw damaged("a capability that is not there");
  }
  const hold = typeof entry === "number" ? held(entry) : entry;
  holds[index] = hold;
  const stub = makeStub(kind, retain(hold));
  leases[leases.length] = nodeOf(stub).owned;
  return stub;
}
