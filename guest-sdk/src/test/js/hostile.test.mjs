import assert from "node:assert/strict";
import { test } from "node:test";
import v8 from "node:v8";
import { Guest } from "./harness.mjs";

/** Everything an app may break, before or after the platform hands it a class. */
const VANDAL = `
  const evil = () => { throw new Error("vandal"); };
  const define = Object.defineProperty;
  const spared = ["prototype", "length", "name", "constructor", Symbol.hasInstance, "arguments", "caller"];
  const victims = [];
  for (const o of [Array, String, Map, Set, Promise, Function, RegExp, Date, Uint8Array, ArrayBuffer, DataView, Headers, URL, Error, Object, Reflect, Math, JSON,
      Object.getPrototypeOf(Uint8Array), Symbol, Number, BigInt, WeakMap, Iterator, Object.getPrototypeOf([].values()), Object.getPrototypeOf(function* () {}).prototype]) {
    for (const target of [o, o.prototype]) {
      if (target) for (const key of Reflect.ownKeys(target)) if (!spared.includes(key)) victims.push([target, key]);
    }
  }
  const globals = Object.getOwnPropertyNames(globalThis).filter((n) => !["globalThis", "Response", "undefined", "NaN", "Infinity"].includes(n));
  const pollution = ["0", "1", "2", "then", "get", "set", "value", "done", "status", "limit", "start", "content", "headers", "body"];
  const getter = { __proto__: null, configurable: true, get() { return undefined; }, set() { throw new Error("polluted"); } };
  const element = { __proto__: null, configurable: true, get() { return "p"; }, set() { throw new Error("polluted array"); } };
  const value = { __proto__: null, value: evil, configurable: true, writable: true };
  const objectPrototype = Object.prototype, arrayPrototype = Array.prototype, self = globalThis;
  for (let i = 0; i < victims.length; i++) { try { define(victims[i][0], victims[i][1], value); } catch {} }
  for (let i = 0; i < globals.length; i++) { try { self[globals[i]] = evil; } catch {} }
  for (let i = 0; i < pollution.length; i++) { define(objectPrototype, pollution[i], getter); define(arrayPrototype, pollution[i], element); }
`;
const APP = (where) => `import { DurableObject } from "cloudflare:workers"; const R = Response;
  const vandalise = () => { ${VANDAL} };
  ${where === "module" ? "vandalise();" : ""}
  export class App extends DurableObject {
    async fetch(request) { ${where === "handler" ? "vandalise();" : ""}
      const { storage } = this.ctx;
      storage.kv.put("text", "t"); storage.kv.put("obj", { list: [1, "two", { x: null }], n: 5n });
      await storage.put("async", [1, 2]);
      const back = storage.kv.get("obj");
      const cursor = storage.sql.exec("q", 1, "x", true);
      const row = cursor.next().value;
      const list = storage.kv.list(); const first = list.next().value; const second = list.next(); list.next();
      storage.transactionSync(() => storage.kv.put("tx", 1));
      return new R("ok " + back.list[1] + " " + row.a + " " + first[0] + " " + (await request.text()), { headers: { "x-h": "v" } });
    } }`;

for (const where of ["module", "handler"]) {
  test(`an app that breaks every prototype in its ${where} still stores and replies right`, async () => {
    const guest = await Guest.boot(APP(where));
    guest.sqlAnswers.set("q", { columns: ["a"], rows: [[7]] });
    guest.start();
    const answer = guest.fetch("http://a/", { method: "POST", body: "body" });
    assert.equal(answer.body, "ok two 7 async body", `${answer.name} ${answer.message} ${answer.stack}`);
    assert.deepEqual(answer.headers, ["content-type", "text/plain;charset=UTF-8", "x-h", "v"]);
    assert.deepEqual(guest.sqlCalls, [["q", [1, "x", "true"]]]);
    const read = (key) => {
      const d = new v8.Deserializer(new Uint8Array(guest.kv.get(key)));
      d.readHeader();
      return d.readValue();
    };
    assert.deepEqual(read("obj"), { list: [1, "two", { x: null }], n: 5n });
    assert.deepEqual(read("async"), [1, 2]);
    assert.equal(guest.kv.get("tx"), 1);
  });
}

