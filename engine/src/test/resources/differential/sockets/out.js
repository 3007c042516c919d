import { WorkerEntrypoint } from "cloudflare:workers";

const HOW = {
  echo() {
    const [client, server] = Object.values(new WebSocketPair());
    server.binaryType = "arraybuffer";
    server.accept();
    server.addEventListener("message", ({ data }) => data === "close" ? server.close(4009, "srv") : server.send(data));
    return new Response(null, { status: 101, webSocket: client, headers: { "sec-websocket-protocol": "b", "x-y": "1" } });
  },
  tell(request) {
    const [client, server] = Object.values(new WebSocketPair());
    const headers = [...request.headers].filter(([name]) => !name.startsWith("cf-") && name !== "sec-websocket-extensions");
    server.accept();
    server.send(JSON.stringify([request.method, request.url, request.redirect, headers]));
    return new Response(null, { status: 101, webSocket: client });
  },
  early() {
    const [client, server] = Object.values(new WebSocketPair());
    server.accept();
    server.send("early");
    server.close(4010, "that was it");
    return new Response(null, { status: 101, webSocket: client });
  },
  events: (request) => {
    const id = request.headers.get("last-event-id");
    const text = id !== null ? `data: again after ${id}\n\n` : "\ufeff: a comment\nretry: 10\ndata: one\n\nevent: other\nid: 7\ndata:two\r\ndata:  lines\r\n\r\ndata\n\nunknown: x\nid: 8\n\ndata: never ends";
    return new Response(text, { headers: { "content-type": "text/event-stream; charset=utf-8", "x-id": String(id) } });
  },
  asked: (request) => new Response("data: " + JSON.stringify([request.method, request.url, ...["accept", "cache-control", "last-event-id"].map((name) => request.headers.get(name))]) + "\n\n", { headers: { "content-type": "text/event-stream" } }),
  text: () => new Response("data: x\n\n"),
  none: () => new Response(null, { status: 204 }),
  refuse: () => new Response("no", { status: 403 }),
  move: () => new Response(null, { status: 302, headers: { location: "http://elsewhere.test/" } }),
  fail() {
    throw new RangeError("there");
  },
};

/** What the code of a loader goes out through. */
export class Out extends WorkerEntrypoint {
  fetch(request) {
    return HOW[this.ctx.props.how](request);
  }
}
