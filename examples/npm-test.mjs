// What the projects made with packages from npm do, seen by the packages' own clients: the same on Lapidary and on workerd.
// project.mjs says how to run it, after npm ci --ignore-scripts here. The page is opened in Chromium, where there is one.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, it } from "node:test";
import { AgentClient } from "agents/client";
import PartySocket from "partysocket";
import { chromium } from "playwright-core";
import { WebSocket } from "ws";
import { eventually, project } from "./project.mjs";

globalThis.WebSocket = WebSocket;
const bundled = { bundle: true };
const browserPath = [process.env.CHROMIUM, "/usr/bin/chromium"].find((path) => path && existsSync(path));

project("hono", (ask) => {
  const add = (json) => ask("/api/links", { json });
  it("shortens, redirects and counts", async () => {
    const { status, body } = await add({ url: "https://example.com/a?b=c", slug: "abc" });
    assert.deepEqual([status, body], [201, { slug: "abc", url: "https://example.com/a?b=c" }]);
    const visit = await ask("/abc");
    assert.deepEqual([visit.status, visit.headers.get("location")], [302, "https://example.com/a?b=c"]);
    const list = await ask("/api/links");
    assert.deepEqual(list.body, [{ slug: "abc", url: "https://example.com/a?b=c", visits: 1 }]);
    assert.equal(list.headers.get("access-control-allow-origin"), "*");
    const again = await ask("/api/links", { headers: { "if-none-match": list.headers.get("etag") } });
    assert.deepEqual([again.status, again.body], [304, ""]);
  });
  it("validates by the schema", async () => {
    for (const json of [{ url: "nowhere" }, { url: "ftp://example.com/" }, { url: "https://example.com/", slug: "Not one" }, {}]) {
      const { status, body } = await add(json);
      assert.deepEqual([status, body.success, body.error.name], [400, false, "ZodError"]);
    }
    assert.equal((await add({ url: "https://example.com/", slug: "twice" })).status, 201);
    const { status, body } = await add({ url: "https://example.com/", slug: "twice" });
    assert.deepEqual([status, body], [409, { error: "twice is taken" }]);
  });
  it("shows a page and takes its form", async () => {
    const { status, headers } = await ask("/", { method: "POST", body: new URLSearchParams({ url: "https://example.com/<form>" }) });
    assert.deepEqual([status, headers.get("location")], [303, "/"]);
    const page = await ask("/");
    assert.match(page.headers.get("content-type"), /^text\/html/);
    assert.match(page.body, /to https:\/\/example\.com\/&lt;form&gt;, 0 visits/);
    assert.equal(page.headers.get("x-content-type-options"), "nosniff");
  });
  it("streams the export", async () => {
    const { body } = await ask("/api/export");
    assert.deepEqual(body.trim().split("\n").map((line) => JSON.parse(line).slug).includes("abc"), true);
  });
  it("lets only who has the token delete", async () => {
    assert.equal((await ask("/api/links/abc", { method: "DELETE" })).status, 401);
    const headers = { authorization: "Bearer let-me-in" };
    assert.equal((await ask("/api/links/abc", { method: "DELETE", headers })).status, 204);
    assert.equal((await ask("/api/links/abc", { method: "DELETE", headers })).status, 404);
    assert.deepEqual((await ask("/abc")).body, { error: "there is nothing here" });
  });
}, bundled);

project("itty-router", (ask) => {
  it("keeps values", async () => {
    assert.equal((await ask("/shelf/a", { method: "PUT", json: { deep: [1, null] } })).status, 204);
    assert.equal((await ask("/shelf/b", { method: "PUT", json: "text" })).status, 204);
    assert.deepEqual((await ask("/shelf/a")).body, { deep: [1, null] });
    assert.deepEqual((await ask("/shelf")).body, { a: { deep: [1, null] }, b: "text" });
    assert.deepEqual((await ask("/other")).body, {});
  });
  it("answers errors as JSON", async () => {
    const { status, body } = await ask("/shelf/none");
    assert.deepEqual([status, body], [404, { status: 404, error: "no such key" }]);
    assert.equal((await ask("/shelf/none", { method: "DELETE" })).status, 404);
  });
}, bundled);

