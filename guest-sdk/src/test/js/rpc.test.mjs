import assert from "node:assert/strict";
import { test } from "node:test";
import { answerOf } from "./bench.mjs";

const OBJECTS = `
  let disposed = 0;
  class Target extends RpcTarget { #n = 0; own = 5; add(k) { return this.#n += k; } get val() { return 42; } get self() { return this; }
    get deep() { return { fn: (a) => a + 1, v: 7, at: { all: 8 } }; } [Symbol.dispose]() { disposed++; } }
  class Foo { x = 1; }
  export class Obj extends DurableObject {
    field = 1; fieldFn = () => 1;
    echo(...args) { return args.length === 1 ? args[0] : args; }
    target() { return new Target(); }
    fn() { return (a) => a * 2; }
    nested() { return { a: { b: new Target(), c: [1, () => 3] }, big: 5n, d: new Date(0), list: [1] }; }
    get getter() { return 9; } get getterFn() { return () => 10; } get thrower() { throw new Error("gt"); }
    foo() { return new Foo(); } sym() { return Symbol("x"); } self() { return this; }
    fail() { class MyError extends RangeError { name = "MyError"; extra = 5; } throw new MyError("custom"); }
    failFn() { throw Object.assign(new RangeError("m"), { name: "Odd", f() {} }); }
    failPlain() { throw { a: 1 }; } failText() { throw "str"; } failCause() { throw new Error("outer", { cause: new TypeError("inner") }); }
    failDom() { throw new DOMException("dm", "AbortError"); }
    keep(f) { this.kept = f; return "kept"; } keepDup(f) { this.kept = f.dup(); return "kept"; } useKept() { return this.kept(3); }
    call(f, ...args) { return f(...args); }
    disposed() { return disposed; }
    make() { this.stash = new RpcStub(new Target()); } stashed() { return this.stash; }
    reset() { this.ctx.abort("bye"); }
    alarm() {} webSocketMessage() {} dup() {} startFacet() {}
    fetch(request) { return new Response(request.method + " " + request.url + " " + this.ctx.id.name); }
    async request(r) { return [r.method, r.url, r.headers.get("x"), await r.text(), r instanceof Request]; }
    response() { return new Response("body", { status: 201, headers: { a: "b" } }); }
  }
  export class Plain { constructor(ctx) { this.ctx = ctx; } hi() { return "hi"; } fetch() { return new Response("plain"); } }
  export class Entry extends WorkerEntrypoint { hi(a) { return "hi " + a; } count() { return this.n = (this.n ?? 0) + 1; } props() { return this.ctx.props; }
    whoami(stub) { return stub.echo(this.env.OBJ.constructor.name); } fetch(r) { return new Response("entry " + r.url); } }
  export const handlers = { fetch() { return new Response("h"); }, method(a, env, ctx) { return [a, typeof env.OBJ, ctx.props]; }, four(a, b, c, d) {} };
`;
const options = { namespaces: ["Obj", "Plain"], services: { ENTRY: ["Entry"], HANDLERS: ["handlers"] } };
const run = async (body, more = {}) => (await answerOf(`${OBJECTS} async function run(env, ctx) { const s = env.OBJ.getByName("a"); ${body} }`, { ...options, ...more })).value;
const remote = { remote: true };

test("methods, getters and reads of members answer; what is an instance's own does not", async () => {
  assert.deepEqual(await run(`const o = [await s.echo(1, { a: 2 }), await s.getter, await s.getterFn(), typeof await s.echo, await told(() => s.thrower)];
    for (const m of ["field", "fieldFn", "nope", "alarm", "webSocketMessage", "dup", "startFacet", "getter"]) o.push((await told(() => s[m]()))[0]);
    o.push((await told(() => s.field))[0]); return o;`), [
    [1, { a: 2 }], 9, 10, "function", ["Error: gt", remote],
    'TypeError: The RPC receiver does not implement the method "field".', 'TypeError: The RPC receiver does not implement the method "fieldFn".',
    'TypeError: The RPC receiver does not implement the method "nope".', "TypeError: 'alarm' is a reserved method and cannot be called over RPC.",
    "TypeError: 'webSocketMessage' is a reserved method and cannot be called over RPC.", "TypeError: 'dup' is a reserved method and cannot be called over RPC.",
    "TypeError: 'startFacet' is a reserved method and cannot be called over RPC.",
    'TypeError: "getter" is not a function.', 'TypeError: The RPC receiver does not implement the method "field".',
  ]);
});

