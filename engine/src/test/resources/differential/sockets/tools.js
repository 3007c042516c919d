// What an object's program works with.
export function tools(ctx, env) {
  const log = [];
  let wake = () => {};
  const t = {
    ctx, env, storage: ctx.storage, exports: ctx.exports,
    log(line) {
      log.push(line);
      wake();
    },
    /** What was logged, once it is so many lines. */
    async lines(count) {
      await t.count(count);
      return log.splice(0);
    },
    /** Resolves once so many lines were logged. */
    async count(lines) {
      while (log.length < lines) {
        await new Promise((done) => (wake = done));
      }
    },
    shown: (data) => typeof data === "string" ? data : data instanceof ArrayBuffer ? "bytes " + new Uint8Array(data) : String(data),
    pair: () => Object.values(new WebSocketPair()),
    wait: (ms = 100) => new Promise((done) => setTimeout(done, ms)),
    error(f) {
      try {
        return f();
      } catch (error) {
        return error.name + ": " + error.message;
      }
    },
    answer: (webSocket, more) => new Response(null, { status: 101, webSocket, ...more }),
    /** Accepts a socket that outlives the instance. */
    hibernate(t, { query }) {
      const [client, server] = t.pair();
      ctx.acceptWebSocket(server, query.getAll("tag"));
      return t.answer(client);
    },
    /** Logs what a socket tells its listeners. */
    watch(ws, name = "") {
      for (const type of ["open", "message", "close", "error"]) {
        ws.addEventListener(type, (event) => t.log(name + t.told(event) + " state " + ws.readyState));
      }
      return ws;
    },
    told: ({ type, data, code, reason, wasClean, message }) =>
      type + (type === "message" ? " " + t.shown(data) : type === "close" ? " " + [code, reason, wasClean] : type === "error" ? " " + message : ""),
    /** Accepts a socket of this instance. */
    plain(t, { reply, options } = {}) {
      const [client, server] = t.pair();
      server.binaryType = "arraybuffer";
      server.accept(options);
      t.watch(server);
      server.addEventListener("message", ({ data }) => reply?.(server, data));
      return t.answer(client);
    },
  };
  return t;
}
