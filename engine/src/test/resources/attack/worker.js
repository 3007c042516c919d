// A supervisor of apps that mean harm; AttackTest brings them.
import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";

const PRELUDE = 'import { DurableObject, RpcTarget, WorkerEntrypoint, env } from "cloudflare:workers";\n';

/** What a supervisor lends to apps. */
export class Lent extends WorkerEntrypoint {
  echo(value) {
    return value;
  }

  call(f, ...args) {
    return f(...args);
  }

  async ping() {
    return "pong";
  }

  /** The object that lent it. */
  again(method, ...args) {
    return this.env.SUPERVISOR.getByName(this.ctx.props.object)[method](...args);
  }
}

export class Supervisor extends DurableObject {
  #code(source) {
    return {
      compatibilityDate: "2026-08-01", mainModule: "app.js", modules: { "app.js": PRELUDE + source }, globalOutbound: null,
      env: { lent: this.ctx.exports.Lent({ props: { object: this.ctx.id.name } }) },
    };
  }

  /** Kept durably, so that an answer proves that a turn went through. */
  ping() {
    const n = (this.ctx.storage.kv.get("pings") ?? 0) + 1;
    this.ctx.storage.kv.put("pings", n);
    return n;
  }

  #app(name, source) {
    return this.ctx.facets.get(name, () => ({ class: this.env.LOADER.get(null, () => this.#code(source)).getDurableObjectClass("App") }));
  }

  /** Calls a method of the class `App` in `source`, as the facet `name`. */
  app(name, source, method, ...args) {
    return this.#app(name, source)[method](...args);
  }

  read(name, source, property) {
    return this.#app(name, source)[property];
  }

  async fetchApp(name, source, path) {
    return (await this.#app(name, source).fetch("http://app" + path)).text();
  }

  /** Calls what the app's method answers. */
  async callReturned(name, source, method) {
    const f = await this.#app(name, source)[method]();
    return f();
  }

  async disposeReturned(name, source, method) {
    const target = await this.#app(name, source)[method]();
    target[Symbol.dispose]();
  }

  /** Calls a method of the default entrypoint in `source`. */
  worker(source, method, ...args) {
    return this.env.LOADER.load(this.#code(source)).getEntrypoint()[method](...args);
  }

  drop(name) {
    this.ctx.facets.delete(name);
  }

  /** Loads as many workers, each of other code, and asks each once. */
  async loads(count) {
    let answered = 0;
    for (let i = 0; i < count; i += 20) {
      const some = Array.from({ length: Math.min(20, count - i) }, (_, j) =>
        this.worker(`export default class extends WorkerEntrypoint { n() { return ${i + j} } }`, "n").then(() => answered++, () => {}));
      await Promise.all(some);
    }
    return answered;
  }

  /** As many facets at once, all of one source. */
  async crowd(count, source, method) {
    const code = this.#code(source);
    const worker = this.env.LOADER.load(code);
    const calls = Array.from({ length: count }, (_, i) =>
      this.ctx.facets.get("crowd " + i, () => ({ class: worker.getDurableObjectClass("App") }))[method](i).then(() => 1, () => 0));
    return (await Promise.all(calls)).reduce((sum, one) => sum + one, 0);
  }

  /** Aborts a facet as fast as it is called. */
  async aborts(count, source, method) {
    const outcomes = {};
    for (let i = 0; i < count; i++) {
      const call = this.#app("aborted", source)[method]().then(() => "answered", (error) => error.message);
      if (i % 2) this.ctx.facets.abort("aborted", new Error("storm"));
      const outcome = await call;
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
    return outcomes;
  }

  bounce(depth) {
    return this.env.SUPERVISOR.getByName(this.ctx.id.name === "bounce a" ? "bounce b" : "bounce a").bounce(depth + 1);
  }
}

export default {
  async fetch(request, env) {
    const { object, method, args } = await request.json();
    try {
      return Response.json({ result: (await env.SUPERVISOR.getByName(object)[method](...args)) ?? null });
    } catch (error) {
      return Response.json({ error: error.name + ": " + error.message });
    }
  },
};
