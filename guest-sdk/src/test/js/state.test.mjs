import assert from "node:assert/strict";
import { test } from "node:test";
import { Guest, run } from "./harness.mjs";

const boot = (fields, head = "") => Guest.boot(`import { DurableObject } from "cloudflare:workers"; ${head}
  export class App extends DurableObject { ${fields} }`);

test("a class with or without extends DurableObject gets ctx and env", async () => {
  const guest = (await Guest.boot(`import { env as imported } from "cloudflare:workers";
    export class App { n = 0; constructor(state, env) { this.state = state; this.env = env; }
      async fetch() { return Response.json([String(this.state.id), this.state.id.name, this.env.A, imported.A, imported === this.env, ++this.n, this.state.id.equals(this.state.id), this.state.props]); } }`))
    .start(undefined, { A: "secret" }, "room");
  guest.fetch();
  assert.deepEqual(JSON.parse(guest.fetch().body), ["ab".repeat(32), "room", "secret", "secret", true, 2, true, {}]);
});

test("the class is App, else the only one, else a clear error", async () => {
  assert.equal((await Guest.boot("export class Only { fetch() { return new Response('o'); } } export const x = 1;")).start().fetch().body, "o");
  const two = await Guest.boot("export class A {} export class B {}");
  assert.throws(() => two.start(), /must export a class named App, or exactly one class; it exports the classes A, B\./);
  assert.throws(() => two.start("C"), /Worker has no such actor class: C/);
  const none = await Guest.boot("export const x = 1; export default {};");
  assert.throws(() => none.start(), /exports no class \(only default, x\)/);
  const worker = await Guest.boot(`import { WorkerEntrypoint, DurableObject } from "cloudflare:workers";
    export class W extends WorkerEntrypoint {} export class D extends DurableObject {} export function f() {}`);
  worker.call("check", worker.namespace);
});

test("events wait while the constructor blocks concurrency, timers of the block do not", async () => {
  const guest = (await boot(`constructor(ctx, env) { super(ctx, env);
      ctx.blockConcurrencyWhile(async () => { await scheduler.wait(50); this.ready = "yes"; }); }
    async fetch() { return new Response(this.ready); }`)).start();
  assert.equal(guest.fetch(), undefined);
  assert.equal(guest.fetch(), undefined);
  const [wait] = [...guest.timers].find(([, delay]) => delay === 50);
  guest.fireTimer(wait);
  assert.deepEqual([guest.result(1).body, guest.result(2).body], ["yes", "yes"]);
  assert.equal(guest.timers.size, 0);
});

test("blockConcurrencyWhile gives its value back before the waiting events run", async () => {
  const { value } = await run(`const order = []; const v = await ctx.blockConcurrencyWhile(async () => { order.push(1); return 7; }); order.push(v); return order;`);
  assert.deepEqual(value, [1, 7]);
});

test("a throw in blockConcurrencyWhile resets the facet and its caller never resumes", async () => {
  const guest = (await boot(`async fetch() { try { await this.ctx.blockConcurrencyWhile(async () => { throw new RangeError("bcw"); }); }
      catch { return new Response("caught"); } return new Response("went on"); }`)).start();
  assert.equal(guest.fetch()?.body, undefined);
  assert.deepEqual([guest.aborts[0].name, guest.aborts[0].message], ["RangeError", "bcw"]);
});

test("blockConcurrencyWhile ends after 30 seconds, and nests 64 deep at most", async () => {
  const guest = (await boot(`async fetch(r) { if (r.url.endsWith("deep")) { const f = async (n) => n ? await this.ctx.blockConcurrencyWhile(() => f(n - 1)) : "ok";
      const o = [await f(64)]; try { await f(65); } catch (e) { o.push(e.message); } return Response.json(o); }
      await this.ctx.blockConcurrencyWhile(() => new Promise(() => 0)); }`)).start();
  guest.fetch("http://a/deep");
  assert.equal(guest.aborts[0].message, "blockConcurrencyWhile() calls are nested too deeply.");
  const slow = (await boot("async fetch() { await this.ctx.blockConcurrencyWhile(() => new Promise(() => 0)); }")).start();
  slow.fetch();
  const [[id, delay]] = slow.timers;
  assert.equal(delay, 30_000);
  try { slow.fireTimer(id); } catch { /* the fake abort throws */ }
  assert.equal(slow.aborts[0].message, "A call to blockConcurrencyWhile() in a Durable Object waited for too long. The call was canceled and the Durable Object was reset.");
});

test("ctx.abort, waitUntil and unhandled rejections reach the host", async () => {
  const guest = (await boot(`async fetch(r) { const { ctx } = this; ctx.waitUntil(Promise.reject(new Error("late"))); ctx.waitUntil(5);
      Promise.reject(new Error("lost")); try { ctx.abort(); } catch {} try { ctx.abort("why"); } catch {} return new Response("x"); }`)).start();
  guest.fetch();
  assert.deepEqual(guest.aborts.map((a) => a.message), ["Application called abort() to reset Durable Object.", "why"]);
  assert.match(guest.logs[0][1], /^Uncaught \(in promise\) Error: late/);
  guest.call("rejection", guest.vm.evalCode("new TypeError('r')"));
  assert.match(guest.logs[1][1], /^Uncaught \(in promise\) TypeError: r/);
  assert.deepEqual(guest.rejections, ["lost"]);
});

test("timers run with their arguments, repeat, and can be cleared", async () => {
  const guest = (await boot(`async fetch() { const o = this.o ??= []; if (o.length) return Response.json(o);
      setTimeout((a, b) => o.push(a + b), 10, 1, 2); const i = setInterval(() => { o.push("i"); if (o.length > 2) clearInterval(i); }, 5);
      clearTimeout(setTimeout(() => o.push("never"), 1)); clearTimeout(undefined); setTimeout(() => { throw new Error("in timer"); }, -5); return new Response(typeof i); }`)).start();
  assert.equal(guest.fetch().body, "number");
  assert.deepEqual([...guest.timers.values()], [10, 5, 0]);
  for (const id of [...guest.timers.keys()]) guest.fireTimer(id);
  const interval = [...guest.timers.keys()][0];
  guest.fireTimer(interval);
  assert.equal(guest.timers.size, 0);
  guest.fireTimer(interval);
  assert.deepEqual(JSON.parse(guest.fetch().body), [3, "i", "i"]);
  assert.match(guest.logs[0][1], /^Uncaught Error: in timer/);
});

test("a constructor that throws makes start throw", async () => {
  const guest = await Guest.boot("export class App { constructor() { throw new RangeError('ctor'); } }");
  assert.throws(() => guest.start(), /ctor/);
});
