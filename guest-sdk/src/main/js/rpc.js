/** RpcStub, RpcPromise and RpcProperty: the calling end. */

import * as p from "lapidary:primordials";
import { brandClass } from "lapidary:brand";
import { answerCall, forgetCall, openCall } from "lapidary:calls";
import { endLease, lease, ownHold, release, retain } from "lapidary:capability";
import { echoError, reviveError } from "lapidary:errors";
import { host } from "lapidary:host";
import {
  illegalConstructor, makeCallable, makeObject, nodeOf, own, PROMISE, PROPERTY, SERVICE, STUB, wrongArgument,
} from "lapidary:node";
import { decode, discard, encode, endLeases, liveHold, makeStub, readStub, RPC, setMaker, transmit } from "lapidary:payload";
import { hidden } from "lapidary:properties";
import { EXPORTED, notAFunction, ownMember, remotely, rest, serve, setForward } from "lapidary:serve";
import { connectWritable } from "lapidary:writable";

const PENDING = 0;
const FULFILLED = 1;
const REJECTED = 2;
const NO_PATH = p.list();

/** `then` belongs to a promise, and `toJSON` to JSON.stringify: no stub may look as if it had them. */
const wild = new p.ProxyOf(p.ObjectCreate(p.ObjectPrototype), {
  __proto__: null,
  get(target, key, receiver) {
    if (!isWild(key)) {
      return p.ReflectGet(p.ObjectPrototype, key, receiver);
    }
    const node = nodeOf(receiver);
    return node === undefined || node.kind > PROPERTY ? undefined : property(receiver, node, key);
  },
  has: (target, key) => isWild(key) || p.ReflectHas(p.ObjectPrototype, key),
});

function isWild(key) {
  return typeof key === "string" && key !== "then" && key !== "toJSON" && !p.ReflectHas(p.ObjectPrototype, key) && p.toText(key >>> 0) !== key;
}

/** Makes every name a property of the class's instances, as far as it has no other meaning. */
export function makeWild(constructor) {
  p.ObjectSetPrototypeOf(constructor.prototype, wild);
}

export class RpcStub {
  constructor(target) {
    if ((typeof target !== "object" && typeof target !== "function") || target === null) {
      throw new p.TypeErrorOf("Failed to construct 'JsRpcStub': constructor parameter 1 is not of type 'Object'.");
    }
    const node = nodeOf(target);
    return makeStub(STUB, node?.kind === STUB ? retain(liveHold(node)) : ownHold(target));
  }

  dup() {
    return makeStub(STUB, retain(liveHold(own(this, STUB))));
  }

  [p.SymbolDispose]() {
    endLease(own(this, STUB).owned);
  }
}

export class RpcPromise {
  constructor() {
    illegalConstructor();
  }

  then(fulfilled = undefined, rejected = undefined) {
    return p.PromiseThen(own(this, PROMISE).promise, fulfilled, rejected);
  }

  catch(rejected = undefined) {
    return p.PromiseThen(own(this, PROMISE).promise, undefined, rejected);
  }

  finally(callback = undefined) {
    return p.PromiseFinally(own(this, PROMISE).promise, callback);
  }

  [p.SymbolDispose]() {
    const node = own(this, PROMISE);
    node.disposed = true;
    endLeases(node.leases);
  }
}

/** Reading it is a call of its own, made when somebody waits. */
export class RpcProperty {
  constructor() {
    illegalConstructor();
  }

  then(fulfilled = undefined, rejected = undefined) {
    return p.PromiseThen(read(this), fulfilled, rejected);
  }

  catch(rejected = undefined) {
    return p.PromiseThen(read(this), undefined, rejected);
  }

  finally(callback = undefined) {
    return p.PromiseFinally(read(this), callback);
  }
}

function read(value) {
  return nodeOf(invoke(own(value, PROPERTY), undefined)).promise;
}

/** A property outlives the stub it was read off: it keeps it from being collected. */
function property(owner, parent, name) {
  return makeCallable(RpcProperty.prototype, { __proto__: null, kind: PROPERTY, owner, parent, name }, invoke);
}

/** Calls what a record stands for, or reads it where there are no arguments. @returns {RpcPromise} */
function invoke(node, args) {
  let root = node;
  let names = NO_PATH;
  while (root.kind === PROPERTY) {
    names = { __proto__: null, name: root.name, next: names };
    root = root.parent;
  }
  const path = p.list();
  for (let i = 0; names !== NO_PATH; i++, names = names.next) {
    path[i] = names.name;
  }
  return call(root, path, args);
}

function call(root, path, args) {
  const result = {
    __proto__: null, kind: PROMISE, promise: undefined, resolve: undefined, reject: undefined, state: PENDING, value: undefined,
    leases: p.list(), waiting: undefined, disposed: false,
  };
  result.promise = new p.PromiseOf((resolve, reject) => {
    result.resolve = resolve;
    result.reject = reject;
  });
  try {
    if (root.disposed) {
      throw new p.ErrorOf("RPC promise used after being disposed.");
    }
    send(root, path, args === undefined ? undefined : encode(args, RPC), result);
  } catch (error) {
    reject(result, error);
  }
  return makeCallable(RpcPromise.prototype, result, invoke);
}

