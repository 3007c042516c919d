// Loaded workers at work: entrypoints, what lives how long, the way out, logs.
const CLASS = "export default class extends WorkerEntrypoint {";
const COUNTER = "let n = 0; export default class extends WorkerEntrypoint { inc() { return ++n } }";

export default {
  "fetch of an object": (t) => t.text(t.entrypoint("export default { fetch(request) { return new Response(request.method + ' ' + request.url) } }").fetch("http://any.host/path?q=1#h")),
  "fetch of a class": (t) => t.text(t.entrypoint(CLASS + "fetch(request) { return new Response(request.method + ' ' + request.url + ' ' + arguments.length) } }").fetch("http://x/", { method: "DELETE" })),
  "fetch's arguments in an object": (t) => t.text(t.entrypoint("export default { fetch(...args) { return Response.json(args.map((a) => Object.prototype.toString.call(a))) } }").fetch("http://x/")),
  "fetch of a Request": (t) => t.text(t.entrypoint("export default { async fetch(request) { return new Response([request.method, request.url, request.headers.get('x-a'), await request.text()].join(' ')) } }").fetch(new Request("http://x/", { method: "PUT", body: "body", headers: { "x-a": "b" } }))),
  "fetch of a relative address": (t) => t.attempt(() => t.entrypoint("export default { fetch() { return new Response('x') } }").fetch("/path")),
  "status and headers": async (t) => { const r = await t.entrypoint("export default { fetch() { return new Response('b', { status: 418, statusText: 'Teapot', headers: [['x-a', '1'], ['x-a', '2'], ['set-cookie', 'a=1'], ['set-cookie', 'b=2']] }) } }").fetch("http://x/"); return [r.status, r.statusText, r.headers.get("x-a"), r.headers.getSetCookie(), await r.text()]; },
  "an entrypoint by name": (t) => t.attempt(() => t.worker("export class Other extends WorkerEntrypoint { hi() { return 'other' } }").getEntrypoint("Other").hi()),
  "the default entrypoint by name": (t) => t.attempt(() => t.worker(CLASS + "hi() { return 'default' } }").getEntrypoint("default").hi()),
  "the default entrypoint as null": (t) => t.attempt(() => t.worker(CLASS + "hi() { return 'default' } }").getEntrypoint(null).hi()),
  "an object as a named entrypoint": (t) => t.attempt(() => t.text(t.worker("export const other = { fetch() { return new Response('object') } }").getEntrypoint("other").fetch("http://x/"))),
  "RPC to an object": (t) => t.attempt(() => t.entrypoint("export default { hi() { return 'hi' } }").hi()),
  "RPC to an object, with arguments": (t) => t.attempt(() => t.entrypoint("export default { hi(a, env, ctx) { return [a, typeof env, typeof ctx] } }").hi("one")),
  "RPC to an object, with two arguments": (t) => t.attempt(() => t.entrypoint("export default { hi(a, b) { return [a, b] } }").hi("one", "two")),
  "RPC to an object, without arguments": (t) => t.attempt(() => t.entrypoint("export default { hi(a, env) { return [a === undefined, typeof env] } }").hi()),
  "RPC to a class": (t) => t.attempt(() => t.entrypoint(CLASS + "add(a, b) { return a + b } }").add(1, 2)),
  "RPC to a method that is missing": (t) => t.attempt(() => t.entrypoint(CLASS + "add(a, b) { return a + b } }").nope()),
  "an instance for each call": async (t) => { const e = t.entrypoint("let made = 0; " + CLASS + "constructor(...a) { super(...a); made++ } n = 0; inc() { return [++this.n, made] } }"); return [await e.inc(), await e.inc()]; },
  "what a stub of a worker is": (t) => { const w = t.worker("export default {}"); return [typeof w, Object.prototype.toString.call(w), typeof w.getEntrypoint, typeof w.getDurableObjectClass, Object.keys(w)]; },
  "what a loader is": (t) => [typeof t.env.LOADER, Object.prototype.toString.call(t.env.LOADER), typeof t.env.LOADER.get, typeof t.env.LOADER.load, Object.keys(t.env.LOADER)],
  "what a class is": (t) => { const c = t.worker("export class App extends DurableObject {}").getDurableObjectClass("App"); return [typeof c, Object.prototype.toString.call(c), Object.keys(c)]; },
  "a class without a name": (t) => t.attempt(() => typeof t.worker("export class App extends DurableObject {}").getDurableObjectClass()),
  "the module's state lives on": async (t) => { const e = t.entrypoint(COUNTER); return [await e.inc(), await e.inc(), await e.inc()]; },
  "one id, one worker": async (t) => { let calls = 0; const get = () => t.env.LOADER.get(t.name, () => { calls++; return t.code(COUNTER); }).getEntrypoint(); return [await get().inc(), await get().inc(), calls]; },
  "one id, asked for twice at once": async (t) => { let calls = 0; const get = () => t.env.LOADER.get(t.name, async () => { calls++; await t.wait(5); return t.code(COUNTER); }).getEntrypoint(); const [a, b] = [get(), get()]; return [(await Promise.all([a.inc(), b.inc()])).sort(), calls]; },
  "one id, other code": async (t) => { const get = (text) => t.env.LOADER.get(t.name, () => t.code(CLASS + "see() { return '" + text + "' } }")).getEntrypoint().see(); return [await get("first"), await get("second")]; },
  "another id, the same code": async (t) => { const get = (id) => t.env.LOADER.get(t.name + id, () => t.code(COUNTER)).getEntrypoint().inc(); return [await get("a"), await get("b"), await get("a")]; },
  "no id, always a new worker": async (t) => { let calls = 0; const get = (id) => t.env.LOADER.get(id, () => { calls++; return t.code(COUNTER); }).getEntrypoint().inc(); return [await get(null), await get(undefined), await get(null), calls]; },
  "an empty id": async (t) => { const get = () => t.env.LOADER.get("", () => t.code(COUNTER)).getEntrypoint().inc(); return [await get(), await get()]; },
  "load never shares": async (t) => { const code = t.code(COUNTER); return [await t.env.LOADER.load(code).getEntrypoint().inc(), await t.env.LOADER.load(code).getEntrypoint().inc()]; },
  "load shares with itself": async (t) => { const worker = t.env.LOADER.load(t.code(COUNTER)); return [await worker.getEntrypoint().inc(), await worker.getEntrypoint().inc()]; },
  "the callback runs for get alone": async (t) => { let calls = 0; t.env.LOADER.get(t.name, () => { calls++; return t.code(COUNTER); }); await t.wait(20); return calls; },
  "an unused worker's callback that fails": async (t) => { t.env.LOADER.get(t.name, () => { throw new Error("nobody asked"); }); await t.wait(10); return "harmless"; },
  "globals are each worker's own": async (t) => { const source = CLASS + "see() { return globalThis.n = (globalThis.n ?? 0) + 1 } }"; return [await t.entrypoint(source).see(), await t.entrypoint(source).see(), typeof globalThis.n]; },
  "prototypes are each worker's own": async (t) => { await t.entrypoint("Array.prototype.map = () => 'poisoned'; Object.prototype.x = 1; " + CLASS + "see() { return [1].map((x) => x) } }").see(); return [[1].map((x) => x), ({}).x]; },
  "ctx.exports of a loaded worker": (t) => t.attempt(() => t.entrypoint("export class Other extends WorkerEntrypoint { hi() { return 'loopback ' + (this.ctx.props.a ?? '') } } " + CLASS + "async see() { return [Object.keys(this.ctx.exports).sort(), await this.ctx.exports.Other.hi(), await this.ctx.exports.Other({ props: { a: 1 } }).hi(), await exports.Other.hi()] } }").see()),
  "waitUntil in a loaded worker": async (t) => { const thing = t.thing("late"); const e = t.entrypoint(CLASS + "see() { this.ctx.waitUntil((async () => { await new Promise((d) => setTimeout(d, 10)); await this.env.thing.put('k', 'late') })()); return 'answered' } }", { env: { thing } }); const r = await e.see(); await t.wait(60); return [r, await thing.get("k")]; },
  "no way out": (t) => t.attempt(() => t.text(t.entrypoint("export default { fetch() { return fetch('http://example.com/') } }", { globalOutbound: null }).fetch("http://x/"))),
  "no way out, caught": (t) => t.attempt(() => t.text(t.entrypoint("export default { async fetch() { try { await fetch('http://example.com/') } catch (e) { return new Response(e.name + ': ' + e.message) } } }", { globalOutbound: null }).fetch("http://x/"))),
  "the way out through an entrypoint": (t) => t.attempt(() => t.text(t.entrypoint("export default { fetch() { return fetch('http://example.com/a?b=c', { method: 'POST', body: 'sent', headers: { 'x-mine': 'yes' } }) } }", { globalOutbound: t.exports.Outbound({ props: { tenant: "t1" } }) }).fetch("http://x/"))),
  "the way out refuses": async (t) => { const r = await t.entrypoint("export default { fetch() { return fetch('http://forbidden.com/') } }", { globalOutbound: t.exports.Outbound({ props: { tenant: "t1" } }) }).fetch("http://x/"); return [r.status, await r.text()]; },
  "the way out of RPC": (t) => t.attempt(() => t.entrypoint(CLASS + "async see() { return (await fetch('https://example.com/')).json() } }", { globalOutbound: t.exports.Outbound({ props: { tenant: "t2" } }) }).see()),
  "the way out through an object": (t) => t.attempt(() => t.entrypoint(CLASS + "async see() { return (await fetch('https://example.com/json')).json() } }", { globalOutbound: t.thing("out") }).see()),
  "the way out through a service binding": (t) => t.attempt(() => t.entrypoint(CLASS + "async see() { return (await fetch('https://example.com/x')).text() } }", { globalOutbound: t.env.GREETER }).see()),
  "a way out that is text": (t) => t.attempt(() => t.text(t.entrypoint("export default { fetch() { return new Response('x') } }", { globalOutbound: "http://x/" }).fetch("http://x/"))),
  "a way out that is no stub": (t) => t.attempt(() => t.text(t.entrypoint("export default { fetch() { return new Response('x') } }", { globalOutbound: { fetch() {} } }).fetch("http://x/"))),
  "the way out through a loaded worker": (t) => t.attempt(() => t.entrypoint(CLASS + "async see() { return (await fetch('https://example.com/x')).text() } }", { globalOutbound: t.entrypoint("export default { fetch(r) { return new Response('proxy ' + r.url) } }") }).see()),
  "logs go to a tail": async (t) => {
    const to = t.name + "|tail";
    const e = t.entrypoint(CLASS + "see() { console.log('one', { a: 1 }, [2]); console.error('two'); console.warn(null, undefined, 5n); return 'seen' } }", { tails: [t.exports.Tail({ props: { to } })] });
    const seen = await e.see();
    for (let i = 0; i < 100 && !(await t.env.THING.getByName(to).get("tail")); i++) await t.wait(10);
    return [seen, await t.env.THING.getByName(to).get("tail")];
  },
  "errors go to a tail": async (t) => {
    const to = t.name + "|tail";
    const e = t.entrypoint("export default { fetch() { console.log('before'); throw new TypeError('thrown') } }", { tails: [t.exports.Tail({ props: { to } })] });
    const seen = await t.attempt(() => e.fetch("http://x/path"));
    for (let i = 0; i < 100 && !(await t.env.THING.getByName(to).get("tail")); i++) await t.wait(10);
    return [seen, await t.env.THING.getByName(to).get("tail")];
  },
  "tails that are no list": (t) => t.attempt(() => t.text(t.entrypoint("export default { fetch() { return new Response('x') } }", { tails: "none" }).fetch("http://x/"))),
  "streaming tails": (t) => t.attempt(() => t.text(t.entrypoint("export default { fetch() { return new Response('x') } }", { streamingTails: [t.exports.Tail({})] }).fetch("http://x/"))),
  "a worker loads a worker": (t) => t.attempt(() => t.entrypoint(CLASS + "see() { return this.env.parent.loadFor('return 1 + 1') } }", { env: { parent: t.exports.Loading({}) } }).see()),
  "an entrypoint cannot be sent away": (t) => t.attempt(() => t.thing().kinds(t.entrypoint("export default {}"))),
  "a class cannot be sent away": (t) => t.attempt(() => t.thing().kinds(t.worker("export class App extends DurableObject {}").getDurableObjectClass("App"))),
  "a worker cannot be sent away": (t) => t.attempt(() => t.thing().kinds(t.worker("export default {}"))),
  "a loader cannot be sent away": (t) => t.attempt(() => t.thing().kinds(t.env.LOADER)),
  "what is a loaded worker's RPC error": async (t) => t.attempt(() => t.entrypoint(CLASS + "see() { throw Object.assign(new RangeError('mine'), { code: 7, when: new Date(0) }) } }").see()),
  "a value out of a loaded worker": (t) => t.attempt(() => t.entrypoint(CLASS + "see() { return new Map([[1, { d: new Date(0), b: new Uint8Array([1]) }]]) } }").see()),
  "a function out of a loaded worker": async (t) => { const f = await t.entrypoint(CLASS + "see() { let n = 0; return (by) => (n += by) } }").see(); return [await f(2), await f(3)]; },
  "a function into a loaded worker": async (t) => { const seen = []; const r = await t.entrypoint(CLASS + "async see(f) { await f('a'); return [await f('b')] } }").see((x) => seen.push(x)); return [r, seen]; },
  "a loaded worker's target": async (t) => { const c = await t.entrypoint("class C extends RpcTarget { n = 0; inc() { return ++this.n } } " + CLASS + "make() { return new C() } }").make(); return [await c.inc(), await c.inc(), await t.attempt(() => c.n)]; },
  "Date and console": (t) => t.attempt(() => t.entrypoint(CLASS + "see() { console.log('nobody hears'); return [typeof Date.now(), typeof console.log, typeof navigator, typeof self] } }").see()),
};
