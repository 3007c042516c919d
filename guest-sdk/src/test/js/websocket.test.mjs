import assert from "node:assert/strict";
import { test } from "node:test";
import { Guest } from "./harness.mjs";

/** Runs `body` in a class with handlers that log; timers pass by themselves. */
async function sockets(body, extra = "") {
  const guest = await Guest.boot(`import { DurableObject } from "cloudflare:workers";
    const tick = (ms = 20) => new Promise((resolve) => setTimeout(resolve, ms));
    const err = (f) => { try { return f(); } catch (e) { return e.name + ": " + e.message; } };
    const pair = () => Object.values(new WebSocketPair());
    export class App extends DurableObject {
      log = [];
      async fetch(request) { const { ctx, log } = this; const result = await (async () => { ${body} })();
        return result instanceof Response ? result : Response.json(result); }
      ${extra}
    }`);
  guest.start();
  const id = 1;
  guest.fetch("http://app.test/", { headers: ["upgrade", "websocket"] });
  guest.runTimers();
  const answer = guest.result(id);
  if (answer === undefined || answer.message !== undefined) throw new Error(JSON.stringify([answer, guest.logs, guest.aborts]));
  return { answer, guest, value: answer.body === null ? null : JSON.parse(answer.body) };
}

test("a pair talks, and closes with the code it was given", async () => {
  const { value } = await sockets(`
    const [a, b] = pair();
    for (const [name, ws] of [["a", a], ["b", b]]) {
      ws.addEventListener("message", (e) => log.push(name + " " + e.data));
      ws.addEventListener("close", (e) => log.push(name + " close " + e.code + e.reason + e.wasClean + ws.readyState));
    }
    a.accept(); b.accept(); a.send("1"); log.push("sent"); b.send("2"); await tick();
    a.close(4001, "bye"); log.push("closed " + a.readyState); await tick();
    log.push(err(() => a.send("x")), err(() => b.send("y")), String(err(() => b.close(4002))));
    return log;`);
  assert.deepEqual(value, ["sent", "b 1", "a 2", "closed 2", "b close 4001byetrue3", "a close 4001byetrue3",
    "TypeError: Can't call WebSocket send() after close().", "TypeError: Can't call WebSocket send() after close().", "undefined"]);
});

test("half open ends answer a close when they want to", async () => {
  const { value } = await sockets(`
    const [a, b] = pair();
    a.addEventListener("message", (e) => log.push("a " + e.data));
    a.onclose = (e) => log.push("a close " + e.code + a.readyState);
    b.onclose = (e) => log.push("b close " + e.code + b.readyState);
    a.accept({ allowHalfOpen: true }); b.accept({ allowHalfOpen: true });
    a.close(4001, "bye"); await tick(); b.send("late"); await tick(); b.close(4002, "mine"); await tick();
    return [...log, a.readyState, b.readyState];`);
  assert.deepEqual(value, ["b close 40012", "a late", "a close 40023", 3, 3]);
});

test("what was sent before accept() waits", async () => {
  const { value } = await sockets(`
    const [a, b] = pair();
    b.onmessage = (e) => log.push(e.data);
    b.onclose = (e) => log.push(e.code);
    a.accept(); a.send("1"); a.send(new Uint8Array([1, 2, 3]).subarray(1)); a.close(); await tick();
    log.push("accepting"); b.accept(); await tick();
    return log.map((x) => x instanceof ArrayBuffer ? [...new Uint8Array(x)] : x);`);
  assert.deepEqual(value, ["accepting", "1", [2, 3], 1005]);
});

test("a listener that throws ends the connection", async () => {
  const { value } = await sockets(`
    const [a, b] = pair();
    b.addEventListener("message", (e) => { log.push(e.data); throw new Error("boom"); });
    b.addEventListener("error", (e) => log.push(e.message + b.readyState));
    a.addEventListener("close", (e) => log.push("a " + e.code + e.reason + e.wasClean));
    a.accept(); b.accept(); a.send("1"); a.send("2"); await tick();
    return log;`);
  assert.deepEqual(value.slice(0, 2), ["1", "Uncaught Error: boom3"]);
  assert.equal(value.at(-1), "a 1006WebSocket disconnected without sending Close frame.false");
});

