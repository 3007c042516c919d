/** Entry of the platform: `boot` installs the globals and returns the dispatcher that the host calls. */

import * as p from "lapidary:primordials";
import { bindAlarm, runAlarm } from "lapidary:alarm";
import { setDispatcher } from "lapidary:async-context";
import { exportOf, released } from "lapidary:capability";
import { reportRejection } from "lapidary:console";
import {
  env as importedEnv, exports as importedExports, extendsDurableObject, isFacetClass,
} from "lapidary:entrypoints";
import { hasFlag } from "lapidary:compatibility";
import { environment, ownNamespaces } from "lapidary:environment";
import { fail } from "lapidary:errors";
import { defineExports } from "lapidary:exports";
import { startFacet as answerStartFacet } from "lapidary:facets";
import { replied } from "lapidary:fetch";
import { admit, isGateOpen } from "lapidary:gate";
import { bindSockets, socketClosed, socketFailed, socketMessage } from "lapidary:hibernation";
import { installGlobals } from "lapidary:globals";
import { enterEvents, host, setHost } from "lapidary:host";
import { afterExport, cancelled, chunk, ended, errored, pulled } from "lapidary:held";
import { load } from "lapidary:lazy";
import { loadCode } from "lapidary:loader";
import "lapidary:modules";
import { decode, transmit } from "lapidary:payload";
import { clientGone, receivedRequest, requestOver } from "lapidary:request";
import { reply } from "lapidary:response";
import { answered, failed } from "lapidary:rpc";
import { EXPORTED, HANDLERS, INSTANCE, PLAIN_INSTANCE, serve } from "lapidary:serve";
import { createState, reset } from "lapidary:state";
import { fire, isBlockTimer } from "lapidary:timers";
import { entrypoint } from "lapidary:worker";

const HOST_FUNCTIONS = [
  "sqlExec", "sqlNext", "sqlAll", "sqlColumns", "sqlRowsRead", "sqlRowsWritten", "databaseSize", "savepoint",
  "kvGet", "kvPut", "kvDelete", "kvDeleteAll", "kvList",
  "currentBookmark", "bookmarkForTime", "restoreNextSession", "reply", "fail", "log", "abort", "setTimer", "clearTimer",
  "random", "now", "utf8", "text", "moduleRequire", "moduleType", "moduleContent", "moduleNamespace", "getAlarm", "setAlarm", "deleteAlarm", "done",
  "crypto", "zoneOffset", "followPromises", "decode",
  "call", "subrequest", "cancelCall", "answer", "drop", "objectId", "objectStub", "facet", "facetAbort", "facetDelete", "facetClone",
  "facetList", "facetStat", "facetStarted", "load", "code", "entrypoint", "actorClass",
  "socketPair", "socketAccept", "socketHibernate", "socketSend", "socketClose", "sockets", "socketTags", "socketState",
  "socketAttachment", "socketAutoResponse", "socketAutoResponseTime", "socketTimeout",
  "pull", "cancelStream", "chunk", "endStream", "errorStream", "exportStream", "codecOpen", "codecWrite", "codecRead", "codecClose",
  "wasmHooks", "wasmDescribe", "wasmValidate", "wasmType", "wasmSections", "wasmInstantiate", "wasmStart", "wasmExport", "wasmMemory",
  "wasmTable", "wasmGlobal", "wasmFree", "wasmCall",
];
const SYNC_TYPE_TEXT = "Callback returned incorrect type; expected 'Promise'";
const ASYNC_TYPE_TEXT = "Incorrect type for Promise: the Promise did not resolve to 'Response'.";

const NO_CAPS = p.list();

let module;
let instance;
/** What calls of this very instance meet; undefined in a worker, which has none. */
let self;

/**
 * Boots the platform; call it once, before any app module is evaluated.
 *
 * @param {object} functions the host's functions, see README.md
 * @returns {object} the dispatcher, see README.md
 */
export function boot(functions) {
  const record = { __proto__: null };
  for (const name of HOST_FUNCTIONS) {
    if (typeof functions[name] !== "function") {
      throw new TypeError("host." + name + " is missing");
    }
    record[name] = functions[name];
  }
  setHost(record);
  installGlobals();
  const dispatcher = {
    __proto__: null, check, environment, start, fetch, call, timer, alarm, startFacet, loadCode, answered, replied, failed, released,
    pulled, cancelled, chunk, ended, errored, clientGone, socketMessage, socketClosed, socketFailed,
    rejection: reportRejection, prepare: load,
  };
  setDispatcher(dispatcher);
  return dispatcher;
}

/** Throws where `start` would find no class; constructs nothing. */
function check(namespace, className) {
  pick(namespace, className);
}

/** Names of the exported classes that can be a facet. */
function classes(namespace) {
  const names = p.list();
  const keys = p.ReflectOwnKeys(namespace);
  for (let i = 0; i < keys.length; i++) {
    if (typeof keys[i] === "string" && isFacetClass(namespace[keys[i]])) {
      names[names.length] = keys[i];
    }
  }
  return names;
}

