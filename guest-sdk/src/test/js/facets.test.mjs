import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { answerOf } from "./bench.mjs";

const run = async (body, head = "") => (await answerOf(`
  export class Child extends DurableObject { inc() { return this.n = (this.n ?? 0) + 1; } id() { return [typeof this.ctx.id, String(this.ctx.id), this.ctx.id?.name ?? null]; } props() { return this.ctx.props; }
    fail() { throw Object.assign(new Error("child"), { x: 1 }); } target() { return new Target(); } echo(x) { return x; } fetch(r) { return new Response("child " + r.url); } reset(m) { this.ctx.abort(m); }
    slow() { return new Promise(() => 0); } nested() { return this.ctx.facets.get("n", () => ({ class: this.ctx.exports.Child })).inc(); } }
  class Target extends RpcTarget { add(k) { return k; } }
  export class Thrower extends DurableObject { constructor(c, e) { super(c, e); throw Object.assign(new TypeError("ctor"), { y: 2 }); } }
  export class Entry extends WorkerEntrypoint { hi() { return "hi"; } fetch(r) { return new Response("out " + r.url); } }
  export class Sup extends DurableObject { async go() { const F = this.ctx.facets, C = this.ctx.exports.Child, { env, ctx } = this; ${body} } async startFacet(name) { return { class: this.ctx.exports.Child }; } }
  ${head}
  async function run(env) { return env.SUP.getByName("a").go(); }`, { namespaces: ["Sup"], loader: true })).value;

test("a facet starts at its first event, and keeps its class and memory", async () => {
  assert.deepEqual(await run(`let n = 0; const get = (name, id) => F.get(name, async () => { n++; return id === undefined ? { class: C } : { class: C, id }; });
    const a = get("a"), o = [n, await a.inc(), await a.inc(), await get("a").inc(), n, await (await a.fetch("http://x/")).text()];
    o.push(await get("b").id(), await get("c", "x").id(), await get("d", "").id(), await get("e", env.SUP.idFromName("zz")).id(), await get("f", 5).id(), await get("g", null).id());
    o.push(await F.get("h", () => ({ class: C({ props: { q: 1 } }) })).props(), await get("i").props(), await get("j").nested(), await (await a.target()).add(4), (await F.list()).length, await F.stat("a"), await F.stat("zz"));
    return [o, a.constructor.name, typeof a.id, String(a), String(F), F === this.ctx.facets];`), [[0, 1, 2, 3, 1, "child http://x/",
    ["object", "ab".repeat(32), null], ["string", "x", null], ["string", "", null], ["object", hex("Sup/zz"), "zz"], ["string", "5", null], ["string", "null", null],
    { q: 1 }, {}, 1, 4, 10, { running: true }, null], "Fetcher", "function", "[object Fetcher]", "[object DurableObjectFacets]", true]);
});

const hex = (text) => createHash("sha256").update(text).digest("hex");
const remote = { remote: true };
const CLASS = "TypeError: Incorrect type for the 'class' field on 'StartupOptions': the provided value is not of type 'DurableObjectClass or LoopbackDurableObjectNamespace or LoopbackColoLocalActorNamespace'.";
const NONE = "TypeError: Cannot initialize 'StartupOptions' with required members from an undefined or null value.";

