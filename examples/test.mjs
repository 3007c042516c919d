// What the Worker projects of this folder do, asked over HTTP: the same on Lapidary and on workerd. project.mjs says how to run it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { it } from "node:test";
import { eventually, project } from "./project.mjs";

const file = (path) => readFileSync(fileURLToPath(new URL(path, import.meta.url)), "utf8");

project("app-runner", (ask) => {
  const app = (body) => `import { DurableObject } from "cloudflare:workers";\nexport class App extends DurableObject {\n${body}\n}\n`;
  const deploy = (name, code) => ask("/" + name, { method: "PUT", body: code });
  const counting = (text) => app(`fetch() { const { kv } = this.ctx.storage; const n = (kv.get("n") ?? 0) + 1; kv.put("n", n); return new Response("${text} " + n); }`);

  it("runs code that was uploaded", async () => {
    const { status, body } = await deploy("first", counting("count"));
    assert.equal(status, 200);
    assert.match(body.codeId, /^[0-9a-f-]{36}$/);
    assert.equal((await ask("/first/")).body, "count 1");
    assert.equal((await ask("/first/")).body, "count 2");
  });
  it("runs the counter of examples/counter", async () => {
    await deploy("counter", file("counter/app.js"));
    assert.deepEqual((await ask("/counter/")).body, { count: 1 });
    assert.deepEqual((await ask("/counter/")).body, { count: 2 });
    assert.deepEqual((await ask("/counter/visits")).body.map(({ id, path }) => [id, path]), [[2, "/"], [1, "/"]]);
    assert.equal((await ask("/counter/kv/a", { method: "PUT", body: "of a" })).status, 204);
    assert.equal((await ask("/counter/kv/a")).body, "of a");
    assert.equal((await ask("/counter/kv/b")).status, 404);
  });
  it("keeps the data when the code changes", async () => {
    await deploy("swap", counting("old"));
    assert.equal((await ask("/swap/")).body, "old 1");
    await deploy("swap", counting("new"));
    assert.equal((await ask("/swap/")).body, "new 2");
  });
  it("keeps apps apart", async () => {
    await deploy("mine", counting("mine"));
    await deploy("yours", counting("yours"));
    assert.equal((await ask("/mine/")).body, "mine 1");
    assert.equal((await ask("/yours/")).body, "yours 1");
    assert.equal((await ask("/mine/")).body, "mine 2");
  });
  it("gives an app the request as it came", async () => {
    await deploy("echo", app(`async fetch(request) { const { pathname, search } = new URL(request.url); return Response.json([request.method, pathname + search, request.headers.get("x-mine"), await request.text(), this.env.APP_NAME]); }`));
    assert.deepEqual((await ask("/echo/a/b%20c?q=1", { method: "POST", body: "sent", headers: { "x-mine": "yes" } })).body, ["POST", "/a/b%20c?q=1", "yes", "sent", "echo"]);
  });
  it("gives an app no network", async () => {
    await deploy("caged", app(`async fetch() { return fetch("http://example.com/"); }`));
    const { status, body } = await ask("/caged/");
    assert.equal(status, 500);
    assert.match(body.error, /^Error: This worker is not permitted to access the internet via global functions like fetch\(\)\./);
  });
  it("survives apps that throw", async () => {
    await deploy("broken", app(`fetch(request) { if (request.url.endsWith("/throw")) throw new RangeError("oh"); return new Response("fine"); }`));
    assert.deepEqual((await ask("/broken/throw")).body, { error: "RangeError: oh" });
    assert.equal((await ask("/broken/")).body, "fine");
  });
  it("says what is wrong with code that cannot start, until it is replaced", async () => {
    await deploy("typo", "export class App {");
    const { status, body } = await ask("/typo/");
    assert.equal(status, 500);
    assert.match(body.error, /^Error: Failed to start Worker:\nUncaught SyntaxError: /);
    await deploy("typo", counting("fixed"));
    assert.equal((await ask("/typo/")).body, "fixed 1");
  });
  it("says that there is no class App", async () => {
    await deploy("classless", "export default {}");
    assert.deepEqual((await ask("/classless/")).body, { error: "Error: Worker has no such actor class: App" });
  });
  it("knows no app that was not uploaded", async () => {
    assert.equal((await ask("/nobody/")).status, 404);
    assert.equal((await ask("/")).status, 404);
  });
});

