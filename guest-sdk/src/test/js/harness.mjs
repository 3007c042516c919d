/** Boots QuickJS with the platform on a fake host that keeps everything in memory. */

import { readdir, readFile } from "node:fs/promises";
import v8 from "node:v8";
import zlib from "node:zlib";
import { EvalFlags, QuickJS } from "quickjs-wasi";
import { Sockets } from "./sockets.mjs";

// The url side module needs a Wasm feature that Node 20 still keeps behind a flag.
v8.setFlagsFromString("--experimental-wasm-extended-const");

const at = (path) => new URL(import.meta.resolve("quickjs-wasi/quickjs.wasm")).href.replace("quickjs.wasm", path);
const wasm = await WebAssembly.compile(await readFile(new URL(at("quickjs.wasm"))));
const extensions = [];
for (const name of ["url", "encoding", "headers", "crypto", "structured-clone"]) {
  extensions.push({ name, wasm: await WebAssembly.compile(await readFile(new URL(at(`extensions/${name}/${name}.so`)))) });
}
const platform = new Map();
const sources = new URL("../../main/js/", import.meta.url);
for (const file of await readdir(sources)) {
  platform.set(`lapidary:${file.replace(".js", "")}`, await readFile(new URL(file, sources), "utf8"));
}
const bundles = new URL("../../../target/bundles/", import.meta.url);
for (const file of await readdir(bundles, { recursive: true }).catch(() => [])) {
  if (file.endsWith(".js")) {
    const name = file.slice(0, -3);
    platform.set(name.startsWith("node/") ? `node:${name.slice(5)}` : `lapidary:${name}`, await readFile(new URL(file, bundles), "utf8"));
  }
}
platform.set("lapidary:ponyfill.mjs", await readFile(new URL(import.meta.resolve("web-streams-polyfill")), "utf8"));
platform.set("cloudflare:workers", await readFile(new URL("../../main/js/cloudflare-workers.js", import.meta.url), "utf8"));

function hostCrypto(operation) {
  throw new Error(`the fake host has no ${operation}`);
}

/** A codec that works once it has all its input. */
function codecWrite(codec, bytes, last) {
  codec.input.push(Buffer.from(bytes));
  if (!last) return;
  const whole = [[zlib.deflateSync, zlib.deflateRawSync, zlib.gzipSync], [zlib.inflateSync, zlib.inflateRawSync, zlib.gunzipSync]];
  try {
    codec.output = [Uint8Array.from(whole[codec.mode][codec.format](Buffer.concat(codec.input)))];
  } catch {
    throw new TypeError("Decompression failed.");
  }
}

const WASM = [
  "wasmDescribe", "wasmValidate", "wasmType", "wasmSections", "wasmInstantiate", "wasmStart", "wasmExport", "wasmMemory", "wasmTable", "wasmGlobal",
  "wasmFree", "wasmCall",
];

/** Seconds ahead of UTC, by Node's own time zones. */
function zoneOffset(zone, ms) {
  try {
    const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" }).formatToParts(ms);
    const [, sign, hours, minutes = "0", seconds = "0"] = /GMT(?:([+-])(\d+)(?::(\d+))?(?::(\d+))?)?/
      .exec(parts.find(({ type }) => type === "timeZoneName").value);
    return (sign === "-" ? -1 : 1) * (3600 * (hours ?? 0) + 60 * minutes + 1 * seconds);
  } catch {
    return NaN;
  }
}

const byUtf8 = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const utf8Text = new TextDecoder("utf-8", { ignoreBOM: true });

/** The engine alone, as it was published. */
export function bare() {
  return QuickJS.create({ wasm, extensions });
}

const NO_INTERNET = "This worker is not permitted to access the internet via global functions like fetch(). "
  + "It must use capabilities (such as bindings in 'env') to talk to the outside world.";
const NOTHING_OUTSIDE = Object.fromEntries(["call", "answer", "objectId", "objectStub", "facet", "facetAbort",
  "facetDelete", "facetClone", "facetList", "facetStat", "facetStarted", "load", "code", "entrypoint", "actorClass",
].map((name) => [name, () => { throw new Error(`${name}: nothing is outside`); }]));