project("tokens", (ask) => {
  for (const alg of ["HS256", "RS256", "ES256", "ES384"]) {
    it("signs and verifies " + alg, async () => {
      assert.deepEqual((await ask("/jwt?alg=" + alg)).body, { jose: "alice", jsonwebtoken: ["read"], forged: "invalid signature", bytes: true });
    });
  }
  it("encrypts", async () => assert.deepEqual((await ask("/jwe")).body, { sub: "alice", scope: ["read"] }));
  it("hashes passwords", async () => {
    assert.deepEqual((await ask("/bcrypt")).body, ["$2b$04$", true]);
    // RFC 7914 has this answer.
    const { body: [hex, equal] } = await ask("/scrypt");
    assert.equal(hex, "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887");
    assert.equal(equal, true);
  });
}, bundled);

project("drizzle", (ask) => {
  const add = (library, json) => ask(`/${library}/books`, { json });
  it("migrates, inserts and joins", async () => {
    assert.deepEqual((await add("town", { title: "Momo", author: "Ende", tags: ["time", "child"] })).body, { id: 1 });
    assert.deepEqual((await add("town", { title: "Emil", author: "K\u00e4stner", tags: ["child"] })).body, { id: 2 });
    assert.deepEqual((await ask("/town/books?tag=child")).body, [{ id: 2, title: "Emil", author: "K\u00e4stner" }, { id: 1, title: "Momo", author: "Ende" }]);
    assert.deepEqual((await ask("/town/books?title=mo&tag=time")).body, [{ id: 1, title: "Momo", author: "Ende" }]);
    assert.deepEqual((await ask("/town/authors")).body, [{ name: "Ende", books: 1 }, { name: "K\u00e4stner", books: 1 }]);
  });
  it("answers relational queries, with types", async () => {
    const { addedAt, ...book } = (await ask("/town/books/1")).body;
    assert.deepEqual(book, { id: 1, title: "Momo", authorId: 1, lent: false, author: { id: 1, name: "Ende" }, tags: [{ bookId: 1, tag: "child" }, { bookId: 1, tag: "time" }] });
    assert.ok(Math.abs(Date.parse(addedAt) - Date.now()) < 60_000);
    assert.equal((await ask("/town/books/99")).body, null);
  });
  it("undoes a transaction that fails", async () => {
    const { status, body } = await add("strict", { title: "Jim Knopf", author: "Ende", tags: ["train", "train"] });
    assert.equal(status, 400);
    assert.match(body.error, /UNIQUE constraint failed: tags\.book_id, tags\.tag/);
    assert.deepEqual((await ask("/strict/books")).body, []);
    assert.deepEqual((await ask("/strict/authors")).body, []);
  });
  it("updates, and deletes with what hangs on it", async () => {
    assert.deepEqual((await ask("/town/lend/1", { method: "POST" })).body, { lent: true });
    assert.deepEqual((await ask("/town/lend/1", { method: "POST" })).body, { lent: false });
    assert.equal((await ask("/town/authors/Ende", { method: "DELETE" })).status, 204);
    assert.deepEqual((await ask("/town/books")).body, [{ id: 2, title: "Emil", author: "K\u00e4stner" }]);
  });
}, bundled);