test("errors of send, close and accept", async () => {
  const { value } = await sockets(`
    const [a, b] = pair();
    log.push(err(() => a.send("x")), err(() => a.close()), err(() => a.close(5)), err(() => a.close(1005)), err(() => a.close(null)),
      err(() => a.close(1000, "x".repeat(124))), err(() => a.close(undefined, "r")), err(() => a.close(1000)), err(() => a.send()), err(() => a.accept("x")));
    return log;`);
  const unaccepted = "TypeError: You must call one of accept() or state.acceptWebSocket() on this WebSocket before sending messages.";
  assert.deepEqual(value, [unaccepted, unaccepted, "InvalidAccessError: Invalid WebSocket close code: 5.",
    "InvalidAccessError: Invalid WebSocket close code: 1005.", "InvalidAccessError: Invalid WebSocket close code: 0.",
    "SyntaxError: WebSocket close reason must not be longer than 123 bytes when UTF-8 encoded.",
    "InvalidAccessError: If you specify a WebSocket close reason, you must also specify a code.", unaccepted,
    "TypeError: Failed to execute 'send' on 'WebSocket': parameter 1 is not of type 'ArrayBuffer or ArrayBufferView or string'.",
    "TypeError: Failed to execute 'accept' on 'WebSocket': parameter 1 is not of type 'AcceptOptions'."]);
});

test("a response hands an end over, once, and only an untouched one", async () => {
  const { value } = await sockets(`
    const t = (f) => log.push(err(() => { const r = f(); return r.status + " " + (r.webSocket === null ? "null" : typeof r.webSocket); }));
    t(() => new Response(null, { status: 101 })); t(() => new Response(null, { webSocket: pair()[0] }));
    t(() => new Response("x", { status: 101, webSocket: pair()[0] })); t(() => new Response("", { status: 101, webSocket: pair()[0] }));
    t(() => new Response(null, { status: 101, webSocket: {} })); t(() => new Response(null, { status: 101, webSocket: pair()[0] }).clone());
    t(() => new Response(null, { status: 200, webSocket: null }));
    t(() => { const r = new Response(null, { status: 101, webSocket: pair()[0] }); return new Response(r.body, r); });
    t(() => Response.json({}, { status: 101, webSocket: pair()[0] }));
    return log;`);
  assert.deepEqual(value, ["RangeError: Responses may only be constructed with status codes in the range 200 to 599, inclusive.",
    "RangeError: Responses with a WebSocket must have status code 101.",
    "TypeError: Response with null body status (101, 204, 205, or 304) cannot have a body.", "101 object",
    "TypeError: Incorrect type for the 'webSocket' field on 'InitializerDict': the provided value is not of type 'WebSocket'.",
    "TypeError: Cannot clone a response to a WebSocket handshake.", "200 null", "101 object",
    "TypeError: Response with null body status (101, 204, 205, or 304) cannot have a body."]);
  const { answer } = await sockets("const [a, b] = pair(); ctx.acceptWebSocket(a); return new Response(null, { status: 101, webSocket: b });");
  assert.equal(answer.status, 101);
  assert.equal(answer.socket, 2);
});

for (const [name, body, complaint] of [
  ["accepted", "a.accept(); ws = a;", "Can't return WebSocket in a Response after calling accept()."],
  ["hibernatable", "ctx.acceptWebSocket(a); ws = a;", "Can't return WebSocket in a Response after calling acceptWebSocket()."],
]) {
  test("an end that was " + name + " cannot leave", async () => {
    await assert.rejects(sockets(`const [a] = pair(); let ws; ${body} return new Response(null, { status: 101, webSocket: ws });`),
      (error) => error.message.includes(complaint));
  });
}

test("only a request to upgrade gets a WebSocket", async () => {
  const guest = await Guest.boot("export class App { fetch() { return new Response(null, { status: 101, webSocket: new WebSocketPair()[0] }); } }");
  assert.match(guest.start().fetch().message, /^Worker tried to return a WebSocket in a response to a request which did not contain/);
});

const HANDLERS = `
  webSocketMessage(ws, m) { this.log.push("M " + (typeof m === "string" ? m : m.constructor.name) + ws.readyState); if (m === "throw") throw new Error("boom"); }
  webSocketClose(ws, code, reason, clean) { this.log.push("C " + [code, reason, clean, ws.readyState, this.ctx.getWebSockets().length]); }`;

