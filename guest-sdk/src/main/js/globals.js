/** Installs the global names of Workers, and removes the engine's own that Workers do not have. */

import * as p from "lapidary:primordials";
import { bound } from "lapidary:async-context";
import { AbortController, AbortSignal } from "lapidary:abort";
import { Body } from "lapidary:body";
import { brandClass } from "lapidary:brand";
import { explicitFlags } from "lapidary:compatibility";
import { installConsole, reportUncaught } from "lapidary:console";
import { installCrypto } from "lapidary:crypto";
import { CloseEvent, CustomEvent, ErrorEvent, Event, EventTarget, MessageEvent } from "lapidary:events";
import { fetch } from "lapidary:fetch";
import { Headers } from "lapidary:headers";
import { WebSocketRequestResponsePair } from "lapidary:hibernation";
import { host, inEvent } from "lapidary:host";
import { errorText } from "lapidary:inspect";
import { defineLazily, load, loaded } from "lapidary:lazy";
import { installLocale } from "lapidary:locale";
import { Request } from "lapidary:request";
import { Response } from "lapidary:response";
import { installText } from "lapidary:text";
import { clearImmediate, clearInterval, clearTimeout, Scheduler, setImmediate, setInterval, setTimeout } from "lapidary:timers";
import { installStreams } from "lapidary:streams";
import { installUrl } from "lapidary:url";
import { WebSocket } from "lapidary:websocket";
import { WebSocketPair } from "lapidary:websocket-pair";

/** Names an embedding of QuickJS may have put there, and its own that no Worker knows. */
const FOREIGN = ["std", "os", "bjson", "gc", "print", "scriptArgs", "InternalError", "navigator", "Worker", "load", "loadScript"];

function define(name, value) {
  p.ObjectDefineProperty(globalThis, name, { __proto__: null, value, writable: true, enumerable: false, configurable: true });
}


function queueMicrotask(callback) {
  if (typeof callback !== "function") {
    throw new p.TypeErrorOf("Failed to execute 'queueMicrotask' on 'ServiceWorkerGlobalScope': parameter 1 is not of type 'function'.");
  }
  const task = bound(callback);
  p.QueueMicrotask(() => {
    try {
      task();
    } catch (error) {
      reportUncaught(error);
    }
  });
}

class Performance {
  get timeOrigin() {
    return 0;
  }

  now() {
    return inEvent ? host.now() : 0;
  }

  get eventCounts() {
    return new p.MapOf();
  }

  get nodeTiming() {
    return load("performance").nodeTiming();
  }

  eventLoopUtilization() {
    return { idle: 0, active: 0, utilization: 0 };
  }

  timerify(work) {
    return work;
  }

  clearResourceTimings() {}

  setResourceTimingBufferSize() {}

  markResourceTiming() {}

  toJSON() {
    return { timeOrigin: 0 };
  }
}
for (const name of ["mark", "measure", "getEntries", "getEntriesByType", "getEntriesByName", "clearMarks", "clearMeasures"]) {
  p.ObjectDefineProperty(Performance.prototype, name, {
    __proto__: null, value: (...args) => p.ReflectApply(load("performance").methods[name], undefined, args), writable: true, enumerable: true, configurable: true,
  });
}

class Navigator {
  get userAgent() {
    return "Cloudflare-Workers";
  }

  get hardwareConcurrency() {
    return 1;
  }

  get language() {
    return "en";
  }

  get platform() {
    return "";
  }

  sendBeacon(url, body = undefined) {
    p.PromiseThen(fetch(url, { __proto__: null, method: "POST", body }), () => {}, () => {});
    return true;
  }
}

/** The class of a prototype, that nobody can make instances of. */
function illegal(prototype, name) {
  const type = function () {
    throw new p.TypeErrorOf("Illegal constructor");
  };
  p.ObjectDefineProperty(type, "name", { __proto__: null, value: name, configurable: true });
  p.ObjectDefineProperty(type, "prototype", { __proto__: null, value: prototype, writable: false });
  p.ObjectDefineProperty(prototype, "constructor", { __proto__: null, value: type, writable: true, configurable: true });
  p.ObjectDefineProperty(prototype, p.SymbolToStringTag, { __proto__: null, value: name, configurable: true });
  return type;
}

/** Puts the classes of the global scope behind it. */
function installScope() {
  const worker = p.ObjectCreate(EventTarget.prototype);
  const scope = p.ObjectCreate(worker);
  define("WorkerGlobalScope", illegal(worker, "WorkerGlobalScope"));
  define("ServiceWorkerGlobalScope", illegal(scope, "ServiceWorkerGlobalScope"));
  p.ObjectSetPrototypeOf(globalThis, scope);
}