export class Guest {
  /** What the guest did, in order. */
  replies = new Map();
  failures = new Map();
  logs = [];
  aborts = [];
  timers = new Map();
  savepoints = [];
  kv = new Map();
  sqlCalls = [];
  /** What was asked of the host's streams, in order; requests that went out; codecs; modules on demand. */
  streamCalls = [];
  subrequests = [];
  internet = false;
  codecs = [];
  closedCodecs = [];
  loaded = [];
  /** query text -> {columns, rows, rowsWritten} or a function of the bindings that returns one, or an Error */
  sqlAnswers = new Map();
  time = 1_000_000;
  alarm = null;
  done = [];
  sockets = new Sockets();
  #cursors = [];
  #nextRequest = 1;

  /** @param {object} outside host functions of others than this guest, see bench.mjs; without them nothing is outside */
  static async boot(app = "export class App { fetch() { return new Response('hello'); } }", { modules = {}, environment, outside = NOTHING_OUTSIDE } = {}) {
    const guest = new Guest();
    guest.outside = typeof outside === "function" ? outside(guest) : outside;
    guest.vm = await QuickJS.create({
      wasm,
      extensions,
      onUnhandledRejection: (promise, reason, handled) => {
        // A promise may be handled later in the turn: only what is left then counts.
        if (handled) guest.#unhandled.delete(promise.identity);
        else guest.#unhandled.set(promise.identity, guest.vm.dump(reason)?.message ?? guest.vm.dump(reason));
      },
      moduleLoader: {
        normalize: (base, name) => {
          if (name.startsWith("lapidary:") && !/^(lapidary|node):/.test(base) && base !== "cloudflare:workers" && base !== "boot") {
            throw new Error(`No such module: ${name}`);
          }
          return platform.has(`node:${name}`) ? `node:${name}` : name;
        },
        load: (name) => {
          const source = name === "app" ? app : platform.get(name) ?? modules[name];
          if (source === undefined) {
            throw new Error(`No such module: ${name}`);
          }
          return source;
        },
      },
    });
    const { vm } = guest;
    vm.setProp(vm.global, "__host", guest.#host());
    await guest.#module("import { boot } from 'lapidary:platform'; export const d = boot(globalThis.__host); delete globalThis.__host;", "boot")
      .then((ns) => {
        guest.dispatcher = ns.getProp("d");
      });
    if (environment) guest.call("environment", guest.give(environment(guest)));
    guest.namespace = (await guest.#module("import * as ns from 'app'; export { ns };", "entry")).getProp("ns");
    return guest;
  }

  #unhandled = new Map();

  /** Messages of rejections nobody handled. */
  get rejections() {
    return [...this.#unhandled.values()];
  }

  async #module(code, name) {
    const promise = this.vm.evalCode(code, name, EvalFlags.TYPE_MODULE);
    this.vm.executePendingJobs();
    const result = await this.vm.resolvePromise(promise);
    if ("error" in result) {
      const error = result.error;
      throw new Error(`${error.toString()}\n${error.getProp("stack").toString()}`);
    }
    return result.value;
  }

  #host() {
    const { vm } = this;
    const value = (handle) => {
      if (handle === undefined || handle.isUndefined) return undefined;
      if (handle.isArrayBuffer) return handle.toArrayBuffer().slice(0);
      if (handle.isNull) return null;
      if (handle.isArray) {
        return Array.from({ length: handle.length }, (_, i) => value(vm.getProp(handle, vm.newNumber(i))));
      }
      return vm.dump(handle);
    };
    // Defined, never set: an app may have put setters on the prototypes.
    const data = { writable: true, enumerable: true, configurable: true };
    const give = (v) => {
      if (v?.vm) return v;
      if (v instanceof ArrayBuffer) return vm.newArrayBuffer(v);
      if (Array.isArray(v)) {
        const array = vm.newArray();
        v.forEach((item, i) => vm.defineProp(array, vm.newNumber(i), give(item), data));
        return array;
      }
      if (v !== null && typeof v === "object") {
        const object = vm.newObject();
        for (const [key, item] of Object.entries(v)) vm.defineProp(object, key, give(item), data);
        return object;
      }
      return v === undefined ? vm.undefined : vm.hostToHandle(v);
    };
    const functions = {
      sqlExec: (query, bindings) => {
        this.sqlCalls.push([query, bindings]);
        let answer = this.sqlAnswers.get(query) ?? { columns: [], rows: [] };
        answer = typeof answer === "function" ? answer(...bindings) : answer;
        if (answer instanceof Error) throw answer;
        this.#cursors.push({ ...answer, next: 0 });
        return this.#cursors.length - 1;
      },
      sqlNext: (id, raw) => {
        const cursor = this.#cursors[id];
        return cursor.next < cursor.rows.length ? this.#row(cursor, cursor.rows[cursor.next++], raw) : undefined;
      },
      sqlAll: (id, raw) => {
        const cursor = this.#cursors[id];
        const rest = cursor.rows.slice(cursor.next).map((row) => this.#row(cursor, row, raw));
        cursor.next = cursor.rows.length;
        return rest;
      },
      sqlColumns: (id) => this.#cursors[id].columns,
      sqlRowsRead: (id) => this.#cursors[id].next,
      sqlRowsWritten: (id) => this.#cursors[id].rowsWritten ?? 0,
      databaseSize: () => 8192,
      savepoint: (op) => {
        if (op === 0) this.savepoints.push(new Map(this.kv));
        else {
          const saved = this.savepoints.pop();
          if (op === 2) this.kv = saved;
        }
      },
      kvGet: (key) => this.kv.get(key),
      kvPut: (key, v) => void this.kv.set(key, v),
      kvDelete: (key) => this.kv.delete(key),
      currentBookmark: () => `b${this.kv.size}`,
      bookmarkForTime: (ms) => `t${ms}`,
      restoreNextSession: (bookmark) => `undo ${bookmark}`,
      kvDeleteAll: () => this.kv.clear(),
      kvList: (start, startAfter, end, prefix, reverse, limit) => {
        let keys = [...this.kv.keys()].sort(byUtf8).filter((key) =>
          (start === undefined || byUtf8(key, start) >= 0) && (startAfter === undefined || byUtf8(key, startAfter) > 0)
          && (end === undefined || byUtf8(key, end) < 0) && (prefix === undefined || key.startsWith(prefix)));
        keys = reverse ? keys.reverse() : keys;
        return keys.slice(0, Math.min(2, limit ?? 2)).flatMap((key) => [key, this.kv.get(key)]);
      },
      reply: (id, status, statusText, headers, body, socket) => void this.replies.set(id, { status, statusText, headers, body, socket }),
      fail: (id, name, message, stack, properties) => void this.failures.set(id, { name, message, stack, properties }),
      log: (level, text) => void this.logs.push([level, text]),
      abort: (name, message, stack) => {
        this.aborts.push({ name, message, stack });
        throw new Error("aborted");
      },
      setTimer: (id, delay) => void this.timers.set(id, delay),
      clearTimer: (id) => void this.timers.delete(id),
      random: (n) => Uint8Array.from({ length: n }, (_, i) => (i * 7 + 1) & 255).buffer,
      now: () => this.time,
      getAlarm: () => this.alarm,
      setAlarm: (ms) => void (this.alarm = ms),
      deleteAlarm: () => void (this.alarm = null),
      crypto: (operation, ...args) => hostCrypto(operation, args),
      zoneOffset: (zone, ms) => zoneOffset(zone, ms),
      followPromises: () => {},
      decode: (encoding, bytes) => new TextDecoder(encoding).decode(bytes),
      done: (id) => void this.done.push(id),
      ...this.sockets.functions(),
      utf8: (text) => Uint8Array.from(Buffer.from(text)).buffer,
      text: (bytes) => utf8Text.decode(bytes),
      subrequest: (...args) => {
        if (!this.internet) throw new Error(NO_INTERNET);
        this.subrequests.push(args);
      },
      cancelCall: (id) => void this.streamCalls.push(["cancelCall", id]),
      drop: (handle) => void this.streamCalls.push(["drop", handle]),
      pull: (handle) => void this.streamCalls.push(["pull", handle]),
      cancelStream: (handle, reason) => void this.streamCalls.push(["cancelStream", handle, reason]),
      exportStream: (number) => 1000 + number,
      chunk: (number, bytes) => void this.streamCalls.push(["chunk", number, Buffer.from(bytes).toString()]),
      endStream: (number) => void this.streamCalls.push(["endStream", number]),
      errorStream: (number, name, message) => void this.streamCalls.push(["errorStream", number, name, message]),
      codecOpen: (format, mode) => this.codecs.push({ format, mode, input: [], output: null }) - 1,
      codecWrite: (codec, bytes, last) => codecWrite(this.codecs[codec], bytes, last),
      codecRead: (codec) => this.codecs[codec].output?.shift()?.buffer ?? null,
      codecClose: (codec) => void this.closedCodecs.push(codec),
      moduleRequire: () => { throw new Error("this host has ES modules alone"); },
      moduleType: () => "js",
      moduleContent: () => undefined,
      moduleNamespace: (name) => (this.loaded.push(name), this.#namespace(name)),
      wasmHooks: () => {},
      ...Object.fromEntries(WASM.map((name) => [name, () => { throw new Error("this host has no WebAssembly."); }])),
      ...this.outside,
    };
    this.give = give;
    const host = vm.newObject();
    for (const [name, f] of Object.entries(functions)) {
      vm.setProp(host, name, vm.newFunction(name, (...args) => give(f(...args.map(value)))));
    }
    return host;
  }

  /** A module's namespace, evaluated now: no job may run. */
  #namespace(name) {
    this.vm.evalCode(`import * as namespace from "${name}"; globalThis.__namespace = namespace;`, "lapidary:require", EvalFlags.TYPE_MODULE);
    const namespace = this.vm.global.getProp("__namespace");
    this.vm.evalCode("delete globalThis.__namespace");
    return namespace;
  }

  #row(cursor, row, raw) {
    return raw ? row : Object.fromEntries(cursor.columns.map((name, i) => [name, row[i]]));
  }

  call(name, ...args) {
    const result = this.#call(name, args);
    for (let event; (event = this.sockets.next()) !== undefined;) this.#call(event[0], event.slice(1));
    return result;
  }

  #call(name, args) {
    const handles = args.map((arg) => (arg && arg.vm ? arg : arg === undefined ? this.vm.undefined
      : arg instanceof ArrayBuffer ? this.vm.newArrayBuffer(arg) : this.vm.hostToHandle(arg)));
    const result = this.vm.callFunction(this.dispatcher.getProp(name), this.vm.undefined, ...handles);
    this.vm.executePendingJobs();
    return result;
  }