test("what is wrong with a facet's name, initializer or class is said in workerd's words", async () => {
  assert.deepEqual(await run(`const o = [];
    for (const f of [() => F.get(), () => F.get("a"), () => F.get("a", 5), () => F.get("x".repeat(257), () => 1), () => F.get("\u00e9".repeat(129), () => 1), () => F.get("", () => 1), () => F.abort(), () => F.abort("q"), () => F.delete(), () => F.clone("a"), () => F.get.call({}, "a", () => 1)])
      o.push((await told(f))[0].slice(0, 90));
    for (const f of [() => null, () => undefined, () => 5, () => ({}), () => ({ class: class Q {} }), () => ({ class: this.ctx.exports.Entry }), () => { throw Object.assign(new RangeError("cb"), { p: 1 }); }, async () => { throw "str"; }, () => ({ class: this.ctx.exports.Thrower })]) o.push(await told(() => F.get("n" + o.length, f).inc()));
    o.push(await told(() => F.get("q", () => ({ class: C })).echo(F.get("r", () => ({ class: C })))), await told(() => F.get("q", () => ({ class: C })).fail()), await told(() => this.ctx.storage.kv.put("k", F.get("q", () => 1))), await told(() => this.ctx.storage.kv.put("k", env.SUP.getByName("x"))), await told(() => this.ctx.storage.kv.put("k", new Target())));
    return o;`), [
    "TypeError: Failed to execute 'get' on 'DurableObjectFacets': parameter 1 is not of type 'string'.".slice(0, 90), "TypeError: Failed to execute 'get' on 'DurableObjectFacets': parameter 2 is not of type 'function'.".slice(0, 90),
    "TypeError: Failed to execute 'get' on 'DurableObjectFacets': parameter 2 is not of type 'function'.".slice(0, 90), ...Array(2).fill("TypeError: Facet name is too long (max 256 characters)."), "TypeError: Facet name cannot be empty.",
    "TypeError: Failed to execute 'abort' on 'DurableObjectFacets': parameter 1 is not of type 'string'.".slice(0, 90), "TypeError: Failed to execute 'abort' on 'DurableObjectFacets': parameter 2 is not of type 'Value'.".slice(0, 90),
    "TypeError: Failed to execute 'delete' on 'DurableObjectFacets': parameter 1 is not of type 'string'.".slice(0, 90), "TypeError: Failed to execute 'clone' on 'DurableObjectFacets': parameter 2 is not of type 'string'.".slice(0, 90), "TypeError: Illegal invocation: function called with incorrect `this` reference. See https://developers".slice(0, 90),
    [NONE, {}], [NONE, {}], ["TypeError: Callback returned incorrect type; expected 'Promise'", {}], [CLASS, {}], [CLASS, {}], [CLASS, {}], ["RangeError: cb", { p: 1 }], ["Error: str", {}], ["TypeError: ctor", {}],
    ["DataCloneError: Stubs pointing to Durable Object facets are not serializable.", {}], ["Error: child", { x: 1, remote: true }],
    ["DataCloneError: Stubs pointing to Durable Object facets are not serializable.", {}], ["DataCloneError: ServiceStub cannot be serialized in this context.", {}], ["DataCloneError: Remote RPC references can only be serialized for RPC.", {}],
  ].map((x) => (typeof x === "string" ? x.slice(0, 90) : x)));
});

test("an aborted facet fails with the reason, and starts anew", async () => {
  assert.deepEqual(await run(`const get = (name) => F.get(name, () => ({ class: C })); const f = get("a"); await f.inc(); const slow = told(() => f.slow()); await scheduler.wait(1);
    F.abort("a", Object.assign(new TypeError("why"), { zz: 1 })); const o = [await slow, await get("a").inc()];
    const g = get("b"); await g.inc(); F.abort("b", "plain"); o.push(await get("b").inc(), await told(() => get("c").reset("selfa")));
    return o;`), [["TypeError: why", { zz: 1 }], 1, 1, ["Error: selfa", { durableObjectReset: true }]]);
});

const CODE = `import { DurableObject, WorkerEntrypoint, env } from "cloudflare:workers"; import text from "t";
  let n = 0; export default { fetch(r, env, ctx) { return new Response("dyn " + ++n + JSON.stringify(ctx.props)); }, hello(a) { return "hello " + a + text; } };
  export class A extends DurableObject { hi() { return ["A", this.ctx.props]; } }
  export class E extends WorkerEntrypoint { hi() { return [this.ctx.props, Object.keys(this.env), Object.keys(env)]; } async use() { return this.env.SUP.echo(3); } exp() { return Object.keys(this.ctx.exports); }
    fail() { throw Object.assign(new Error("dt"), { z: 1 }); } async out() { return (await fetch("http://x/")).text(); } }`;