/** Sends on to a root: a stub, or what a promise will be. `payload` is undefined for reading. */
function send(root, path, payload, result) {
  if (root.kind !== PROMISE) {
    sendTo(root, path, payload, result);
  } else if (root.state === PENDING) {
    root.waiting ??= p.list();
    root.waiting[root.waiting.length] = () => pipeline(root, path, payload, result);
  } else {
    pipeline(root, path, payload, result);
  }
}

function sendTo(root, path, payload, result) {
  try {
    const hold = liveHold(root);
    if (hold.handle === 0) {
      serveHere(hold, path, payload, result);
    } else {
      sendOut(hold, path, payload, result);
    }
  } catch (error) {
    if (payload !== undefined) {
      discard(payload);
    }
    reject(result, error);
  }
}

function sendOut(hold, path, payload, result) {
  const open = openCall();
  open.hold = retain(hold);
  open.result = result;
  try {
    if (payload === undefined) {
      host.call(open.id, hold.handle, path, undefined, NO_PATH);
    } else {
      transmit(payload, (bytes, caps) => host.call(open.id, hold.handle, path, bytes, caps));
    }
  } catch (error) {
    forgetCall(open.id);
    release(hold);
    throw error;
  }
}

/** A stub of this guest's own: the same rules, without the way through the host. */
async function serveHere(hold, path, payload, result) {
  const target = { __proto__: null, target: hold.target, kind: EXPORTED };
  retain(hold);
  try {
    await undefined;
    await serve(target, path, payload?.bytes, payload?.holds, (answer) => fulfil(result, answer.bytes, answer.holds),
      (error) => reject(result, echoError(error)));
  } finally {
    release(hold);
  }
}

/** Goes on with what a promise has become: through its own properties, up to a stub. */
function pipeline(root, path, payload, result) {
  try {
    if (root.state === REJECTED) {
      throw root.value;
    }
    let { value } = root;
    for (let i = 0; ; i++) {
      const node = nodeOf(value);
      if (node !== undefined && (i < path.length || payload !== undefined) && (node.kind === STUB || node.kind === SERVICE)) {
        sendTo(node, rest(path, i), payload, result);
        return;
      }
      if (i >= path.length) {
        break;
      }
      value = step(value, path[i]);
    }
    if (payload !== undefined) {
      throw remotely(notAFunction(path));
    }
    settle(result, value);
  } catch (error) {
    if (payload !== undefined) {
      discard(payload);
    }
    reject(result, error);
  }
}

function step(value, name) {
  try {
    return ownMember(value, name);
  } catch (error) {
    throw remotely(error);
  }
}

/** The result of a call came, as bytes. */
function fulfil(result, bytes, entries) {
  let value;
  try {
    value = decode(bytes, entries, result.leases);
  } catch (error) {
    endLeases(result.leases);
    reject(result, error);
    return;
  }
  const { leases } = result;
  if (((typeof value === "object" && value !== null) || typeof value === "function") && nodeOf(value) === undefined) {
    hidden(value, p.SymbolDispose, () => endLeases(leases));
  }
  if (result.disposed) {
    endLeases(leases);
  }
  settle(result, value);
}

function settle(result, value) {
  result.state = FULFILLED;
  result.value = value;
  result.resolve(value);
  wake(result);
}

function reject(result, error) {
  result.state = REJECTED;
  result.value = error;
  result.reject(error);
  wake(result);
}

function wake(result) {
  const { waiting } = result;
  result.waiting = undefined;
  for (let i = 0; waiting !== undefined && i < waiting.length; i++) {
    waiting[i]();
  }
}

/** The host's answer to a `call`, or to a question: bytes and handles. */
export function answered(id, bytes, caps) {
  answerCall(
    id,
    (open) => {
      if (open.result === undefined) {
        open.resolve(bytes);
      } else {
        release(open.hold);
        fulfil(open.result, bytes, caps);
      }
    },
    () => decode(bytes, caps, p.list()),
  );
}

/** What ends a life ends a request from afar. */
function requestFlags(flags) {
  return flags & 2 ? flags | 1 : flags;
}

/** A call or subrequest failed: see `reviveError`. */
export function failed(id, name, message, stack, properties, flags, objectId) {
  answerCall(
    id,
    (open) => {
      if (open.result === undefined) {
        open.reject(reviveError(name, message, properties, open.url === undefined ? flags : requestFlags(flags), objectId));
      } else {
        release(open.hold);
        reject(open.result, reviveError(name, message, properties, flags, objectId));
      }
    },
    () => undefined,
  );
}

setMaker(STUB, (node) => makeCallable(RpcStub.prototype, node, invoke));
setForward((stub, path, args) => call(nodeOf(stub), path, args));
connectWritable(readStub, (stub, name, args) => {
  const path = p.list();
  path[0] = name;
  return nodeOf(call(nodeOf(stub), path, args)).promise;
});
for (const [constructor, tag] of [[RpcStub, "JsRpcStub"], [RpcPromise, "JsRpcPromise"], [RpcProperty, "JsRpcProperty"]]) {
  makeWild(constructor);
  p.tag(constructor, tag);
}
brandClass(RpcStub, "RpcStub", "RpcStub cannot be serialized in this context.");
brandClass(RpcPromise, "RpcPromise");
brandClass(RpcProperty, "RpcProperty");
