// What agents remember: POST /{user}/{agent} with {"topic", "text"} stores, GET /{user}/{agent}?topic=T recalls.
// A user is an object, each of the user's agents a facet of it, with a database of its own.
import { DurableObject } from "cloudflare:workers";

/** The memory of one agent. */
export class AgentMemory {
  constructor(state, env) {
    this.sql = state.storage.sql;
    this.sql.exec(`CREATE TABLE IF NOT EXISTS memories (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      topic TEXT NOT NULL,
      text TEXT NOT NULL,
      created_at INTEGER DEFAULT (unixepoch())
    )`);
  }

  store(topic, text) {
    this.sql.exec("INSERT INTO memories (topic, text) VALUES (?, ?)", topic, text);
    return this.sql.exec("SELECT count(*) AS count FROM memories").one().count;
  }

  recall(topic, limit = 10) {
    return this.sql
      .exec("SELECT text FROM memories WHERE topic = ? ORDER BY id DESC LIMIT ?", topic, limit)
      .toArray()
      .map((row) => row.text);
  }
}

export class Agents extends DurableObject {
  #memory(agent) {
    return this.ctx.facets.get(agent, () => ({ class: this.ctx.exports.AgentMemory }));
  }

  async store(agent, topic, text) {
    return this.#memory(agent).store(topic, text);
  }

  async recall(agent, topic) {
    return this.#memory(agent).recall(topic);
  }

  async forget(agent) {
    this.ctx.facets.delete(agent);
  }
}

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    const [, user, agent] = url.pathname.split("/");
    if (!user || !agent) return new Response("Try /{user}/{agent}\n", { status: 404 });
    const agents = env.AGENTS.getByName(user);
    if (request.method === "POST") {
      const { topic, text } = await request.json();
      return Response.json({ count: await agents.store(agent, topic, text) }, { status: 201 });
    }
    if (request.method === "DELETE") {
      await agents.forget(agent);
      return new Response(null, { status: 204 });
    }
    return Response.json(await agents.recall(agent, url.searchParams.get("topic")));
  },
};