test("a stub looks as workerd's", async () => {
  assert.deepEqual(await run(`const t = await s.target(), p = s.target(); p.catch(() => 0);
    return [typeof s.then, typeof s.foo.then, typeof s.toJSON, typeof s.__proto__, s.constructor.name, String(s), typeof s.hasOwnProperty, "hi" in s, Object.keys(s), typeof s[Symbol("q")], typeof s[0],
      typeof t, t.constructor.name, t instanceof RpcStub, typeof t.then, typeof t.name, typeof t.call, String(t), typeof t[Symbol.dispose], t instanceof Object,
      typeof p, p.constructor.name, s.foo.constructor.name, env.ENTRY.constructor.name, typeof env.ENTRY, s instanceof cw.ServiceStub, s.name, String(s.id) === String(env.OBJ.idFromName("a")), (s.x = 3, s.x),
      Reflect.ownKeys(t).length, await told(() => { "use strict"; s.name = "b"; }), JSON.stringify(env.OBJ.idFromName("q"))];`), [
    "undefined", "function", "undefined", "object", "DurableObject", "[object DurableObject]", "function", true, ["name", "id"], "undefined", "undefined",
    "function", "RpcStub", true, "undefined", "function", "function", "[object JsRpcStub]", "function", true,
    "function", "RpcPromise", "RpcProperty", "Fetcher", "object", true, "a", true, 3, 0, ["TypeError: 'name' is read-only", {}], '{"name":"q"}',
  ]);
});

test("targets and functions arrive as stubs, and stubs can be sent on", async () => {
  assert.deepEqual(await run(`const t = await s.target(), f = await s.fn();
    const o = [await t.add(2), await t.add(3), await t.val, await t.deep.v, await t.deep.at.all, await t.deep.fn(1), await t.self.self.add(1), await f(4), await f.length];
    for (const g of [() => t.own, () => t.nope(), () => t(1), () => t.deep.nope.x]) o.push((await told(g))[0]);
    o.push(await s.call((x) => x + 1, 5), await s.call(f, 6), (await told(() => s.echo(t.add)))[0], await s.echo(t).add(4), await env.OBJ.getByName("b").echo(t).add(1), await s.echo(env.ENTRY).hi(3));
    return o;`), [2, 5, 42, 7, 8, 2, 6, 8, 1,
    'TypeError: The RPC receiver does not implement the method "own".', 'TypeError: The RPC receiver does not implement the method "nope".', 'TypeError: "(this)" is not a function.',
    'TypeError: The RPC receiver does not implement the method "nope".', 6, 12, unsupported("RpcProperty"), 10, 11, "hi 3"]);
});

test("a promise is a stub of what it will be", async () => {
  assert.deepEqual(await run(`const o = [await s.nested().a.b.add(5), await s.target().self.add(1), await s.nested().d, await s.fn()(4)];
    for (const g of [() => s.nested().a.zz, () => s.nested().zz.yy, () => s.nested().a(), () => s.nested().list.length, () => s.echo("abc").length, () => s.echo(null).x, () => s.echo(5)(), () => s.nope().a.b()]) o.push(await told(g));
    const p = s.target(); const both = await Promise.all([p.add(1), p.add(1), p.add(1)]); o.push(both); await p; o.push(await p.add(1)); return o;`), [
    5, 1, "1970-01-01T00:00:00.000Z", 8,
    ['TypeError: The RPC receiver does not implement the method "zz".', remote], ['TypeError: The RPC receiver does not implement the method "zz".', remote],
    ['TypeError: "a" is not a function.', remote], ['TypeError: The RPC receiver does not implement the method "length".', remote],
    ['TypeError: The RPC receiver does not implement the method "length".', remote], ['TypeError: The RPC receiver does not implement the method "x".', remote],
    ['TypeError: "(this)" is not a function.', remote], ['TypeError: The RPC receiver does not implement the method "nope".', remote], [1, 2, 3], 4,
  ]);
});

