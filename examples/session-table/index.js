// Sessions of users: POST / {"user", "ttl"} opens one, GET /?token=T finds it, DELETE /?token=T ends it, GET /?user=U lists a user's.
import { DurableObject } from "cloudflare:workers";

export class Sessions extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    this.sql.exec(`
      CREATE TABLE IF NOT EXISTS users (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE
      );
      CREATE TABLE IF NOT EXISTS sessions (
        token TEXT PRIMARY KEY,
        user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        data TEXT NOT NULL DEFAULT '{}',
        expires_at INTEGER NOT NULL
      );
      CREATE INDEX IF NOT EXISTS sessions_by_user ON sessions (user_id);
      CREATE INDEX IF NOT EXISTS sessions_by_expiry ON sessions (expires_at);
    `);
  }

  open(user, ttl, data = {}) {
    const token = crypto.randomUUID();
    this.ctx.storage.transactionSync(() => {
      this.sql.exec("INSERT INTO users (name) VALUES (?) ON CONFLICT (name) DO NOTHING", user);
      this.sql.exec(
        "INSERT INTO sessions (token, user_id, data, expires_at) SELECT ?, id, ?, ? FROM users WHERE name = ?",
        token, JSON.stringify(data), Date.now() + ttl, user,
      );
    });
    return { token };
  }

  find(token) {
    const rows = this.sql
      .exec(
        `SELECT u.name AS user, s.data FROM sessions s JOIN users u ON u.id = s.user_id
         WHERE s.token = ? AND s.expires_at > ?`,
        token, Date.now(),
      )
      .toArray();
    return rows.length === 0 ? null : { user: rows[0].user, data: JSON.parse(rows[0].data) };
  }

  /** Deletes what has expired, too. */
  close(token) {
    return this.sql.exec("DELETE FROM sessions WHERE token = ? OR expires_at <= ?", token, Date.now()).rowsWritten > 0;
  }

  ofUser(user) {
    const cursor = this.sql.exec(
      "SELECT count(*) FROM sessions WHERE user_id = (SELECT id FROM users WHERE name = ?) AND expires_at > ?",
      user, Date.now(),
    );
    return { user, sessions: cursor.raw().next().value[0] };
  }
}

export default {
  async fetch(request, env) {
    const params = new URL(request.url).searchParams;
    const sessions = env.SESSIONS.getByName("all");
    const token = params.get("token");
    if (request.method === "POST") {
      const { user, ttl = 60_000, data } = await request.json();
      return Response.json(await sessions.open(user, ttl, data), { status: 201 });
    }
    if (request.method === "DELETE") return new Response(null, { status: (await sessions.close(token)) ? 204 : 404 });
    if (params.has("user")) return Response.json(await sessions.ofUser(params.get("user")));
    const session = await sessions.find(token);
    return session ? Response.json(session) : new Response(null, { status: 404 });
  },
};
