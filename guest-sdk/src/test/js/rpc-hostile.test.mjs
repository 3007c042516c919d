import assert from "node:assert/strict";
import { test } from "node:test";
import { answerOf } from "./bench.mjs";

const POISON = `
  const leaked = Object.setPrototypeOf([], null); const note = (x) => { leaked[leaked.length] = x; };
  const spy = (owner, name) => { const d = Object.getOwnPropertyDescriptor(owner, name); if (!d?.configurable) return; const old = d.value ?? d.get;
    const trap = function (...args) { for (let i = -1; i < args.length; i++) { const v = i < 0 ? this : args[i]; if (v && typeof v === "object" && (own(v, "hold") || own(v, "handle") || own(v, "owned") || own(v, "classHold"))) note(name); } return Reflect_apply(old, this, args); };
    Object_defineProperty(owner, name, d.get ? { ...d, get: trap } : { ...d, value: trap }); };
  const own = Object.hasOwn, Reflect_apply = Reflect.apply, Object_defineProperty = Object.defineProperty;
  for (const C of [Array, Map, WeakMap, Set, Promise, String, Function, ArrayBuffer, Uint8Array, FinalizationRegistry, WeakRef]) for (const n of Object.getOwnPropertyNames(C.prototype)) if (n !== "constructor") spy(C.prototype, n);
  for (const n of ["hold", "handle", "owned", "kind", "target", "refs", "callback", "stream", "next", "toJSON", "0", "1", "length2", "classHold", "refusal", "prototype2"])
    Object_defineProperty(Object.prototype, n, { configurable: true, set(v) { note("set " + n); }, get() { return undefined; } });
  for (const n of ["0", "1", "2"]) Object_defineProperty(Array.prototype, n, { configurable: true, set(v) { note("set [" + n + "]"); }, get() { return undefined; } });
`;
const CLASSES = `export class Target extends RpcTarget { n = 0; #k = 0; add(k) { return this.#k += k; } }
  export class Obj extends DurableObject { echo(x) { return x; } made() { return new Target(); } fail() { throw Object.assign(new Error("x"), { a: 1 }); } call(f) { return f(2); } }
  export class Child extends DurableObject { hi() { return "child"; } }
  export class Sup extends DurableObject { async go() { return [await this.ctx.facets.get("a", () => ({ class: this.ctx.exports.Child })).hi(), await this.env.LOADER.get("w", () => ({ compatibilityDate: "2026-01-01", mainModule: "m.js", modules: { "m.js": "export default { hi(x) { return 'dyn ' + x; } }" } })).getEntrypoint().hi(1)]; } }`;

test("prototypes that an app has replaced see nothing of stubs, payloads or calls", async () => {
  const { value } = await answerOf(`${CLASSES} ${POISON}
    async function run(env) { const s = env.OBJ.getByName("a"); const t = await s.made();
      const o = { sum: await t.add(2), echo: await s.echo({ a: { b: "c" }, f: 1 }), call: await s.call((x) => x * 2), error: await told(() => s.fail()), sup: await env.SUP.getByName("s").go() };
      let seen = ""; for (let i = 0; i < leaked.length; i++) seen += leaked[i] + " "; return [JSON.stringify(o), seen]; }`, { namespaces: ["Obj", "Sup"], loader: true });
  assert.deepEqual(value, ['{"sum":2,"echo":{"a":{"b":"c"},"f":1},"call":4,"error":["Error: x",{"a":1,"remote":true}],"sup":["child","dyn 1"]}', ""]);
});

test("nothing but a stub is one, and a stub is never built of parts", async () => {
  const { value } = await answerOf(`${CLASSES}
    async function run(env, ctx) { const s = env.OBJ.getByName("a"), t = await s.made(); const o = [];
      for (const make of [() => Object.create(t), () => Object.setPrototypeOf({}, Object.getPrototypeOf(t)), () => new Proxy(t, {}), () => Object.create(Object.getPrototypeOf(s)), () => Object.assign(Object.create(cw.ServiceStub.prototype), s)]) {
        const fake = make(); o.push((await told(() => s.echo(fake)))[0], (await told(() => cw.ServiceStub.prototype.fetch.call(fake, "http://a/")))[0].slice(0, 29)); }
      for (const C of [cw.RpcPromise, cw.RpcProperty, cw.ServiceStub, s.constructor, env.OBJ.constructor, env.OBJ.idFromName("a").constructor, ctx.constructor, ctx.exports.Obj.constructor, Object.getPrototypeOf(env.LOADER).constructor]) o.push((await told(() => new C({}, {}, {})))[0]);
      const forged = Object.create(env.OBJ.idFromName("a")); o.push((await told(() => env.OBJ.get(forged)))[0].slice(0, 30), String(await told(() => env.OBJ.get(s.id).echo(4))));
      o.push(Object.getOwnPropertyNames(t).length, Object.getOwnPropertySymbols(s).length, (await told(() => Object.getPrototypeOf(Object.getPrototypeOf(t)).hold)));
      return o; }`, { namespaces: ["Obj"], loader: true });
  const words = "TypeError: Illegal invocation";
  const refused = (name) => `DataCloneError: ${name} cannot be serialized in this context.`;
  // A proxy of a callable stub is a function of the app's own, and handed out as such.
  assert.deepEqual(value.slice(0, 10).filter((_, i) => i % 2 === 0), [refused("RpcStub"), refused("RpcStub"), null, refused("ServiceStub"), refused("ServiceStub")]);
  assert.deepEqual(value.slice(0, 10).filter((_, i) => i % 2 === 1), Array(5).fill(words));
  assert.deepEqual(value.slice(10, 19), Array(9).fill("TypeError: Illegal constructor"));
  assert.deepEqual(value.slice(19), ["TypeError: Failed to execute '", "4", 0, 0, "undefined"]);
});

test("thenables, getters and errors of an app's own fail its call alone", async () => {
  const { value } = await answerOf(`${CLASSES} let n = 0;
    export class Odd extends DurableObject { thenable() { return { then(done) { done(5); done(6); } }; } never() { return { then() { throw new RangeError("then"); } }; } get boom() { throw new TypeError("getter"); }
      lies() { const e = new Error("m"); Object.defineProperty(e, "name", { get() { throw 1; } }); throw e; } deep() { let v = {}; for (let i = 0; i < 20000; i++) v = { v }; return v; } cyclic() { const v = {}; v.v = v; return v; }
      getter() { return { get a() { throw new Error("inside"); } }; } huge() { return new Array(200000).fill(0).map(() => () => 1); } proxy() { throw new Proxy(new Error("p"), { get() { throw new Error("trap"); } }); } ok() { return "ok"; } }
    async function run(env) { const s = env.ODD.getByName("a"); const o = [];
      for (const m of ["thenable", "never", "lies", "deep", "getter", "proxy"]) o.push(await told(() => s[m]())); o.push(await told(() => s.boom), (await s.cyclic()).v.v.v !== undefined, await s.ok()); return JSON.parse(JSON.stringify(o)); }`, { namespaces: ["Odd"] });
  assert.deepEqual(value.slice(0, 2), [5, ["RangeError: then", { remote: true }]]);
  assert.equal(value[3][0], "RangeError: Maximum call stack size exceeded");
  assert.deepEqual(value.slice(-3), [["TypeError: getter", { remote: true }], true, "ok"]);
});