project("counter-do", (ask) => {
  it("begins at nothing", async () => assert.deepEqual((await ask("/fresh")).body, { value: 0 }));
  it("increments", async () => {
    assert.deepEqual((await ask("/a", { method: "POST" })).body, { value: 1 });
    assert.deepEqual((await ask("/a?by=41", { method: "POST" })).body, { value: 42 });
    assert.deepEqual((await ask("/a")).body, { value: 42 });
    assert.deepEqual((await ask("/b")).body, { value: 0 });
  });
  it("loses no increment of many at once", async () => {
    const values = await Promise.all(Array.from({ length: 50 }, async () => (await ask("/busy", { method: "POST" })).body.value));
    assert.deepEqual(values.sort((a, b) => a - b), Array.from({ length: 50 }, (_, i) => i + 1));
  });
  it("passes an error on", async () => {
    const { status, body } = await ask("/a?by=half", { method: "POST" });
    assert.equal(status, 400);
    assert.deepEqual(body, { error: "RangeError: by must be a whole number" });
  });
});

project("rate-limiter", (ask) => {
  it("lets a client in as often as allowed", async () => {
    for (const remaining of [2, 1, 0]) assert.deepEqual((await ask("/a?limit=3")).body, { remaining });
    const { status, headers } = await ask("/a?limit=3");
    assert.equal(status, 429);
    assert.ok(Number(headers.get("retry-after")) > 50);
  });
  it("counts each client alone", async () => assert.equal((await ask("/b?limit=1")).status, 200));
  it("admits exactly as many of a crowd", async () => {
    const statuses = await Promise.all(Array.from({ length: 30 }, async () => (await ask("/crowd?limit=7")).status));
    assert.equal(statuses.filter((status) => status === 200).length, 7);
    assert.equal(statuses.filter((status) => status === 429).length, 23);
  });
  it("forgets what is older than the window", async () => {
    assert.equal((await ask("/slow?limit=1&window=200")).status, 200);
    await eventually(() => ask("/slow?limit=1&window=200"), ({ status }) => status === 200);
  });
});

project("inventory", (ask) => {
  it("sells what there is and no more", async () => {
    assert.deepEqual((await ask("/book?stock=3", { method: "PUT" })).body, { stock: 3 });
    assert.deepEqual((await ask("/book?quantity=2", { method: "POST" })).body, { sold: true, stock: 1 });
    const { status, body } = await ask("/book?quantity=2", { method: "POST" });
    assert.equal(status, 409);
    assert.deepEqual(body, { sold: false, stock: 1 });
    assert.deepEqual((await ask("/book")).body, { stock: 1, sold: 2 });
  });
  it("sells nothing twice in a flash sale", async () => {
    await ask("/ticket?stock=20", { method: "PUT" });
    const buyers = await Promise.all(Array.from({ length: 60 }, () => ask("/ticket", { method: "POST" })));
    assert.equal(buyers.filter(({ status }) => status === 200).length, 20);
    assert.deepEqual(buyers.filter(({ body }) => body.sold).map(({ body }) => body.stock).sort((a, b) => a - b), Array.from({ length: 20 }, (_, i) => i));
    assert.deepEqual((await ask("/ticket")).body, { stock: 0, sold: 20 });
  });
});

project("agent-memory", (ask) => {
  const store = (path, topic, text) => ask(path, { json: { topic, text } });
  it("recalls what was stored, the newest first", async () => {
    assert.deepEqual(await store("/ann/cook", "soup", "needs salt").then(({ status, body }) => [status, body]), [201, { count: 1 }]);
    await store("/ann/cook", "soup", "needs \u{1F9C2} & time");
    await store("/ann/cook", "bread", "rests");
    assert.deepEqual((await ask("/ann/cook?topic=soup")).body, ["needs \u{1F9C2} & time", "needs salt"]);
  });
  it("keeps agents and users apart", async () => {
    await store("/bob/cook", "soup", "of Bob");
    await store("/bob/gardener", "soup", "is no plant");
    assert.deepEqual((await ask("/bob/cook?topic=soup")).body, ["of Bob"]);
    assert.deepEqual((await ask("/bob/gardener?topic=soup")).body, ["is no plant"]);
    assert.deepEqual((await ask("/carl/cook?topic=soup")).body, []);
  });
  it("forgets one agent's memories", async () => {
    await store("/dora/a", "t", "one");
    await store("/dora/b", "t", "two");
    assert.equal((await ask("/dora/a", { method: "DELETE" })).status, 204);
    assert.deepEqual((await ask("/dora/a?topic=t")).body, []);
    assert.deepEqual((await ask("/dora/b?topic=t")).body, ["two"]);
  });
});