test("the host's functions cannot be reached from app code", async () => {
  const guest = (await Guest.boot(`
    const seen = [];
    const names = ["sqlExec", "kvPut", "reply", "savepoint"];
    const visited = new Set();
    function visit(value, path, depth) {
      if ((typeof value !== "object" && typeof value !== "function") || value === null || visited.has(value) || depth > 6) return;
      visited.add(value);
      for (const name of names) if (Object.hasOwn(value, name) || (typeof value === "function" && value.name === name)) seen.push(path + "." + name);
      for (const key of Reflect.ownKeys(value)) {
        const d = Object.getOwnPropertyDescriptor(value, key);
        if (!d) continue;
        for (const part of [d.value, d.get, d.set]) visit(part, path + "." + String(key), depth + 1);
        if (d.get) { try { visit(value[key], path + "." + String(key), depth + 1); } catch {} }
      }
      visit(Object.getPrototypeOf(value), path + ".__proto__", depth + 1);
    }
    export class App { constructor(state, env) { this.state = state; }
      async fetch(request) {
        const leaked = [];
        const apply = Reflect.apply;
        Reflect.apply = function (f, self, args) { leaked.push(self, ...args); return apply(f, self, args); };
        for (const m of ["call", "apply", "bind"]) { const old = Function.prototype[m]; Function.prototype[m] = function (...a) { leaked.push(this, ...a); return apply(old, this, a); }; }
        const { storage } = this.state;
        storage.kv.put("a", {}); storage.kv.get("a"); storage.sql.exec("x").toArray(); [...storage.kv.list()]; console.log({}); crypto.randomUUID(); request.headers.get("a"); await request.text();
        try { storage.sql.exec("err"); } catch (e) { leaked.push(e); visit(e.stack, "stack", 0); }
        visit(globalThis, "global", 0); visit(this, "this", 0); visit(request, "request", 0); visit(leaked, "leaked", 0); visit(storage.sql.exec("x"), "cursor", 0);
        const imports = []; for (const name of ["lapidary:host", "lapidary:platform", "lapidary:primordials"]) { try { await import(name); imports.push(name); } catch {} }
        return Response.json([seen, imports, visited.size > 100]);
      } }`)).start();
  guest.sqlAnswers.set("err", new Error("sql"));
  const answer = guest.fetch();
  assert.deepEqual(JSON.parse(answer.body), [[], [], true], answer.stack);
});

test("a hostile value cannot break the one that is stored", async () => {
  const guest = (await Guest.boot(`export class App { constructor(s) { this.kv = s.storage.kv; } async fetch() { const out = [];
    const attempts = {
      shrink: () => { const a = [1, 2, 3]; a[0] = { get x() { a.length = 0; return 1; } }; return a; },
      grow: () => { const o = { get a() { o.z = 1; return 1; } }; return o; },
      trap: () => new Proxy({ a: 1 }, { ownKeys() { throw new RangeError("trap"); } }),
      tag: () => ({ [Symbol.toStringTag]: "Promise", a: 1 }),
      fake: () => Object.create(Map.prototype, { a: { value: 1, enumerable: true } }),
      deep: () => { let o = {}; for (let i = 0; i < 20000; i++) o = { o }; return o; },
      name: () => { const e = new Error("x"); Object.defineProperty(e, "name", { get() { throw new RangeError("name"); } }); return e; },
    };
    for (const k of Object.keys(attempts)) { try { this.kv.put(k, attempts[k]()); this.kv.get(k); out.push(k); } catch (e) { out.push(k + " " + e.name); } }
    return Response.json(out); } }`)).start();
  assert.deepEqual(JSON.parse(guest.fetch().body), ["shrink", "grow", "trap RangeError", "tag", "fake", "deep RangeError", "name RangeError"]);
});