test("what cannot be cloned is refused in workerd's words, on both sides", async () => {
  assert.deepEqual(await run(`const o = [];
    for (const v of [env.OBJ, s.id, s.target(), s.foo, new (class Foo {})(), Symbol("a"), new WeakMap(), Promise.resolve(), ctx.exports.Obj, ctx.exports.Entry, Object.create(null), new URL("http://a"), ctx, (function* () {})()]) o.push((await told(() => s.echo(v)))[0]);
    for (const m of ["foo", "sym", "self"]) o.push(await told(() => s[m]()));
    return o;`), [
    ...["DurableObjectNamespace", "DurableObjectId", "RpcPromise", "RpcProperty", "Foo"].map(unsupported), "DataCloneError: Symbol(a) could not be cloned.",
    "DataCloneError: #<WeakMap> could not be cloned.", "DataCloneError: #<Promise> could not be cloned.",
    ...["LoopbackDurableObjectNamespace", "LoopbackServiceStub", "Object", "URL", "ExecutionContext"].map(unsupported), "DataCloneError: [object Generator] could not be cloned.",
    [unsupported("Foo"), remote], ["DataCloneError: Symbol(x) could not be cloned.", remote], [unsupported("Obj"), remote],
  ]);
});

function unsupported(name) {
  return `DataCloneError: Could not serialize object of type "${name}". This type does not support serialization.`;
}

test("an error keeps its class, its name and its own properties", async () => {
  assert.deepEqual(await run(`const o = [];
    for (const m of ["fail", "failFn", "failPlain", "failText", "failDom"]) o.push(await told(() => s[m]()));
    try { await s.failCause(); } catch (e) { o.push([String(e.cause), e.cause instanceof TypeError, e.constructor === Error, e.stack]); }
    try { await s.fail(); } catch (e) { o.push([e.name, e instanceof RangeError, e instanceof Error]); }
    o.push(await told(() => new RpcStub(() => { throw Object.assign(new RangeError("q"), { z: 1 }); })()));
    return o;`), [
    ["MyError: custom", { extra: 5, remote: true }], ["Error: Odd: m", remote], [{ a: 1, remote: true }, { a: 1, remote: true }], ["Error: str", remote], ["AbortError: dm", remote],
    ["TypeError: inner", true, true, "Error: outer"], ["MyError", false, true], ["RangeError: q", { z: 1, remote: true }],
  ]);
});

test("a stub ends with its disposal, a target with its last stub", async () => {
  assert.deepEqual(await run(`const o = []; const wait = () => scheduler.wait(5);
    const st = await s.target(), d = st.dup(); st[Symbol.dispose](); st[Symbol.dispose](); o.push(await told(() => st.add(1)), await told(() => d.add(1)), await s.disposed()); d[Symbol.dispose](); await wait(); o.push(await s.disposed());
    const r = await s.nested(); r[Symbol.dispose](); o.push(await told(() => r.a.b.add(1)), Reflect.ownKeys(r).length, Object.keys(r).length); await wait(); o.push(await s.disposed());
    const p = s.target(); await p; p[Symbol.dispose](); o.push(await told(() => p.add(1))); await wait(); o.push(await s.disposed());
    o.push(await s.keep((x) => x + 1), await told(() => s.useKept()), await s.keepDup((x) => x + 1), await told(() => s.useKept()));
    await s.make(); o.push(await (await s.stashed()).add(2), await told(() => s.stashed().add(1)));
    { using u = await s.target(); o.push(await u.add(1)); } await wait(); o.push(await s.disposed());
    const l = new RpcStub(new Target()), n = disposed; o.push(await l.add(1), await l.self.add(2)); l[Symbol.dispose](); await wait(); o.push(disposed - n, await told(() => l.add(1)));
    return o;`), [
    ["Error: RPC stub used after being disposed.", {}], 1, 0, 1, ["Error: RPC stub used after being disposed.", {}], 5, 4, 2,
    ["Error: RPC promise used after being disposed.", {}], 3, "kept", ["Error: RPC stub used after being disposed.", remote], "kept", 4,
    2, ["Error: RPC stub used after being disposed.", remote], 1, 5, 1, 3, 1, ["Error: RPC stub used after being disposed.", {}],
  ]);
});

