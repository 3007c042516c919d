/** The receiving end of a call: finds what a path names, calls it, and gives the result or the error back. */

import * as p from "lapidary:primordials";
import { platformClassName } from "lapidary:brand";
import { nodeOf, SERVICE, STUB } from "lapidary:node";
import { decode, discard, encode, endLeases, handOver, RPC } from "lapidary:payload";
import { shown } from "lapidary:properties";

/** Names that mean something else where the receiver is an object or an entrypoint. */
const RESERVED = {
  __proto__: null, fetch: true, connect: true, alarm: true, webSocketMessage: true, webSocketClose: true, webSocketError: true,
  dup: true, constructor: true, startFacet: true,
};
const MISSING_SUPERCLASS = "The receiving Durable Object does not support RPC, because its class was not declared with "
  + "`extends DurableObject`. In order to enable RPC, make sure your class extends the special class `DurableObject`, "
  + "which can be imported from the module \"cloudflare:workers\".";
/** An instance of a class: a facet, or a worker's entrypoint. */
export const INSTANCE = 1;
/** An instance of a class that cannot be called, as it extends nothing. */
export const PLAIN_INSTANCE = 2;
/** An exported object with functions of (argument, env, ctx). */
export const HANDLERS = 3;
/** A function or RpcTarget that was handed out. */
export const EXPORTED = 4;

let sendOn;

/** Tells how a call goes on through a stub: `send(stub, path, args)`. */
export function setForward(send) {
  sendOn = send;
}

/**
 * Performs a call, or reads a property. Stubs among the arguments are disposed of at its end.
 *
 * @param {object} receiver `{target, kind, env, ctx}`; or a function that makes it, and may throw
 * @param {string[]} path
 * @param {ArrayBuffer|string|undefined} bytes the arguments, an array; undefined reads a property; a string is JSON
 * @param {(payload) => void} done given an encoded payload, or JSON if it came as JSON
 * @param {(error) => void} failed
 */
export async function serve(receiver, path, bytes, entries, done, failed) {
  const leases = p.list();
  let payload;
  try {
    const args = bytes === undefined ? undefined : decode(bytes, entries, leases);
    if (args !== undefined && !p.ArrayIsArray(args)) {
      throw new p.TypeErrorOf("The arguments of a call are an array.");
    }
    const value = await perform(typeof receiver === "function" ? receiver() : receiver, path, args);
    if (typeof bytes === "string") {
      done(p.JSONStringify(value) ?? "null");
      return;
    }
    payload = encode(value, RPC);
    handOver(payload);
    done(payload);
  } catch (error) {
    if (payload !== undefined) {
      discard(payload);
    }
    failed(error);
  } finally {
    endLeases(leases);
  }
}

function perform(receiver, path, args) {
  const { target, kind } = receiver;
  let holder;
  let value = target;
  for (let i = 0; i < path.length; i++) {
    const node = nodeOf(value);
    if (node !== undefined && (node.kind === STUB || node.kind === SERVICE)) {
      return sendOn(value, rest(path, i), args);
    }
    if (i > 0 && !isOpen(value)) {
      throw notImplemented(path[i - 1]);
    }
    holder = value;
    value = i === 0 && kind !== EXPORTED ? topLevel(receiver, path[0], args) : member(value, path[i]);
    if (value === undefined) {
      throw notImplemented(path[i]);
    }
  }
  if (args === undefined) {
    return value;
  }
  if (typeof value !== "function") {
    throw notAFunction(path);
  }
  if (kind === HANDLERS && path.length === 1) {
    return p.ReflectApply(value, target, [args[0], receiver.env, receiver.ctx]);
  }
  return p.ReflectApply(value, path.length === 0 ? target : holder, args);
}

/** Whether a path may lead through a value. */
function isOpen(value) {
  return typeof value === "function" || isPlain(value) || (typeof value === "object" && platformClassName(value) === "RpcTarget");
}

