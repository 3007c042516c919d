// EventSource, by way of globalOutbound or another fetcher.
const code = (source) => ({ compatibilityDate: "2026-08-01", mainModule: "main.js", modules: { "main.js": source } });
const PRELUDE = `
  const until = async (log, count) => { while (log.length < count) await new Promise((done) => setTimeout(done, 1)); return log.slice(0, count); };
  const error = (f) => { try { return f(); } catch (error) { return error.name + ": " + error.message; } };
  const listen = (source, log = []) => { for (const type of ["open", "message", "other", "error"]) source.addEventListener(type, ({ type, data, lastEventId, origin, message }) => { log.push([type, source.readyState, ...(data === undefined ? [] : [data, lastEventId, origin])]); }); return log; };
  const stream = (...chunks) => new ReadableStream({ start(controller) { for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk)); controller.close(); } });
`;
/** Runs code in a worker whose requests to the outside are answered in some way. */
const behind = (how, source) => ({
  fetch: (t) => t.env.LOADER.get(t.ctx.id.name, () => ({ ...code(`${PRELUDE} export default { async fetch() { ${source} } }`), globalOutbound: t.exports.Out({ props: { how } }) })).getEntrypoint().fetch("http://x/"),
  steps: [["get", "/"]],
});

export default {
  "what it is": behind("none", "const source = new EventSource('http://there.test/'); const all = [source.readyState, source.url, source.withCredentials, String(source), source instanceof EventTarget, EventSource.OPEN, source.CLOSED, source.onmessage]; source.close(); return Response.json([...all, source.readyState]);"),
  "events": behind("events", "const source = new EventSource('http://there.test/path'); const log = listen(source); const told = await until(log, 4); source.close(); return Response.json(told);"),
  "it connects again, with the last id": behind("events", "const source = new EventSource('http://there.test/path'); const log = listen(source); const told = await until(log, 7); source.close(); return Response.json(told);"),
  "what is asked": behind("asked", "const source = new EventSource('http://there.test/a?b'); const log = listen(source); const told = await until(log, 2); source.close(); return Response.json(told);"),
  "handlers on properties": behind("asked", "const source = new EventSource('http://there.test/'); const log = []; source.onopen = () => log.push('open'); source.onmessage = () => log.push('message'); const told = await until(log, 2); source.close(); return Response.json(told);"),
  "another type": behind("text", "const source = new EventSource('http://there.test/'); const log = listen(source); return Response.json([await until(log, 1), source.readyState]);"),
  "204": behind("none", "const source = new EventSource('http://there.test/'); const log = listen(source); return Response.json([await until(log, 1), source.readyState]);"),
  "403": behind("refuse", "const source = new EventSource('http://there.test/'); const log = listen(source); return Response.json([await until(log, 1), source.readyState]);"),
  "bad arguments": behind("none", "return Response.json([error(() => new EventSource()), error(() => new EventSource('x')), error(() => new EventSource('http://x/', { withCredentials: true })), error(() => EventSource.from()), error(() => EventSource.from('x')), error(() => EventSource('http://x/'))]);"),
  "from a stream": behind("none", "const source = EventSource.from(stream('data: one\\n', '\\ndata: t', 'wo\\n\\n')); const log = listen(source); const two = await until(log, 2); return Response.json([two, source.url]);"),
  "line ends across chunks": behind("none", "const source = EventSource.from(stream('data: one\\r', '\\ndata: two\\r', '\\r', 'data: three\\n\\r\\n')); const log = listen(source); return Response.json((await until(log, 2)).map(([type, , data]) => [type, data ?? null]));"),
};
