import { DurableObject } from "cloudflare:workers";
import { AutoRouter, error, status } from "itty-router";

/** A shelf of values, with the router inside of the object. */
export class Shelf extends DurableObject {
  #router = AutoRouter()
    .get("/:shelf", () => Object.fromEntries(this.ctx.storage.kv.list()))
    .get("/:shelf/:key", ({ key }) => this.ctx.storage.kv.get(key) ?? error(404, "no such key"))
    .put("/:shelf/:key", async (request) => {
      this.ctx.storage.kv.put(request.key, await request.json());
      return status(204);
    })
    .delete("/:shelf/:key", ({ key }) => status(this.ctx.storage.kv.delete(key) ? 204 : 404));

  fetch(request) {
    return this.#router.fetch(request);
  }
}

export default {
  fetch(request, env) {
    const [, shelf] = new URL(request.url).pathname.split("/");
    return env.SHELF.getByName(shelf).fetch(request);
  },
};