  start(className = undefined, env = {}, name = "x", more = {}) {
    const options = { className, id: "ab".repeat(32), name, envBytes: JSON.stringify(env), bindings: [], ...more };
    this.call("start", this.namespace, this.give(Object.fromEntries(Object.entries(options).filter(([, v]) => v !== undefined))));
    return this;
  }

  /** Sends a request; returns the reply {status, headers, body}, the failure {name, message, stack}, or undefined while pending. */
  fetch(url = "http://app.test/", { method = "GET", headers = [], body = null } = {}) {
    const id = this.#nextRequest++;
    this.call("fetch", id, undefined, method, url, this.give(headers), body);
    return this.result(id);
  }

  result(id) {
    return this.replies.get(id) ?? this.failures.get(id);
  }

  /** Lets all timers pass, soonest first, until none is left. */
  runTimers() {
    for (let next; (next = [...this.timers].sort((a, b) => a[1] - b[1] || a[0] - b[0])[0]) !== undefined;) {
      for (const [id, delay] of this.timers) this.timers.set(id, delay - next[1]);
      this.time += next[1];
      this.fireTimer(next[0]);
    }
  }

  fireTimer(id) {
    this.timers.delete(id);
    this.call("timer", id);
  }
}

/** A started guest whose handler evaluates `body` (statements that return a JSON-able value). */
export async function run(body, { prelude = "", before } = {}) {
  const guest = await Guest.boot(`import * as workers from "cloudflare:workers";
    ${prelude}
    export class App extends workers.DurableObject {
      async fetch(request) { const { ctx, env } = this; const { storage } = ctx;
        const result = await (async () => { ${body} })();
        return new Response(result === undefined ? "undefined" : JSON.stringify(result)); } }`);
  before?.(guest);
  guest.start();
  const answer = guest.fetch("http://app.test/path?q=1", { method: "POST", headers: ["x-a", "1"], body: "hi" });
  if (answer === undefined) throw new Error(`no answer; logs ${JSON.stringify(guest.logs)} aborts ${JSON.stringify(guest.aborts)}`);
  if (answer.message !== undefined) throw Object.assign(new Error(answer.message), { name: answer.name, guestStack: answer.stack });
  return { value: answer.body === "undefined" ? undefined : JSON.parse(answer.body), guest, answer };
}