test("the loader loads, binds and reaches workers", async () => {
  assert.deepEqual(await run(`const L = env.LOADER; const good = (x = {}) => ({ compatibilityDate: "2026-01-01", mainModule: "a.js", modules: { "a.js": ${JSON.stringify(CODE)}, t: { text: " text" } }, ...x });
    let n = 0; const w = L.get("x", async () => { n++; return good({ env: { Q: 1, SUP: F.get("q", () => 1) && env.SUP.getByName("z") } }); });
    const o = [await (await w.getEntrypoint().fetch("http://a/")).text(), await (await w.getEntrypoint(null, { props: { a: 1 } }).fetch("http://a/")).text(), await w.getEntrypoint("default").hello(3), await w.getEntrypoint("E", { props: { a: 1 } }).hi(), await w.getEntrypoint("E").exp(), n,
      await told(() => w.getEntrypoint("E").fail()), await told(() => w.getEntrypoint("Nope").hi()), await F.get("a", () => ({ class: w.getDurableObjectClass("A", { props: { k: 1 } }) })).hi(), await told(() => F.get("b", () => ({ class: w.getDurableObjectClass("Nope") })).hi()),
      await (await L.load(good()).getEntrypoint().fetch("http://a/")).text(), String(L), String(w), String(w.getEntrypoint()), await told(() => L.get("t", () => { throw Object.assign(new RangeError("boom"), { q: 1 }); }).getEntrypoint().hi()), await w.getEntrypoint("E").use()];
    o.push(await told(() => env.SUP.getByName("z").echo(w.getEntrypoint())), await F.get("inner", () => ({ class: L.get("y", () => good()).getDurableObjectClass("A") })).hi());
    return o;`, "Sup.prototype.echo = (x) => x;"), [
    "dyn 1{}", 'dyn 2{"a":1}', "hello 3 text", [{ a: 1 }, ["Q", "SUP"], ["Q", "SUP"]], ["default", "E", "A"], 1,
    ["Error: dt", { z: 1, remote: true }], ["Error: Worker has no such entrypoint: Nope", remote], ["A", { k: 1 }], ["Error: Worker has no such actor class: Nope", {}],
    "dyn 1{}", "[object WorkerLoader]", "[object WorkerStub]", "[object Fetcher]", ["RangeError: boom", { q: 1, remote: true }], 3,
    ["DataCloneError: Entrypoints to dynamically-loaded workers cannot be transferred to other Workers, because the system does not know how to reload this Worker from scratch. Instead, have the parent Worker expose an entrypoint which constructs the dynamic worker and forwards to it.", {}], ["A", {}],
  ]);
});

test("what is wrong with a worker's code is said in workerd's words", async () => {
  const answers = await run(`const L = env.LOADER; const good = (x = {}) => ({ compatibilityDate: "2026-01-01", mainModule: "a.js", modules: { "a.js": "" }, ...x }); const o = {};
    for (const [k, f] of Object.entries({ load0: () => L.load(), empty: () => L.load({}), noDate: () => L.load(good({ compatibilityDate: undefined })), badDate: () => L.load(good({ compatibilityDate: "2026-13-45" })), future: () => L.load(good({ compatibilityDate: "2099-01-01" })),
      emptyModules: () => L.load(good({ modules: {} })), nul: () => L.load(good({ modules: { "a.js": null } })), ts: () => L.load(good({ modules: { "a.ts": "x" } })), two: () => L.load(good({ modules: { "a.js": { js: "", text: "" } } })), data: () => L.load(good({ modules: { d: { data: "x" } } })),
      flags: () => L.load(good({ compatibilityFlags: "x" })), experimental: () => L.load(good({ allowExperimental: true })), env: () => L.load(good({ env: 5 })), envFn: () => L.load(good({ env: { f() {} } })), envStub: () => L.load(good({ env: { x: new RpcStub(() => 1) } })), outbound: () => L.load(good({ globalOutbound: {} })), tails: () => L.load(good({ tails: 5 })), tail: () => L.load(good({ tails: [5] })),
      streaming: () => L.load(good({ streamingTails: [] })), limits: () => L.load(good({ limits: 5 })), cpu: () => L.load(good({ limits: { cpuMs: "x" } })), negative: () => L.load(good({ limits: { cpuMs: -1 } })), big: () => L.load(good({ modules: { "a.js": { data: new ArrayBuffer(65 * 1024 * 1024) } } })), bigEnv: () => L.load(good({ env: { a: "x".repeat(1100000) } })),
      get0: () => L.get(), get1: () => L.get("x"), nullCode: () => L.get("n", () => null).getEntrypoint().x(), primitive: () => L.get("p", () => 5).getEntrypoint().x(), options: () => L.load(good()).getEntrypoint("E", 5), props: () => L.load(good()).getEntrypoint("E", { props: 5 }) })) o[k] = (await told(async () => { await f(); return ["fine"]; }))[0];
    return o;`);
  assert.deepEqual(answers, {
    load0: "TypeError: Failed to execute 'load' on 'WorkerLoader': parameter 1 is not of type 'WorkerCode'.", empty: "TypeError: Incorrect type for the 'modules' field on 'WorkerCode': the provided value is not of type 'object'.",
    noDate: "Error: Invalid compatibility date: undefined", badDate: "Error: Invalid compatibility date: 2026-13-45", future: 'Error: This Worker requires compatibility date "2099-01-01", but the newest date supported by this server binary is "2026-11-24".',
    emptyModules: "TypeError: Dynamic Worker code must contain at least one module.", nul: kinds("a.js", 0),
    ts: "TypeError: Module name must end with '.js' or '.py' (or the content must be an object indicating the type explicitly). Got: a.ts. If you're trying to load TypeScript, bundle it first with '@cloudflare/worker-bundler' and pass the generated JavaScript modules.",
    two: kinds("a.js", 2), data: "TypeError: Incorrect type for the 'data' field on 'Module': the provided value is not of type 'Array'.", flags: field("compatibilityFlags", "Array"),
    experimental: "Error: 'allowExperimental' is only allowed when the calling worker has the 'experimental' compat flag set.", env: field("env", "Object"), envFn: "DataCloneError: f() {} could not be cloned.",
    envStub: "DataCloneError: RpcStub cannot be serialized in this context because it is not a persistent stub.", outbound: field("globalOutbound", "Fetcher"), tails: field("tails", "Array"), tail: "TypeError: Incorrect type for array element 0: the provided value is not of type 'Fetcher'.",
    streaming: "Error: Streaming tail workers are experimental. You must pass the option 'allowExperimental: true' to the worker loader to use them", limits: field("limits", "ResourceLimits"),
    cpu: "TypeError: The value cannot be converted because it is not an integer.", negative: "TypeError: The value cannot be converted because it is negative and this API expects a positive number.",
    big: "Error: Dynamic Worker code size (68157440 bytes) exceeds the maximum allowed size of 67108864 bytes.", bigEnv: "Error: Dynamic Worker env size (1100012 bytes) exceeds the maximum allowed size of 1048576 bytes.",
    get0: "TypeError: Failed to execute 'get' on 'WorkerLoader': parameter 1 is not of type 'string'.", get1: "TypeError: Failed to execute 'get' on 'WorkerLoader': parameter 2 is not of type 'function'.",
    nullCode: "TypeError: Cannot initialize 'WorkerCode' with required members from an undefined or null value.", primitive: "TypeError: Callback returned incorrect type; expected 'Promise'",
    options: "TypeError: Failed to execute 'getEntrypoint' on 'WorkerStub': parameter 2 is not of type 'EntrypointOptions'.", props: "TypeError: Incorrect type for the 'props' field on 'EntrypointOptions': the provided value is not of type 'Object'.",
  });
});