test("hibernatable ends call the class, and close is answered when the handler is done", async () => {
  const { value } = await sockets(`
    const [a, b] = pair(); const [x, y] = pair();
    ctx.acceptWebSocket(a, ["t"]); ctx.acceptWebSocket(x, ["t", "u", "t"]);
    log.push(ctx.getWebSockets()[1] === a, ctx.getWebSockets("t")[0] === a, ctx.getWebSockets("u").length, ctx.getTags(x).join());
    b.addEventListener("message", (e) => log.push("b " + e.data)); b.addEventListener("close", (e) => log.push("b close " + e.code));
    b.accept(); a.send("from a"); b.send("throw"); b.send(new Uint8Array(2)); await tick(); b.close(4005, "why"); await tick();
    return [...log, ctx.getWebSockets().length, ctx.getTags(a).join()];`, HANDLERS);
  assert.deepEqual(value, [true, true, 1, "t,u", "b from a", "M throw1", "M ArrayBuffer1", "C 4005,why,true,2,2", "b close 4005", 1, "t"]);
});

test("attachments are copies of at most 16 KiB", async () => {
  const { value } = await sockets(`
    const [a] = pair(); log.push(a.deserializeAttachment());
    a.serializeAttachment({ x: 1, m: new Map([[1, 2]]) }); ctx.acceptWebSocket(a);
    const v = a.deserializeAttachment(); log.push(v.x, v.m.get(1), v === a.deserializeAttachment());
    log.push(err(() => a.serializeAttachment("x".repeat(16390))), err(() => a.serializeAttachment(() => 1)), err(() => a.serializeAttachment()));
    a.serializeAttachment("new"); log.push(a.deserializeAttachment());
    return log;`);
  assert.deepEqual(value, [null, 1, 2, false, "Error: A WebSocket 'attachment' cannot be larger than 16384 bytes.'attachment' was 16396 bytes.",
    "DataCloneError: () => 1 could not be cloned.",
    "TypeError: Failed to execute 'serializeAttachment' on 'WebSocket': parameter 1 is not of type 'Value'.", "new"]);
});

test("acceptWebSocket and tags refuse as workerd does", async () => {
  const { value } = await sockets(`
    log.push(err(() => ctx.acceptWebSocket({})));
    { const [a] = pair(); a.accept(); log.push(err(() => ctx.acceptWebSocket(a)), err(() => ctx.getTags(a))); }
    { const [a, b] = pair(); b.accept(); log.push(err(() => ctx.acceptWebSocket(a)), err(() => ctx.getTags(a))); }
    for (const tags of ["x", Array.from({ length: 11 }, () => "t"), ["é".repeat(129)], null, [1, null]]) {
      const [a] = pair(); log.push(err(() => { ctx.acceptWebSocket(a, tags); return ctx.getTags(a).join(); }).slice(0, 90));
    }
    return log;`);
  assert.deepEqual(value, ["TypeError: Failed to execute 'acceptWebSocket' on 'DurableObjectState': parameter 1 is not of type 'WebSocket'.",
    "Error: Cannot call `acceptWebSocket()` if the WebSocket was already accepted via `accept()`", "Error: only hibernatable websockets can have tags.",
    "Error: Cannot call `acceptWebSocket()` on this WebSocket because its pair has already been accepted or used in a Response.",
    "Error: you must call 'acceptWebSocket()' before attempting to access the tags of a WebSocket.",
    "TypeError: Failed to execute 'acceptWebSocket' on 'DurableObjectState': parameter 2 is not",
    "Error: a Hibernatable WebSocket cannot have more than 10 tags", `Error: "${"é".repeat(82)}`,
    "TypeError: Failed to execute 'acceptWebSocket' on 'DurableObjectState': parameter 2 is not", "1,null"]);
});

test("auto-responses answer without the class", async () => {
  const { value } = await sockets(`
    const [a, b] = pair(); b.onmessage = (e) => log.push("b " + e.data); ctx.acceptWebSocket(a); b.accept();
    const set = new WebSocketRequestResponsePair("ping", "pong"); log.push(ctx.getWebSocketAutoResponseTimestamp(a));
    ctx.setWebSocketAutoResponse(set); b.send("ping"); b.send("ping "); await tick();
    log.push(ctx.getWebSocketAutoResponse().response, ctx.getWebSocketAutoResponseTimestamp(a).getTime());
    ctx.setWebSocketAutoResponse(); b.send("ping"); await tick();
    log.push(ctx.getWebSocketAutoResponse(), err(() => ctx.setWebSocketAutoResponse({})), err(() => ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("é".repeat(1025), "b"))));
    return log;`, HANDLERS);
  assert.deepEqual(value, [null, "b pong", "M ping 1", "pong", 1000, "M ping1", null,
    "TypeError: Failed to execute 'setWebSocketAutoResponse' on 'DurableObjectState': parameter 1 is not of type 'WebSocketRequestResponsePair'.",
    "RangeError: Request cannot be larger than 2048 bytes. A request of size 2050 was provided."]);
});