/** The part of a path from an index. */
export function rest(path, from) {
  const names = p.list();
  for (let i = from; i < path.length; i++) {
    names[i - from] = path[i];
  }
  return names;
}

/** The error for a path that names no function. */
export function notAFunction(path) {
  return new p.TypeErrorOf('"' + (path.length === 0 ? "(this)" : path[path.length - 1]) + '" is not a function.');
}

/** The error for a name that leads nowhere. */
export function notImplemented(name) {
  return new p.TypeErrorOf('The RPC receiver does not implement the method "' + name + '".');
}

/** The same error, as the caller of another guest sees it. */
export function remotely(error) {
  shown(error, "remote", true);
  return error;
}

function topLevel(receiver, name, args) {
  if (receiver.kind === PLAIN_INSTANCE) {
    throw new p.TypeErrorOf(MISSING_SUPERCLASS);
  }
  if (RESERVED[name] === true) {
    throw new p.TypeErrorOf("'" + name + "' is a reserved method and cannot be called over RPC.");
  }
  return receiver.kind === HANDLERS ? handler(receiver.target, name, args) : inherited(receiver.target, name);
}

function handler(handlers, name, args) {
  const value = ownValue(handlers, name);
  if (typeof value !== "function" || args === undefined) {
    throw notImplemented(name);
  }
  if (args.length !== 1) {
    throw new p.TypeErrorOf("Attempted to call RPC function \"" + name + "\" with the wrong number of arguments. When calling a "
      + "top-level handler function that is not declared as part of a class, you must always send exactly one argument. In order "
      + "to support variable numbers of arguments, the server must use class-based syntax (extending WorkerEntrypoint) instead.");
  }
  if (value.length > 3) {
    throw new p.TypeErrorOf("Cannot call handler function \"" + name + "\" over RPC because it has the wrong number of arguments. "
      + "A simple function handler can only be called over RPC if it has exactly the arguments (arg, env, ctx), where only the "
      + "first argument comes from the client. To support multi-argument RPC functions, use class-based syntax (extending "
      + "WorkerEntrypoint) instead.");
  }
  return value;
}

/** A member that a caller may see: own ones of functions and plain objects, inherited ones of RpcTargets. */
function member(object, name) {
  if (typeof object === "function") {
    return ownMember(object, name);
  }
  if (typeof object !== "object" || object === null) {
    throw notImplemented(name);
  }
  if (platformClassName(object) === "RpcTarget") {
    if (name === "constructor" || name === "dup") {
      throw new p.TypeErrorOf("'" + name + "' is a reserved method and cannot be called over RPC.");
    }
    return inherited(object, name);
  }
  return ownMember(object, name);
}

/** An own property of a function or plain object, data or getter. */
export function ownMember(object, name) {
  if ((typeof object === "function" || isPlain(object)) && p.ObjectHasOwn(object, name)) {
    return object[name];
  }
  throw notImplemented(name);
}

function isPlain(object) {
  return typeof object === "object" && object !== null && p.ObjectGetPrototypeOf(object) === p.ObjectPrototype;
}

function ownValue(object, name) {
  return p.ObjectHasOwn(object, name) ? object[name] : undefined;
}

/** A method or getter of the object's class, or of one that it extends; never what the object has of its own. */
function inherited(object, name) {
  if (!p.ObjectHasOwn(object, name)) {
    let prototype = p.ObjectGetPrototypeOf(object);
    while (prototype !== null && prototype !== p.ObjectPrototype) {
      const own = p.ObjectGetOwnPropertyDescriptor(prototype, name);
      if (own !== undefined) {
        return p.ObjectHasOwn(own, "value") ? own.value : own.get === undefined ? undefined : p.ReflectApply(own.get, object, []);
      }
      prototype = p.ObjectGetPrototypeOf(prototype);
    }
  }
  throw notImplemented(name);
}
