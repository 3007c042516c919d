// Counters by name: GET /{name} reads one, POST /{name} increments it, by ?by=N.
import { DurableObject } from "cloudflare:workers";

export class Counter extends DurableObject {
  async increment(by = 1) {
    if (!Number.isSafeInteger(by)) throw new RangeError("by must be a whole number");
    const value = ((await this.ctx.storage.get("value")) ?? 0) + by;
    await this.ctx.storage.put("value", value);
    return value;
  }

  async get() {
    return (await this.ctx.storage.get("value")) ?? 0;
  }
}

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    const id = env.COUNTERS.idFromName(url.pathname.slice(1));
    const counter = env.COUNTERS.get(id);
    try {
      if (request.method === "POST") {
        return Response.json({ value: await counter.increment(Number(url.searchParams.get("by") ?? 1)) });
      }
      return Response.json({ value: await counter.get() });
    } catch (error) {
      return Response.json({ error: error.name + ": " + error.message }, { status: 400 });
    }
  },
};
