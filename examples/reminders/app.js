// Reminders: `POST /?in=SECONDS` with a text, `GET /` lists them. A facet has one alarm: it is set to the reminder that is due next.
import { DurableObject } from "cloudflare:workers";

export class App extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    this.sql.exec("CREATE TABLE IF NOT EXISTS reminders (id INTEGER PRIMARY KEY, due INTEGER, text TEXT, rung INTEGER)");
  }

  async fetch(request) {
    if (request.method === "POST") {
      const seconds = Number(new URL(request.url).searchParams.get("in"));
      this.sql.exec("INSERT INTO reminders (due, text) VALUES (?, ?)", Date.now() + 1000 * seconds, await request.text());
      await this.wakeForNext();
    }
    return Response.json(this.sql.exec("SELECT text, due, rung FROM reminders ORDER BY due").toArray());
  }

  async alarm() {
    this.sql.exec("UPDATE reminders SET rung = ?1 WHERE rung IS NULL AND due <= ?1", Date.now());
    await this.wakeForNext();
  }

  async wakeForNext() {
    const { next } = this.sql.exec("SELECT min(due) AS next FROM reminders WHERE rung IS NULL").one();
    if (next !== null) await this.ctx.storage.setAlarm(next);
  }
}
