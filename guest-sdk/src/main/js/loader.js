/** `env.LOADER`: workers whose code an app gives at run time. */

import * as p from "lapidary:primordials";
import { brandClass } from "lapidary:brand";
import { forget, keep, recallCallback } from "lapidary:callbacks";
import { held, lease, release, retain } from "lapidary:capability";
import { makeClass } from "lapidary:classes";
import { discardCode, readCode, readLimits, readProps, sendCode } from "lapidary:code";
import { fail } from "lapidary:errors";
import { makeFetcher } from "lapidary:fetcher";
import { host } from "lapidary:host";
import { illegalConstructor, LOADER, makeObject, own, WORKER, wrongArgument } from "lapidary:node";
import { liveHold, transmit } from "lapidary:payload";

const LOCAL_TEXT = "Entrypoints to dynamically-loaded workers cannot be transferred to other Workers, because the system does "
  + "not know how to reload this Worker from scratch. Instead, have the parent Worker expose an entrypoint which constructs the "
  + "dynamic worker and forwards to it.";
const DYNAMIC = { __proto__: null, prototype: undefined, refusal: LOCAL_TEXT };

export class WorkerLoader {
  constructor() {
    illegalConstructor();
  }

  get(name, getCode) {
    const { hold } = own(this, LOADER);
    if (arguments.length === 0) {
      throw wrongArgument("get", "WorkerLoader", 1, "string");
    }
    if (typeof getCode !== "function") {
      throw wrongArgument("get", "WorkerLoader", 2, "function");
    }
    return load(hold, name === undefined || name === null ? null : p.toText(name), () => codeOf(getCode), undefined);
  }

  load(code) {
    const { hold } = own(this, LOADER);
    if (arguments.length === 0 || (typeof code !== "object" && typeof code !== "function" && code !== undefined)) {
      throw wrongArgument("load", "WorkerLoader", 1, "WorkerCode");
    }
    if (code === null || code === undefined) {
      throw missingCode();
    }
    const prepared = readCode(code);
    return load(hold, null, () => prepared, () => discardCode(prepared));
  }
}

async function codeOf(getCode) {
  const answer = getCode();
  if (typeof answer !== "object" && typeof answer !== "function" && answer !== undefined) {
    throw new p.TypeErrorOf("Callback returned incorrect type; expected 'Promise'");
  }
  const code = await answer;
  if (code === null || code === undefined) {
    throw missingCode();
  }
  return readCode(code);
}

function missingCode() {
  return new p.TypeErrorOf("Cannot initialize 'WorkerCode' with required members from an undefined or null value.");
}

/** @param {() => object} source answers what `readCode` made, or a promise of it; `gone` tells that nobody asks again */
function load(loader, name, source, gone) {
  const callback = keep({ __proto__: null, source, once: gone === undefined }, gone);
  let hold;
  try {
    hold = held(host.load(loader.handle, name, callback));
  } catch (error) {
    forget(callback);
    throw error;
  }
  hold.forget = () => forget(callback);
  const node = { __proto__: null, kind: WORKER, hold, owned: undefined };
  const stub = makeObject(WorkerStub.prototype, node);
  node.owned = lease(stub, hold);
  return stub;
}

/** The host asks for the code of a worker. */
export async function loadCode(id, callback) {
  try {
    const { source, once } = recallCallback(callback);
    const code = await source();
    try {
      sendCode(id, code);
    } finally {
      if (once) {
        discardCode(code);
      }
    }
  } catch (error) {
    fail(id, error);
  }
}

export class WorkerStub {
  constructor() {
    illegalConstructor();
  }

  getEntrypoint(name = undefined, options = undefined) {
    const worker = liveHold(own(this, WORKER));
    const { props, limits } = optionsOf("getEntrypoint", options);
    const handle = withProps(props, (bytes, caps) => host.entrypoint(worker.handle, exportName(name), bytes, caps, limits));
    return makeFetcher(below(worker, handle), DYNAMIC);
  }

  getDurableObjectClass(name = undefined, options = undefined) {
    const worker = liveHold(own(this, WORKER));
    const { props } = optionsOf("getDurableObjectClass", options);
    const handle = withProps(props, (bytes, caps) => host.actorClass(worker.handle, exportName(name), bytes, caps));
    return makeClass(below(worker, handle), DYNAMIC);
  }
}

/** A hold that keeps the worker's as long: the host may ask for the code again. */
function below(worker, handle) {
  const hold = held(handle);
  retain(worker);
  hold.forget = () => release(worker);
  return hold;
}

function exportName(name) {
  const text = name === undefined || name === null ? "default" : p.toText(name);
  return text === "default" ? undefined : text;
}

function optionsOf(method, options) {
  if (options === undefined || options === null) {
    return { __proto__: null, props: undefined, limits: undefined };
  }
  if (typeof options !== "object" && typeof options !== "function") {
    throw wrongArgument(method, "WorkerStub", 2, "EntrypointOptions");
  }
  const limits = readLimits(options.limits, "EntrypointOptions");
  return { __proto__: null, props: readProps(options.props, "EntrypointOptions"), limits: limits && p.JSONStringify(limits) };
}

/** Calls a host function that makes a way with props: `make(bytes, caps)`. */
export function withProps(props, make) {
  return props === undefined ? make(undefined, undefined) : transmit(props, make);
}

/** The loader of a handle. */
export function makeLoader(handle) {
  return makeObject(WorkerLoader.prototype, { __proto__: null, kind: LOADER, hold: held(handle), owned: undefined });
}

p.tag(WorkerLoader, "WorkerLoader");
p.tag(WorkerStub, "WorkerStub");
brandClass(WorkerLoader, "WorkerLoader");
brandClass(WorkerStub, "WorkerStub");
