// Every prototype is poisoned; what is stored, signed and answered is right all the same.
for (const prototype of [Object.prototype, Array.prototype, Function.prototype, String.prototype, Promise.prototype, Uint8Array.prototype, Map.prototype]) {
  for (const name of ["get", "set", "value", "0", "1", "type", "name", "done", "bytes"]) {
    try {
      Object.defineProperty(prototype, name, { set() { globalThis.leaked = true; }, get() { return undefined; }, configurable: true });
    } catch {}
  }
}
for (const name of ["push", "map", "forEach", "join", "slice", "indexOf", "concat"]) Array.prototype[name] = () => { globalThis.leaked = true; };
for (const name of ["slice", "indexOf", "trim", "toLowerCase", "split", "concat"]) String.prototype[name] = () => "poison";
Map.prototype.has = Map.prototype.set = () => { globalThis.leaked = true; };

export class App {
  #storage;

  constructor(ctx) {
    this.#storage = ctx.storage;
  }

  async fetch(request) {
    const form = new FormData();
    form.append("a", "1");
    form.append("f", new File(["bytes"], "n.txt"));
    const back = await new Response(form).formData();
    this.#storage.kv.put("k", { a: [1, "x"] });
    const stored = this.#storage.kv.get("k");
    return new Response(back.get("a") + " " + (await back.get("f").text()) + " " + stored.a[1] + " " + (globalThis.leaked ?? "kept"));
  }
}