/** Makes the class's instance; of a worker only its entrypoints, which are made when they are wanted. */
function start(namespace, options) {
  const { className, stateless, propsBytes, propsCaps } = options;
  const facetClass = stateless ? undefined : pick(namespace, className);
  if (options.bindings !== undefined) {
    environment(options);
  }
  module = namespace;
  enterEvents();
  defineExports(importedExports, namespace, ownNamespaces());
  if (stateless) {
    return;
  }
  const state = createState(options, () => propsOf(propsBytes, propsCaps), importedExports);
  instance = p.ReflectConstruct(facetClass, [state, importedEnv]);
  const kind = extendsDurableObject(facetClass) || hasFlag("js_rpc") ? INSTANCE : PLAIN_INSTANCE;
  self = { __proto__: null, target: instance, kind, env: importedEnv, ctx: state };
  bindAlarm(instance);
  bindSockets(instance, reset);
}

function propsOf(bytes, caps) {
  return bytes === undefined || bytes === null ? {} : decode(bytes, caps ?? NO_CAPS, p.list()) ?? {};
}

/** @param {undefined|number|[string|undefined, ArrayBuffer|string, number[]]} recipient see README.md */
function receiverOf(recipient) {
  if (typeof recipient === "number") {
    return { __proto__: null, target: exportOf(recipient).target, kind: EXPORTED, env: undefined, ctx: undefined };
  }
  if (recipient === undefined) {
    return self ?? entrypoint(module, undefined, {});
  }
  return entrypoint(module, recipient[0], propsOf(recipient[1], recipient[2]));
}

function pick(namespace, className) {
  const names = classes(namespace);
  if (className !== undefined) {
    for (let i = 0; i < names.length; i++) {
      if (names[i] === className) {
        return namespace[className];
      }
    }
    throw new p.ErrorOf("Worker has no such actor class: " + className);
  }
  for (let i = 0; i < names.length; i++) {
    if (names[i] === "App") {
      return namespace.App;
    }
  }
  if (names.length === 1) {
    return namespace[names[0]];
  }
  const exported = p.list();
  const keys = p.ReflectOwnKeys(namespace);
  for (let i = 0; i < keys.length; i++) {
    if (typeof keys[i] === "string") {
      exported[exported.length] = keys[i];
    }
  }
  throw new p.TypeErrorOf(names.length === 0
    ? "The main module must export a class named App, or exactly one class; it exports no class" + (exported.length === 0 ? "." : " (only " + p.ArrayJoin(exported, ", ") + ").")
    : "The main module must export a class named App, or exactly one class; it exports the classes " + p.ArrayJoin(names, ", ") + ".");
}

function fetch(requestId, recipient, method, url, headers, body) {
  if (isGateOpen()) {
    handle(requestId, recipient, method, url, headers, body);
  } else {
    admit(() => handle(requestId, recipient, method, url, headers, body));
  }
}

function handle(requestId, recipient, method, url, headers, body) {
  let result;
  let request;
  try {
    const { target, kind, env, ctx } = recipient === undefined && self !== undefined ? self : receiverOf(recipient);
    const handler = target.fetch;
    if (typeof handler !== "function") {
      throw new p.ErrorOf("Handler does not export a fetch() function.");
    }
    request = receivedRequest(requestId, method, url, headers, body);
    result = p.ReflectApply(handler, target, recipient === undefined && self !== undefined ? [request] : [request, env, ctx]);
    if (answer(requestId, request, result, headers)) {
      return;
    }
    if ((typeof result !== "object" && typeof result !== "function") || result === null) {
      throw new p.TypeErrorOf(SYNC_TYPE_TEXT);
    }
  } catch (error) {
    refuse(requestId, request, error);
    return;
  }
  settle(requestId, request, result, headers);
}

async function settle(requestId, request, promise, headers) {
  try {
    if (!answer(requestId, request, await promise, headers)) {
      throw new p.TypeErrorOf(ASYNC_TYPE_TEXT);
    }
  } catch (error) {
    refuse(requestId, request, error);
  }
}

/** The client waits until the last byte: for a stream of this guest's, until its end. */
function answer(requestId, request, value, headers) {
  const body = reply(requestId, value, headers);
  if (body === false) {
    return false;
  }
  if (typeof body === "number" && body < 0) {
    afterExport(-body, () => requestOver(request));
  } else {
    requestOver(request);
  }
  return true;
}

function refuse(requestId, request, error) {
  fail(requestId, error);
  if (request !== undefined) {
    requestOver(request);
  }
}

function call(id, recipient, path, bytes, caps) {
  admit(() => serve(
    () => receiverOf(recipient),
    path,
    bytes,
    caps,
    (answer) => {
      if (typeof answer === "string") {
        host.answer(id, answer, NO_CAPS);
      } else {
        transmit(answer, (answerBytes, answerCaps) => host.answer(id, answerBytes, answerCaps));
      }
    },
    (error) => fail(id, error),
  ));
}

/** Goes around the gate where an initializer is asked for: a call that was made within may wait for the facet. */
function startFacet(id, callback, name) {
  if (callback === 0) {
    admit(() => answerStartFacet(id, callback, name, instance));
  } else {
    answerStartFacet(id, callback, name, instance);
  }
}

function timer(id) {
  if (isGateOpen() || isBlockTimer(id)) {
    fire(id);
  } else {
    admit(() => fire(id));
  }
}

function alarm(id, scheduledTime, retryCount) {
  admit(() => settleAlarm(id, scheduledTime, retryCount));
}

async function settleAlarm(id, scheduledTime, retryCount) {
  try {
    await runAlarm(scheduledTime, retryCount);
    host.done(id);
  } catch (error) {
    fail(id, error);
  }
}