project("partyserver", (ask, url) => {
  const open = [];
  after(() => open.forEach((close) => close()));

  /** A client with the events it got. */
  async function join(room, name) {
    const events = [];
    const socket = new PartySocket({ host: url().replace("http://", ""), party: "room", room, query: { name }, WebSocket });
    open.push(() => socket.close());
    socket.addEventListener("message", ({ data }) => events.push(JSON.parse(data)));
    const got = (wanted) => eventually(() => events, (all) => all.some((event) => JSON.stringify(event) === JSON.stringify(wanted)));
    await eventually(() => events, (all) => all.length > 0);
    return { socket, events, got };
  }

  it("passes messages on, within the room", async () => {
    const ann = await join("one", "ann");
    assert.deepEqual(ann.events[0], { type: "history", messages: [] });
    const bob = await join("one", "bob");
    const carl = await join("two", "carl");
    await ann.got({ type: "members", members: ["ann", "bob"] });
    bob.socket.send("hello \u{1F44B}");
    await ann.got({ type: "message", id: 1, name: "bob", text: "hello \u{1F44B}" });
    await bob.got({ type: "message", id: 1, name: "bob", text: "hello \u{1F44B}" });
    const dora = await join("one", "dora");
    assert.deepEqual(dora.events[0].messages, [{ id: 1, name: "bob", text: "hello \u{1F44B}" }]);
    bob.socket.close();
    await ann.got({ type: "members", members: ["ann", "dora"] });
    assert.deepEqual(carl.events.map(({ type }) => type), ["history", "members"]);
    assert.deepEqual((await ask("/parties/room/one")).body, [{ id: 1, name: "bob", text: "hello \u{1F44B}" }]);
    assert.deepEqual((await ask("/parties/room/one?name=ann")).body, { connections: 1, starts: 1 });
  });
  it("goes on after the room slept", async () => {
    const ann = await join("sleepy", "ann");
    const bob = await join("sleepy", "bob");
    let state;
    for (let id = 1; id <= 4 && !(state?.starts > 1); id++) {
      await new Promise((done) => setTimeout(done, 12_000));
      bob.socket.send("awake?");
      await ann.got({ type: "message", id, name: "bob", text: "awake?" });
      state = (await ask("/parties/room/sleepy?name=ann")).body;
    }
    assert.equal(state.connections, 1);
    assert.ok(state.starts > 1, "it never slept");
  });
  it("knows no other party", async () => assert.equal((await ask("/parties/nothing/one")).status, 400));
  it("chats in a browser", { skip: browserPath ? false : "no Chromium: set CHROMIUM to its path" }, async () => {
    const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
    try {
      const enter = async (name) => {
        const page = await browser.newPage();
        await page.goto(`${url()}/?room=browser&name=${name}`);
        await page.waitForFunction((me) => document.getElementById("members").textContent.includes(me), name);
        return page;
      };
      const ann = await enter("ann");
      const bob = await enter("bob");
      await bob.fill("#text", "<b>hello</b>");
      await bob.press("#text", "Enter");
      await ann.waitForFunction(() => document.querySelectorAll("#log li").length === 1);
      assert.equal(await ann.textContent("#log li"), "bob<b>hello</b>");
      await bob.close();
      await ann.waitForFunction(() => document.getElementById("members").textContent === "ann");
    } finally {
      await browser.close();
    }
  });
}, bundled);

project("agents", (ask, url) => {
  const open = [];
  after(() => open.forEach((client) => client.close()));

  async function connect(name) {
    const states = [];
    const client = new AgentClient({ agent: "assistant", name, host: url().replace("http://", ""), WebSocket, onStateUpdate: (state) => states.push(state) });
    open.push(client);
    await eventually(() => states, (all) => all.length > 0);
    return { client, states, last: () => states[states.length - 1] };
  }

  it("calls methods and keeps every client's state the same", async () => {
    const ann = await connect("shared");
    const bob = await connect("shared");
    assert.deepEqual(ann.last(), { notes: 0, reminders: [] });
    assert.equal(await ann.client.call("note", ["buy milk"]), 1);
    assert.equal(await bob.client.stub.note("buy bread"), 2);
    assert.deepEqual(await ann.client.stub.find("bread"), ["buy bread"]);
    await eventually(() => ann.last(), ({ notes }) => notes === 2);
    await eventually(() => bob.last(), ({ notes }) => notes === 2);
    assert.deepEqual((await ask("/agents/assistant/shared")).body, { name: "shared", state: { notes: 2, reminders: [] } });
  });
  it("rings when a schedule is due", async () => {
    const { client, last } = await connect("reminded");
    assert.match(await client.call("remind", ["tea", 1]), /^.+$/);
    assert.deepEqual(last().reminders, [{ text: "tea", rang: false }]);
    await eventually(() => last(), ({ reminders }) => reminders[0].rang);
  });
  it("refuses methods that are not callable", async () => {
    const { client } = await connect("guarded");
    await assert.rejects(client.call("ring", [{ text: "x" }]), /ring.* is not callable/);
    await assert.rejects(client.call("nothing", []));
  });
  it("is called by the Worker as by a client", async () => {
    assert.equal((await ask("/notes/rpc", { method: "POST", body: "from afar" })).body, 1);
    assert.deepEqual((await ask("/notes/rpc")).body, ["from afar"]);
  });
}, bundled);