test("a handler that takes longer than the event timeout resets the facet", async () => {
  const guest = await Guest.boot(`export class App {
    constructor(ctx) { this.ctx = ctx; }
    fetch() { const [a, b] = Object.values(new WebSocketPair()); this.ctx.acceptWebSocket(a); b.accept(); b.send("x");
      this.ctx.setHibernatableWebSocketEventTimeout(100); return new Response("ok"); }
    webSocketMessage() { return new Promise(() => {}); } }`);
  guest.start().fetch();
  guest.runTimers();
  assert.equal(guest.aborts[0].message, "Actor exceeded event execution time and was disconnected.");
});

test("event timeouts are checked", async () => {
  const { value } = await sockets(`
    for (const v of [1000, 0, 604800000, 604800001, -1, "5", undefined, 1.5, NaN]) {
      log.push(err(() => { ctx.setHibernatableWebSocketEventTimeout(v); return ctx.getHibernatableWebSocketEventTimeout(); }));
    }
    return log;`);
  assert.deepEqual(value, [1000, null, 604800000, "Error: Event timeout should not exceed 604800000 ms.",
    "TypeError: The value cannot be converted because it is negative and this API expects a positive number.", 5, null, 1,
    "TypeError: The value cannot be converted because it is not an integer."]);
});

test("new WebSocket checks its arguments, and fails with an event", async () => {
  const { value } = await sockets(`
    for (const a of [[], ["x"], ["http://a.test/"], ["ws://a.test/#f"], ["ws://a.test/", ""], ["ws://a.test/", ["a", "a"]], ["ws://a.test/", ["a b"]]]) {
      log.push(err(() => { new WebSocket(...a); return "made"; }));
    }
    const ws = new WebSocket("ws://a.test/"); log.push(ws.readyState, ws.url, err(() => ws.accept()), err(() => ws.send("x")));
    ws.onerror = (e) => log.push(e.message.slice(0, 45), ws.readyState); ws.onclose = (e) => log.push(e.code + e.reason); await tick();
    return log;`);
  assert.deepEqual(value, ["TypeError: Failed to construct 'WebSocket': constructor parameter 1 is not of type 'string'.",
    "SyntaxError: WebSocket Constructor: The url is invalid.", "SyntaxError: WebSocket Constructor: The url scheme must be ws or wss.",
    "SyntaxError: WebSocket Constructor: The url fragment must be empty.", "SyntaxError: WebSocket Constructor: The protocol header token is invalid.",
    "SyntaxError: WebSocket Constructor: The protocols header cannot have repeating values.",
    "SyntaxError: WebSocket Constructor: One of the protocol header tokens is invalid.", 0, "ws://a.test/",
    "TypeError: Websockets obtained from the 'new WebSocket()' constructor cannot call accept",
    "TypeError: You must call one of accept() or state.acceptWebSocket() on this WebSocket before sending messages.",
    "Uncaught Error: This worker is not permitted ", 3, "1006Failed to establish websocket connection"]);
});

test("an app that poisons prototypes cannot reach what the platform does with its sockets", async () => {
  const { value } = await sockets(`
    const stolen = [];
    Map.prototype.get = function (key) { stolen.push(key); }; Map.prototype.set = Map.prototype.get;
    Object.defineProperty(Array.prototype, 0, { set(v) { stolen.push(v); }, configurable: true });
    Object.prototype.then = undefined; Promise.prototype.then = function () { stolen.push("then"); };
    const { 0: a, 1: b } = new WebSocketPair(); ctx.acceptWebSocket(a, ["t"]); b.accept(); b.send("x");
    const n = ctx.getWebSockets("t").length; delete Array.prototype[0];
    return new Response(JSON.stringify([n, stolen.filter((x) => x !== "then").length]));`, HANDLERS);
  assert.deepEqual(value, [1, 0]);
});
