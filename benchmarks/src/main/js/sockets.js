// One object that all WebSockets are connected to. A message comes back; one that begins with "all" goes to everybody.
// /hibernation and /accept open a WebSocket by either API; /open says how many there are.
import { DurableObject } from "cloudflare:workers";

export default {
  fetch: (request, env) => env.MAIN.getByName("room").fetch(request),
};

const answer = (socket, message, everybody) => {
  if (!message.startsWith("all")) socket.send(message);
  else for (const each of everybody()) each.send(message);
};

export class Main extends DurableObject {
  accepted = new Set();

  fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/open") return new Response(String(this.ctx.getWebSockets().length + this.accepted.size));
    const [client, server] = Object.values(new WebSocketPair());
    if (pathname === "/hibernation") this.ctx.acceptWebSocket(server);
    else this.accept(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  accept(socket) {
    socket.accept();
    this.accepted.add(socket);
    socket.addEventListener("message", ({ data }) => answer(socket, data, () => this.accepted));
    socket.addEventListener("close", () => this.accepted.delete(socket));
  }

  webSocketMessage(socket, message) {
    answer(socket, message, () => this.ctx.getWebSockets());
  }

  webSocketClose() {}
}