/** Installs every global. */
export function installGlobals() {
  for (const name of FOREIGN) {
    delete globalThis[name];
  }
  installConsole(define);
  installUrl(define);
  installText(define);
  installCrypto(define);
  installStreams();
  const classes = {
    AbortController, AbortSignal, Body: illegal(Body.prototype, "Body"), CloseEvent, CustomEvent, ErrorEvent, Event, EventTarget, Headers, MessageEvent, Request, Response,
    WebSocket, WebSocketPair, WebSocketRequestResponsePair,
  };
  for (const name of p.ReflectOwnKeys(classes)) {
    define(name, classes[name]);
  }
  for (const f of [clearImmediate, clearInterval, clearTimeout, fetch, queueMicrotask, setImmediate, setInterval, setTimeout]) {
    define(f.name, f);
  }
  p.tag(Performance, "Performance");
  p.tag(Navigator, "Navigator");
  for (const [name, value] of [["navigator", new Navigator()], ["performance", new Performance()], ["scheduler", new Scheduler()]]) {
    brandClass(value.constructor, value.constructor.name);
    define(name, value);
    if (name !== "scheduler") {
      define(value.constructor.name, value.constructor);
    }
  }
  define("reportError", (error) => reportUncaught(error));
  define("self", globalThis);
  define("origin", "null");
  installScope();
  p.ObjectDefineProperty(globalThis, p.SymbolToStringTag, { __proto__: null, value: "ServiceWorkerGlobalScope", configurable: true });
  let flags;
  const cloudflare = p.ObjectCreate(p.ObjectPrototype, {
    [p.SymbolToStringTag]: { __proto__: null, value: "Cloudflare", configurable: true },
    compatibilityFlags: { __proto__: null, get: () => (flags ??= explicitFlags()), enumerable: true, configurable: true },
  });
  define("Cloudflare", cloudflare);
  const events = new EventTarget();
  for (const name of ["addEventListener", "removeEventListener", "dispatchEvent"]) {
    const method = events[name];
    define(name, (...args) => p.ReflectApply(method, events, args));
  }
  installLocale();
  define("global", globalThis);
  defineLazily("urlpattern", ["URLPattern"]);
  defineLazily("event-source", ["EventSource"]);
  defineLazily("message-channel", ["MessageChannel", "MessagePort", "PromiseRejectionEvent"]);
  defineLazily("performance", [
    "PerformanceEntry", "PerformanceMark", "PerformanceMeasure", "PerformanceObserver", "PerformanceObserverEntryList", "PerformanceResourceTiming",
  ]);
  defineLazily("caches", ["Cache", "CacheStorage", "caches"]);
  defineLazily("service-worker", ["ExtendableEvent", "FetchEvent", "ScheduledEvent", "TailEvent", "TraceEvent"]);
  if (globalThis.Atomics === undefined) {
    defineLazily("atomics", ["Atomics"]);
  }
  defineLazily("node:buffer", ["Buffer"]);
  defineLazily("node:process", ["process"]);
  defineLazily("blob-class", ["Blob", "File"]);
  defineLazily("formdata-class", ["FormData"]);
  defineLazily("webassembly", ["WebAssembly"]);
  forbidCodeFromStrings();
  guardTransfer("transfer");
  guardTransfer("transferToFixedLength");
  completeStacks();
}

/** The buffer of a WebAssembly memory stays where it is. */
function guardTransfer(name) {
  const original = p.ArrayBufferPrototype[name];
  const guarded = {
    [name](...args) {
      if (loaded("webassembly")?.isMemoryBuffer(this)) {
        throw new p.TypeErrorOf("ArrayBuffer is not detachable and could not be cloned.");
      }
      return p.ReflectApply(original, this, args);
    },
  }[name];
  p.ObjectDefineProperty(guarded, "length", { __proto__: null, value: 0, configurable: true });
  p.ObjectDefineProperty(p.ArrayBufferPrototype, name, { __proto__: null, value: guarded, writable: true, enumerable: false, configurable: true });
}

/** eval and the Function constructors refuse, once an event is handled: as Workers do. */
function forbidCodeFromStrings() {
  const { eval: nativeEval } = globalThis;
  const refuse = () => {
    throw new EvalErrorOf("Code generation from strings disallowed for this context");
  };
  const EvalErrorOf = EvalError;
  define("eval", function (source) {
    return typeof source !== "string" ? source : inEvent ? refuse() : nativeEval(source);
  });
  p.ObjectDefineProperty(globalThis.eval, "name", { __proto__: null, value: "eval", configurable: true });
  const kinds = [function () {}, async function () {}, function* () {}, async function* () {}];
  for (const kind of kinds) {
    const prototype = p.ObjectGetPrototypeOf(kind);
    const native = prototype.constructor;
    const guarded = function (...args) {
      return inEvent ? refuse() : p.ReflectConstruct(native, args, new.target ?? native);
    };
    p.ObjectDefineProperty(guarded, "prototype", { __proto__: null, value: prototype, writable: false });
    p.ObjectDefineProperty(guarded, "name", { __proto__: null, value: native.name, configurable: true });
    p.ObjectDefineProperty(guarded, "length", { __proto__: null, value: 1, configurable: true });
    if (p.ObjectGetPrototypeOf(native) !== p.ObjectGetPrototypeOf(guarded)) {
      p.ObjectSetPrototypeOf(guarded, globalThis.Function);
    }
    p.ObjectDefineProperty(prototype, "constructor", {
      __proto__: null, value: guarded, writable: true, enumerable: false, configurable: true,
    });
    if (native.name === "Function") {
      define("Function", guarded);
    }
  }
}

/** Gives `error.stack` its first line, `Name: message`, which QuickJS leaves out and code written for V8 expects. */
function completeStacks() {
  const own = p.ObjectGetOwnPropertyDescriptor(p.ErrorOf.prototype, "stack");
  if (own?.get === undefined) {
    return;
  }
  const native = p.uncurry(own.get);
  p.ObjectDefineProperty(p.ErrorOf.prototype, "stack", {
    __proto__: null,
    configurable: true,
    enumerable: false,
    set: own.set,
    get() {
      const stack = native(this);
      if (typeof stack !== "string" || !p.ErrorIsError(this)) {
        return stack;
      }
      return errorText({ __proto__: null, name: this.name, message: this.message, stack });
    },
  });
}
