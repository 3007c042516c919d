import { DurableObject } from "cloudflare:workers";
import { page } from "./page.js";

const MAX_TEXT = 2_000;
const HISTORY = 50;

/**
 * A chat room: the page at the room's address, a WebSocket at `ws?name=…`, the last messages at `history`.
 *
 * The room sleeps while nobody writes. What it knows of a member is attached to the member's WebSocket.
 */
export class App extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    this.sql.exec("CREATE TABLE IF NOT EXISTS messages (id INTEGER PRIMARY KEY, name TEXT, text TEXT, at INTEGER)");
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  async fetch(request) {
    const url = new URL(request.url);
    if (url.pathname.endsWith("/history")) {
      return Response.json(this.history());
    }
    if (!url.pathname.endsWith("/ws")) {
      return new Response(page, { headers: { "content-type": "text/html; charset=utf-8" } });
    }
    if (request.headers.get("Upgrade") !== "websocket") {
      return new Response("Expected a WebSocket", { status: 426 });
    }
    const name = (url.searchParams.get("name") ?? "").trim().slice(0, 40) || "somebody";
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server, [name]);
    server.serializeAttachment({ name, joined: Date.now() });
    server.send(JSON.stringify({ type: "history", messages: this.history(), members: this.members() }));
    this.broadcast({ type: "joined", name, members: this.members() });
    return new Response(null, { status: 101, webSocket: client });
  }

  webSocketMessage(socket, message) {
    if (typeof message !== "string" || message.length > MAX_TEXT) {
      socket.close(1009, "Texts of at most " + MAX_TEXT + " characters, please");
      return;
    }
    const { name } = socket.deserializeAttachment();
    const sent = this.sql
      .exec("INSERT INTO messages (name, text, at) VALUES (?, ?, ?) RETURNING id, name, text, at", name, message, Date.now())
      .one();
    this.broadcast({ type: "message", ...sent });
  }

  webSocketClose(socket, code, reason, wasClean) {
    this.leave(socket);
  }

  webSocketError(socket, error) {
    this.leave(socket);
  }

  leave(socket) {
    const { name } = socket.deserializeAttachment();
    this.broadcast({ type: "left", name, members: this.members(socket) }, socket);
  }

  members(without) {
    return this.ctx.getWebSockets().filter((socket) => socket !== without).map((socket) => socket.deserializeAttachment().name).sort();
  }

  history() {
    return this.sql.exec("SELECT id, name, text, at FROM messages ORDER BY id DESC LIMIT ?", HISTORY).toArray().reverse();
  }

  broadcast(event, without) {
    const text = JSON.stringify(event);
    for (const socket of this.ctx.getWebSockets()) {
      if (socket !== without) {
        socket.send(text);
      }
    }
  }
}
