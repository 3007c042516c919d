// An app that got at the host's functions, as if the platform had a hole: ForgedCallsTest leaves it in `globalThis.host`.
import { DurableObject } from "cloudflare:workers";

const { host } = globalThis;

/** Numbers, texts and objects that no honest platform passes. */
function values() {
  const bytes = new ArrayBuffer(8);
  const shared = [1, -1, 2, 3, 99_999, -99_999, 0, 2 ** 31 - 1, -(2 ** 31)];
  const trap = new Proxy([], { get() { throw new Error("trap"); } });
  return [
    undefined, null, true, 0, -0, 1, 2, 3, 4, 5, 17, -1, -2, 99_999, -99_999, 2 ** 31 - 1, -(2 ** 31), 2 ** 53, 1e300, NaN, Infinity, 0.5, 5n,
    "", "x", "__proto__", "../../x", "\u0000", "\ud800", "a".repeat(300), "{}", "[", '{"modules":[["a.js","js"]],"mainModule":"a.js"}', "0".repeat(64),
    Symbol("s"), () => 1, {}, { length: 2 ** 31 }, { length: -1 }, { length: 5, get 0() { throw new Error("getter"); } }, [], [1], [-1], shared, ["x", "y"], [[], {}],
    Array(50_000).fill(1), trap, bytes, new ArrayBuffer(0), new ArrayBuffer(100_000), new Uint8Array([255, 15, 96, 0]).buffer, new Uint8Array(3), new Date(), /x/, new Map(),
  ];
}

/** Deterministic, so that a failure can be had again. */
function random(seed) {
  let state = seed >>> 0 || 1;
  return (n) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % n;
  };
}

export class Facet extends DurableObject {
  /** Calls each of some host functions with forged arguments; answers what it was told. */
  forge(seed, rounds, skip) {
    const pick = random(seed);
    const all = values();
    const names = Object.getOwnPropertyNames(host).filter((name) => !skip.includes(name)).sort();
    const told = (this.told = new Set());
    for (let i = 0; i < rounds; i++) {
      const name = names[pick(names.length)];
      const args = Array.from({ length: pick(9) }, () => all[pick(all.length)]);
      try {
        host[name](...args);
      } catch (error) {
        told.add(name + ": " + String(error?.message));
      }
    }
    return [...told];
  }

  /** Tries every small number for what it may stand for, and tells what it got hold of. */
  grope() {
    const found = [];
    for (let handle = 1; handle < 2_000; handle++) {
      for (const [name, ...args] of [["objectId", handle, 0, "victim"], ["objectStub", handle, "0".repeat(64), "victim"], ["load", handle, "x", 1], ["entrypoint", handle, "Vault"], ["actorClass", handle, "Vault"]]) {
        try {
          host[name](...args);
          found.push(name + " " + handle);
        } catch {}
      }
    }
    return found;
  }

  /** How many different refusals the last forgery met; its own answer may be forged, too. */
  refusals() {
    return this.told?.size ?? 0;
  }

  /** Begins what never ends. */
  holdBack() {
    host.savepoint(0);
  }

  /** Ends what never began. */
  endNothing(operation) {
    host.savepoint(operation);
  }

  /** Calls one host function again and again; the ids are nobody's. */
  flood(name, times, ...args) {
    for (let i = 0; i < times; i++) host[name](...args);
    return "flooded";
  }

  /** Hands the same bytes to ever more compressors, and takes nothing. */
  packUnread(size) {
    const bytes = new ArrayBuffer(size);
    for (let i = 0; i < 20; i++) host.codecWrite(host.codecOpen(0, 0), bytes, false);
    return "unread";
  }

  ping() {
    return "pong";
  }
}

export class Vault extends DurableObject {
  put(secret) {
    this.ctx.storage.kv.put("secret", secret);
  }

  get() {
    return this.ctx.storage.kv.get("secret");
  }

  /** The forging facet, whose code has no bindings at all. */
  facet(source, method, ...args) {
    return this.facetWithin(5_000, source, method, ...args);
  }

  facetWithin(millis, source, method, ...args) {
    const forger = this.ctx.facets.get("forger", () => ({ class: this.env.LOADER.get("forger", () => ({
      compatibilityDate: "2026-08-01", mainModule: "worker.js", modules: { "worker.js": source }, env: {}, globalOutbound: null,
    })).getDurableObjectClass("Facet") }));
    return this.#within(millis, forger[method](...args));
  }

  /** A forger may hold its own answers back for ever; then its life ends. */
  async #within(millis, answer) {
    let timer;
    const late = new Promise((resolve, reject) => {
      timer = setTimeout(() => reject(new Error("no answer")), millis);
    });
    try {
      return await Promise.race([answer, late]);
    } catch (error) {
      if (error.message === "no answer") this.again();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  again() {
    this.ctx.facets.abort("forger", new Error("again"));
  }
}

export default {
  async fetch(request, env) {
    const { object, method, args } = await request.json();
    try {
      return Response.json({ result: (await env.VAULT.getByName(object)[method](...args)) ?? null });
    } catch (error) {
      return Response.json({ error: error.name + ": " + error.message });
    }
  },
};
