// To-do lists by name: POST /{list} {"title", "dueIn"} adds, GET /{list} lists, POST /{list}/{id} {"done"} changes,
// DELETE /{list}/{id} removes. What is due and not done is marked by the object's alarm.
import { DurableObject } from "cloudflare:workers";

export class TodoList extends DurableObject {
  async add(title, dueIn) {
    const { kv } = this.ctx.storage;
    const item = this.ctx.storage.transactionSync(() => {
      const id = (kv.get("last id") ?? 0) + 1;
      kv.put("last id", id);
      if (typeof title !== "string" || title.trim() === "") throw new TypeError("A to-do needs a title.");
      const added = { id, title, done: false, ...(dueIn !== undefined && { due: Date.now() + dueIn }) };
      kv.put(this.#key(id), added);
      return added;
    });
    await this.#schedule();
    return { id: item.id };
  }

  all() {
    return Array.from(this.ctx.storage.kv.list({ prefix: "item:" }), ([, { id, title, done, overdue }]) => ({ id, title, done, overdue: overdue ?? false }));
  }

  async change(id, done) {
    const item = this.ctx.storage.kv.get(this.#key(id));
    if (!item) return false;
    this.ctx.storage.kv.put(this.#key(id), { ...item, done });
    await this.#schedule();
    return true;
  }

  async remove(id) {
    const removed = this.ctx.storage.kv.delete(this.#key(id));
    await this.#schedule();
    return removed;
  }

  async nextAlarm() {
    return this.ctx.storage.getAlarm();
  }

  async alarm() {
    const now = Date.now();
    this.ctx.storage.transactionSync(() => {
      for (const [key, item] of [...this.ctx.storage.kv.list({ prefix: "item:" })]) {
        if (!item.done && item.due <= now) this.ctx.storage.kv.put(key, { ...item, overdue: true });
      }
    });
    await this.#schedule();
  }

  /** An object has one alarm: it is set to what is due next. */
  async #schedule() {
    const waiting = [...this.ctx.storage.kv.list({ prefix: "item:" })]
      .map(([, item]) => item)
      .filter((item) => item.due !== undefined && !item.done && !item.overdue)
      .map((item) => item.due);
    if (waiting.length === 0) await this.ctx.storage.deleteAlarm();
    else await this.ctx.storage.setAlarm(Math.min(...waiting));
  }

  /** Ids are padded, so that the order of the keys is the order of the ids. */
  #key(id) {
    return "item:" + String(id).padStart(12, "0");
  }
}

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    const [, name, id] = url.pathname.split("/");
    const list = env.TODO.getByName(name);
    try {
      if (id === "alarm") return Response.json({ alarm: await list.nextAlarm() });
      if (request.method === "POST" && id) {
        return new Response(null, { status: (await list.change(Number(id), (await request.json()).done)) ? 204 : 404 });
      }
      if (request.method === "POST") {
        const { title, dueIn } = await request.json();
        return Response.json(await list.add(title, dueIn), { status: 201 });
      }
      if (request.method === "DELETE") return new Response(null, { status: (await list.remove(Number(id))) ? 204 : 404 });
      return Response.json(await list.all());
    } catch (error) {
      return Response.json({ error: error.name + ": " + error.message }, { status: 400 });
    }
  },
};
