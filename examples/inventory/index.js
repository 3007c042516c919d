// A flash sale: PUT /{item}?stock=N fills the shelf, POST /{item}?quantity=N buys, GET /{item} tells what is left.
// However many buy at once, no piece is sold twice: between one storage operation and the next nobody else gets in.
import { DurableObject } from "cloudflare:workers";

export class Inventory extends DurableObject {
  async restock(quantity) {
    const stock = ((await this.ctx.storage.get("stock")) ?? 0) + quantity;
    await this.ctx.storage.put("stock", stock);
    return stock;
  }

  async buy(quantity) {
    const stock = (await this.ctx.storage.get("stock")) ?? 0;
    if (stock < quantity) return { sold: false, stock };
    const sold = (await this.ctx.storage.get("sold")) ?? 0;
    await this.ctx.storage.put({ stock: stock - quantity, sold: sold + quantity });
    return { sold: true, stock: stock - quantity };
  }

  async status() {
    const values = await this.ctx.storage.get(["stock", "sold"]);
    return { stock: values.get("stock") ?? 0, sold: values.get("sold") ?? 0 };
  }
}

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    const inventory = env.INVENTORY.getByName(url.pathname);
    if (request.method === "PUT") {
      return Response.json({ stock: await inventory.restock(Number(url.searchParams.get("stock"))) });
    }
    if (request.method === "POST") {
      const result = await inventory.buy(Number(url.searchParams.get("quantity") ?? 1));
      return Response.json(result, { status: result.sold ? 200 : 409 });
    }
    return Response.json(await inventory.status());
  },
};
