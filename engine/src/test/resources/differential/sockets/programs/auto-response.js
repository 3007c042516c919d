// Answers that the object gives without being called.
const setting = { fetch: (t, ask) => { t.ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong")); return ask.path === "/times" ? t.ctx.getWebSockets().map((ws) => { const time = t.ctx.getWebSocketAutoResponseTimestamp(ws); return time === null ? null : [time instanceof Date, Math.abs(time - Date.now()) < 60_000]; }) : t.hibernate(t, ask); } };
const run = (fetch) => ({ fetch, steps: [["get", "/"]] });

export default {
  "an answer": { ...setting, steps: [["open", "a", "/"], ["text", "a", "ping"], ["next", "a"], ["text", "a", "ping "], ["bytes", "a", [112, 105, 110, 103]], ["log", 2]] },
  "in fragments": { ...setting, steps: [["open", "a", "/"], ["frame", "a", 1, "pi", false], ["frame", "a", 0, "ng"], ["next", "a"]] },
  "the time of each": { ...setting, steps: [["open", "a", "/"], ["open", "b", "/"], ["get", "/times"], ["text", "a", "ping"], ["next", "a"], ["get", "/times"]] },
  "none for a plain socket": { fetch: (t) => { t.ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong")); return t.plain(t); }, steps: [["open", "a", "/"], ["text", "a", "ping"], ["log", 1]] },
  "taken back": { fetch: (t, ask) => { t.ctx.setWebSocketAutoResponse(...(ask.path === "/off" ? [] : [new WebSocketRequestResponsePair("ping", "pong")])); return ask.path === "/off" ? t.ctx.getWebSocketAutoResponse() : t.hibernate(t, ask); }, steps: [["open", "a", "/"], ["text", "a", "ping"], ["next", "a"], ["get", "/off"], ["text", "a", "ping"], ["log", 1]] },
  "what the pair takes": run((t) => [[], ["a"], ["a", "b"], [1, null]].map((args) => t.error(() => { const pair = new WebSocketRequestResponsePair(...args); return [pair.request, pair.response]; }))),
  "what is set": run((t) => { const { ctx } = t; const pair = (...args) => new WebSocketRequestResponsePair(...args); const set = (value) => t.error(() => ctx.setWebSocketAutoResponse(value) ?? "set"); const all = [ctx.getWebSocketAutoResponse(), set(pair("x".repeat(2_048), "b")), set(pair("x".repeat(2_049), "b")), set(pair("\u00e9".repeat(1_025), "b")), set(pair("a", "b".repeat(2_049))), set({}), set(null)]; const last = pair("q", "a"); ctx.setWebSocketAutoResponse(last); const got = ctx.getWebSocketAutoResponse(); return [...all, got === last, got.request, got.response]; }),
  "the timestamp of others": run((t) => { const [a] = t.pair(); a.accept(); return [t.error(() => t.ctx.getWebSocketAutoResponseTimestamp(a)), t.error(() => t.ctx.getWebSocketAutoResponseTimestamp({}))]; }),
};
