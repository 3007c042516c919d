/** Entry of the platform: `boot` installs the globals and returns the dispatcher that the host calls. */

import * as p from "lapidary:primordials";
import { bindAlarm, runAlarm } from "lapidary:alarm";
import { setDispatcher } from "lapidary:async-context";
import { reportRejection } from "lapidary:console";
import { env as importedEnv, exports as importedExports, isFacetClass } from "lapidary:entrypoints";
import { admit, isGateOpen } from "lapidary:gate";
import { installGlobals } from "lapidary:globals";
import { enterEvents, host, setHost } from "lapidary:host";
import "lapidary:modules";
import { receivedRequest } from "lapidary:request";
import { reply } from "lapidary:response";
import { createState, errorParts } from "lapidary:state";
import { fire, isBlockTimer } from "lapidary:timers";

const HOST_FUNCTIONS = [
  "sqlExec", "sqlNext", "sqlAll", "sqlColumns", "sqlRowsRead", "sqlRowsWritten", "databaseSize", "savepoint",
  "kvGet", "kvPut", "kvDelete", "kvDeleteAll", "kvList",
  "currentBookmark", "bookmarkForTime", "restoreNextSession", "reply", "fail", "log", "abort", "setTimer", "clearTimer",
  "random", "now", "utf8", "text", "moduleRequire", "moduleType", "moduleContent", "moduleNamespace", "getAlarm", "setAlarm", "deleteAlarm", "done",
  "crypto", "zoneOffset", "followPromises", "decode",
];
const SYNC_TYPE_TEXT = "Callback returned incorrect type; expected 'Promise'";
const ASYNC_TYPE_TEXT = "Incorrect type for Promise: the Promise did not resolve to 'Response'.";

let instance;

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
  const dispatcher = { __proto__: null, check, start, fetch, timer, alarm, rejection: reportRejection };
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

function start(namespace, className, id, name, env) {
  const facetClass = pick(namespace, className);
  enterEvents();
  if (env !== undefined && env !== null) {
    const keys = p.ObjectKeys(env);
    for (let i = 0; i < keys.length; i++) {
      p.ObjectDefineProperty(importedEnv, keys[i], {
        __proto__: null, value: env[keys[i]], writable: true, enumerable: true, configurable: true,
      });
    }
  }
  instance = p.ReflectConstruct(facetClass, [createState(id, name, importedExports), importedEnv]);
  bindAlarm(instance);
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

function fetch(requestId, method, url, headers, body) {
  if (isGateOpen()) {
    handle(requestId, method, url, headers, body);
  } else {
    admit(() => handle(requestId, method, url, headers, body));
  }
}

function handle(requestId, method, url, headers, body) {
  let result;
  try {
    const handler = instance.fetch;
    if (typeof handler !== "function") {
      throw new p.ErrorOf("Handler does not export a fetch() function.");
    }
    result = p.ReflectApply(handler, instance, [receivedRequest(method, url, headers, body)]);
    if (reply(requestId, result)) {
      return;
    }
    if ((typeof result !== "object" && typeof result !== "function") || result === null) {
      throw new p.TypeErrorOf(SYNC_TYPE_TEXT);
    }
  } catch (error) {
    fail(requestId, error);
    return;
  }
  settle(requestId, result);
}

async function settle(requestId, promise) {
  try {
    if (!reply(requestId, await promise)) {
      throw new p.TypeErrorOf(ASYNC_TYPE_TEXT);
    }
  } catch (error) {
    fail(requestId, error);
  }
}

function fail(requestId, error) {
  const { name, message, stack } = errorParts(error);
  host.fail(requestId, name, message, stack);
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
