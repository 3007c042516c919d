import { type Connection, type ConnectionContext, Server, routePartykitRequest } from "partyserver";
import page from "./page.html";

interface Member {
  name: string;
}

/** A room: remembers what was said, and who is in it even while it sleeps. */
export class Room extends Server {
  static options = { hibernate: true };

  #sql = this.ctx.storage.sql;

  onStart(): void {
    this.#sql.exec("CREATE TABLE IF NOT EXISTS message (id INTEGER PRIMARY KEY, name TEXT NOT NULL, text TEXT NOT NULL)");
    this.ctx.storage.kv.put("starts", this.#starts() + 1);
  }

  getConnectionTags(_connection: Connection, { request }: ConnectionContext): string[] {
    return ["name:" + nameIn(request)];
  }

  onConnect(connection: Connection<Member>, { request }: ConnectionContext): void {
    connection.setState({ name: nameIn(request) });
    connection.send(JSON.stringify({ type: "history", messages: this.#history() }));
    this.#tellWhoIsHere();
  }

  onMessage(connection: Connection<Member>, text: string): void {
    const name = connection.state!.name;
    const { id } = this.#sql.exec("INSERT INTO message (name, text) VALUES (?, ?) RETURNING id", name, text).one();
    this.broadcast(JSON.stringify({ type: "message", id, name, text }));
  }

  onClose(connection: Connection<Member>): void {
    this.#tellWhoIsHere(connection.id);
  }

  onRequest(request: Request): Response {
    const name = new URL(request.url).searchParams.get("name");
    if (name !== null) {
      return Response.json({ connections: [...this.getConnections("name:" + name)].length, starts: this.#starts() });
    }
    return Response.json(this.#history());
  }

  /** How often it woke up. */
  #starts(): number {
    return this.ctx.storage.kv.get("starts") ?? 0;
  }

  #history() {
    return this.#sql.exec("SELECT id, name, text FROM message ORDER BY id DESC LIMIT 100").toArray().reverse();
  }

  #tellWhoIsHere(gone?: string): void {
    const here = [...this.getConnections<Member>()].filter(({ id, state }) => id !== gone && state !== null);
    const members = here.map(({ state }) => state!.name).sort();
    this.broadcast(JSON.stringify({ type: "members", members }), gone === undefined ? [] : [gone]);
  }
}

function nameIn(request: Request): string {
  return (new URL(request.url).searchParams.get("name") ?? "somebody").slice(0, 40);
}

export default {
  async fetch(request: Request, env: any): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/") {
      return new Response(page, { headers: { "content-type": "text/html;charset=utf-8" } });
    }
    return (await routePartykitRequest(request, env)) ?? new Response("Not found", { status: 404 });
  },
};