function field(name, type) {
  return `TypeError: Incorrect type for the '${name}' field on 'WorkerCode': the provided value is not of type '${type}'.`;
}

function kinds(name, count) {
  return `TypeError: Each module must contain exactly one of 'js', 'cjs', 'text', 'data', 'json', 'py', or 'wasm'. Module '${name}' contained ${count} properties.`;
}

test("what is asked for within blockConcurrencyWhile is answered within it, and other events wait", async () => {
  assert.deepEqual(await run(`const log = []; const early = env.SUP.getByName("other").slow().then((x) => log.push(x));
    const ask = F.get("a", () => { log.push("class?"); return { class: C }; });
    await this.ctx.blockConcurrencyWhile(async () => { log.push("in"); log.push(await env.SUP.getByName("other").quick()); log.push(await ask.inc()); log.push(await (await env.LOADER.get("w", async () => { log.push("code?"); return { compatibilityDate: "2026-01-01", mainModule: "m.js", modules: { "m.js": "export default { fetch() { return new Response('dyn'); } };" } }; }).getEntrypoint().fetch("http://a/")).text()); await scheduler.wait(20); log.push("out"); });
    await early; return log;`, "Sup.prototype.quick = () => 'quick'; Sup.prototype.slow = () => 'early';"), ["in", "quick", "class?", 1, "code?", "dyn", "out", "early"]);
});

test("a call's stub is kept until the answer, and given up with the last reference", async () => {
  const { value, bench } = await answerOf(`
    export class Obj extends DurableObject { echo(x) { return x; } later() { return scheduler.wait(5).then(() => "late"); } made() { return new (class extends RpcTarget { a() { return 1; } })(); } }
    async function run(env) { const o = []; for (let i = 0; i < 20; i++) o.push(await env.OBJ.getByName("x" + i % 3).later()); const t = await env.OBJ.getByName("x0").made(); o.push(await t.a()); t[Symbol.dispose](); await scheduler.wait(5); return o.length; }`, { namespaces: ["Obj"] });
  assert.equal(value, 21);
  const [caller] = bench.guests;
  assert.equal(caller.handles.size, 2, "the binding and the namespace of ctx.exports are left");
  assert.equal(caller.dropped.length, 22);
});
