// Logs by name: POST /{log} appends the body, GET /{log}?after=ID&limit=N reads on, GET /{log}/{id} reads one message.
import { DurableObject } from "cloudflare:workers";

export class MessageLog extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    ctx.blockConcurrencyWhile(async () => {
      this.sql.exec("CREATE TABLE IF NOT EXISTS messages (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL, at INTEGER NOT NULL)");
    });
  }

  append(text) {
    return this.sql.exec("INSERT INTO messages (text, at) VALUES (?, ?) RETURNING id", text, Date.now()).one().id;
  }

  message(id) {
    return this.sql.exec("SELECT id, text FROM messages WHERE id = ?", id).one();
  }

  messages(after, limit) {
    const all = [];
    for (const { id, text } of this.sql.exec("SELECT id, text FROM messages WHERE id > ? ORDER BY id LIMIT ?", after, limit)) {
      all.push({ id, text });
    }
    return all;
  }
}

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    const [, name, id] = url.pathname.split("/");
    const log = env.LOGS.getByName(name);
    try {
      if (request.method === "POST") return Response.json({ id: await log.append(await request.text()) }, { status: 201 });
      if (id) return Response.json(await log.message(Number(id)));
      return Response.json(await log.messages(Number(url.searchParams.get("after") ?? 0), Number(url.searchParams.get("limit") ?? 100)));
    } catch (error) {
      return Response.json({ error: error.message }, { status: 404 });
    }
  },
};