project("session-table", (ask) => {
  const open = async (json) => (await ask("/", { json })).body.token;
  it("finds a session by its token", async () => {
    const token = await open({ user: "ann", data: { theme: "dark", n: [1, null] } });
    assert.deepEqual((await ask("/?token=" + token)).body, { user: "ann", data: { theme: "dark", n: [1, null] } });
    assert.equal((await ask("/?token=forged")).status, 404);
  });
  it("counts a user's sessions", async () => {
    await open({ user: "bob" });
    await open({ user: "bob" });
    assert.deepEqual((await ask("/?user=bob")).body, { user: "bob", sessions: 2 });
    assert.deepEqual((await ask("/?user=nobody")).body, { user: "nobody", sessions: 0 });
  });
  it("ends a session", async () => {
    const token = await open({ user: "carl" });
    assert.equal((await ask("/?token=" + token, { method: "DELETE" })).status, 204);
    assert.equal((await ask("/?token=" + token)).status, 404);
    assert.equal((await ask("/?token=" + token, { method: "DELETE" })).status, 404);
  });
  it("lets sessions expire", async () => {
    const token = await open({ user: "dora", ttl: 1 });
    await eventually(() => ask("/?token=" + token), ({ status }) => status === 404);
    assert.deepEqual((await ask("/?user=dora")).body, { user: "dora", sessions: 0 });
  });
});

project("message-log", (ask) => {
  it("numbers messages", async () => {
    for (const [i, text] of ["one", "two", "thr\u00e9e"].entries()) {
      const { status, body } = await ask("/log", { method: "POST", body: text });
      assert.equal(status, 201);
      assert.deepEqual(body, { id: i + 1 });
    }
    assert.deepEqual((await ask("/log/2")).body, { id: 2, text: "two" });
    assert.deepEqual((await ask("/log?after=1&limit=1")).body, [{ id: 2, text: "two" }]);
    assert.deepEqual((await ask("/log?after=1")).body, [{ id: 2, text: "two" }, { id: 3, text: "thr\u00e9e" }]);
  });
  it("says that there is no such message", async () => {
    const { status, body } = await ask("/log/99");
    assert.equal(status, 404);
    assert.match(body.error, /^Expected exactly one result from SQL query, but got no results\.$/);
  });
  it("numbers without gaps when many write", async () => {
    const ids = await Promise.all(Array.from({ length: 40 }, async (_, i) => (await ask("/many", { method: "POST", body: "m" + i })).body.id));
    assert.deepEqual(ids.sort((a, b) => a - b), Array.from({ length: 40 }, (_, i) => i + 1));
    assert.equal((await ask("/many")).body.length, 40);
  });
});

project("todo", (ask) => {
  const item = (id, title, more) => ({ id, title, done: false, overdue: false, ...more });
  it("adds, lists, changes, removes", async () => {
    for (const title of ["milk", "bread", "salt"]) assert.equal((await ask("/home", { json: { title } })).status, 201);
    assert.equal((await ask("/home/2", { json: { done: true } })).status, 204);
    assert.equal((await ask("/home/1", { method: "DELETE" })).status, 204);
    assert.deepEqual((await ask("/home")).body, [item(2, "bread", { done: true }), item(3, "salt")]);
    assert.equal((await ask("/home/1", { method: "DELETE" })).status, 404);
    assert.equal((await ask("/home/9", { json: { done: true } })).status, 404);
    assert.deepEqual((await ask("/work")).body, []);
  });
  it("undoes what it began when the title is bad", async () => {
    const { status, body } = await ask("/strict", { json: { title: "  " } });
    assert.equal(status, 400);
    assert.deepEqual(body, { error: "TypeError: A to-do needs a title." });
    assert.deepEqual((await ask("/strict", { json: { title: "fine" } })).body, { id: 1 });
  });
  it("lists in order beyond nine", async () => {
    for (let i = 1; i <= 12; i++) await ask("/long", { json: { title: "t" + i } });
    assert.deepEqual((await ask("/long")).body.map(({ id }) => id), Array.from({ length: 12 }, (_, i) => i + 1));
  });
  it("marks what is overdue, by its alarm", async () => {
    await ask("/due", { json: { title: "soon", dueIn: 50 } });
    await ask("/due", { json: { title: "much later", dueIn: 3_600_000 } });
    await ask("/due", { json: { title: "whenever" } });
    const { body } = await eventually(() => ask("/due"), ({ body }) => body.some(({ overdue }) => overdue));
    assert.deepEqual(body, [item(1, "soon", { overdue: true }), item(2, "much later"), item(3, "whenever")]);
    const { alarm } = (await ask("/due/alarm")).body;
    assert.ok(alarm > Date.now() + 3_000_000);
    assert.equal((await ask("/due/2", { method: "DELETE" })).status, 204);
    assert.deepEqual((await ask("/due/alarm")).body, { alarm: null });
  });
});