test("fetch, requests and responses as values", async () => {
  assert.deepEqual(await run(`const r = await s.response();
    return [await (await s.fetch("http://x/y")).text(), await (await s.fetch(new Request("http://x/z", { method: "PUT" }), { method: "POST" })).text(),
      await s.request(new Request("http://q/", { method: "POST", body: "hi", headers: { x: "y" } })), [r.status, r.headers.get("a"), await r.text(), r instanceof Response],
      await told(() => s.fetch("/x")), await told(() => s.fetch()), await told(() => s.fetch.call({}, "http://a/")), await (await env.ENTRY.fetch("http://e/")).text()];`), [
    "GET http://x/y a", "POST http://x/z a", ["POST", "http://q/", "y", "hi", true], [201, "b", "body", true],
    ["TypeError: Invalid URL: /x", {}], ["TypeError: Failed to execute 'fetch' on 'Fetcher': parameter 1 is not of type 'Request or string'.", {}],
    ["TypeError: Illegal invocation: function called with incorrect `this` reference. See https://developers.cloudflare.com/workers/observability/errors/#illegal-invocation-errors for details.", {}], "entry http://e/",
  ]);
});

test("a class that extends nothing answers requests, and calls only with js_rpc", async () => {
  const body = `const q = env.PLAIN.getByName("p"); return [await (await q.fetch("http://a/")).text(), (await told(() => q.hi()))];`;
  const [plain, refused] = await run(body);
  assert.equal(plain, "plain");
  assert.match(refused[0], /^TypeError: The receiving Durable Object does not support RPC, because its class was not declared with `extends DurableObject`\./);
  assert.deepEqual(await run(body, { flags: ["js_rpc"] }), ["plain", "hi"]);
});

test("entrypoints live for one event and have props; handlers take one argument", async () => {
  assert.deepEqual(await run(`const X = ctx.exports; const E = X.Entry;
    return [Object.keys(X), typeof E, E.constructor.name, await E.hi(1), await env.ENTRY.count(), await env.ENTRY.count(), await E.props(), await E({ props: { a: 5, s } }).props().a, await E({ props: { s } }).props().s.echo(7),
      await E.whoami(s), await env.HANDLERS.method(1), await X.handlers({ props: { z: 1 } }).method(2), await told(() => env.HANDLERS.method()), (await told(() => env.HANDLERS.four(1)))[0].slice(0, 60),
      await told(() => E()), await told(() => E({ props: 5 })), await told(() => E({ props: { f() {} } })), await told(() => E({ props: { x: new Target() } })), await told(() => env.ENTRY.ctx),
      X.Obj.constructor.name, await X.Obj.getByName("a").echo(3), X.Obj({}).constructor.name, X.default.constructor.name];`), [
    ["default", "handlers", "Entry", "Obj", "Plain"], "function", "LoopbackServiceStub", "hi 1", 1, 1, {}, 5, 7,
    "DurableObjectNamespace", [1, "object", {}], [2, "object", { z: 1 }],
    ["TypeError: Attempted to call RPC function \"method\" with the wrong number of arguments. When calling a top-level handler function that is not declared as part of a class, you must always send exactly one argument. In order to support variable numbers of arguments, the server must use class-based syntax (extending WorkerEntrypoint) instead.", remote],
    'TypeError: Cannot call handler function "four" over RPC beca', ["TypeError: Failed to execute '(called as function)' on 'LoopbackServiceStub': parameter 1 is not of type 'Options'.", {}],
    ["TypeError: Incorrect type for the 'props' field on 'Options': the provided value is not of type 'Object'.", {}], ["DataCloneError: f() {} could not be cloned.", {}],
    ["DataCloneError: Remote RPC references can only be serialized for RPC.", {}], ['TypeError: The RPC receiver does not implement the method "ctx".', remote],
    "LoopbackDurableObjectNamespace", 3, "DurableObjectClass", "LoopbackServiceStub",
  ]);
});
