// Sockets that live as long as their instance.
const replies = (reply, options) => (t) => t.plain(t, { reply, options });

export default {
  "an echo": { fetch: replies((ws, data) => ws.send(data)), steps: [["open", "a", "/"], ["text", "a", "hello"], ["next", "a"], ["bytes", "a", [1, 2]], ["next", "a"], ["log", 2]] },
  "a client's close": { fetch: replies(), steps: [["open", "a", "/"], ["close", "a", 4001, "bye"], ["next", "a"], ["log", 1]] },
  "a client's close without a code": { fetch: replies(), steps: [["open", "a", "/"], ["close", "a"], ["log", 1]] },
  "a client's close, half open": { fetch: replies(undefined, { allowHalfOpen: true }), steps: [["open", "a", "/"], ["close", "a", 4001, "bye"], ["log", 1]] },
  "a client that vanishes": { fetch: replies(), steps: [["open", "a", "/"], ["text", "a", "x"], ["log", 1], ["cut", "a"], ["log", 1]] },
  "the object closes": { fetch: replies((ws) => ws.close(4009, "srv")), steps: [["open", "a", "/"], ["text", "a", "x"], ["next", "a"], ["close", "a", 4009, "srv"], ["log", 2], ["next", "a"]] },
  "send after close": { fetch: (t) => t.plain(t, { reply(ws) { ws.close(1000); t.log(t.error(() => ws.send("x"))); t.log(String(t.error(() => ws.close(1001)))); } }), steps: [["open", "a", "/"], ["text", "a", "x"], ["next", "a"], ["log", 3]] },
  "a listener that throws": { fetch: replies(() => { throw new Error("boom"); }), steps: [["open", "a", "/"], ["text", "a", "x"], ["next", "a"], ["log", 2]] },
  "both kinds": { fetch: (t, ask) => ask.path === "/plain" ? t.plain(t, { reply: (ws, data) => ws.send("plain " + data) }) : ask.path === "/count" ? t.ctx.getWebSockets().length : t.hibernate(t, ask), message: (t, ws, data) => ws.send("kept " + data), steps: [["open", "a", "/plain"], ["open", "b", "/"], ["text", "a", "x"], ["next", "a"], ["text", "b", "x"], ["next", "b"], ["get", "/count"]] },
  "a reply from a timer": { fetch: replies((ws, data) => setTimeout(() => ws.send("later " + data), 5)), steps: [["open", "a", "/"], ["text", "a", "x"], ["next", "a"]] },
  "headers of the answer": { fetch: (t) => { const [client, server] = t.pair(); server.accept(); return t.answer(client, { headers: { "sec-websocket-protocol": "chat", "x-extra": "1", "set-cookie": "a=b" } }); }, steps: [["open", "a", "/", { "Sec-WebSocket-Protocol": "chat, other" }]] },
  "the protocols that were asked for": { fetch: (t, { request }) => { const [client, server] = t.pair(); server.accept(); server.send(String(request.headers.get("sec-websocket-protocol"))); server.send(String(request.headers.get("upgrade"))); return t.answer(client); }, steps: [["open", "a", "/", { "Sec-WebSocket-Protocol": "chat, other" }], ["next", "a"], ["next", "a"]] },
  "a refusal": { fetch: () => new Response("no", { status: 403 }), steps: [["open", "a", "/"]] },
  "an accepted end in a response": { fetch: (t) => { const [client, server] = t.pair(); client.accept(); server.accept(); return t.error(() => t.answer(client).status); }, steps: [["get", "/"]] },
};
