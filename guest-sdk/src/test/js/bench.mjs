/**
 * Several guests, wired to each other by a host that is JavaScript: the same tables of capabilities, events and effects as
 * the engine has. What a guest sends leaves it in order, after its turn.
 */

import { createHash } from "node:crypto";
import { Guest } from "./harness.mjs";

/** Anything that a guest may hold. */
class Capability {
  refs = 1;

  retain() {
    this.refs++;
    return this;
  }

  release() {
    if (--this.refs === 0) this.ended?.();
  }
}

/** What a guest answers for: its own instance, an entrypoint, or what it exported. */
class Stub extends Capability {
  constructor(guest, recipient, ended) {
    super();
    Object.assign(this, { guest, recipient, ended });
  }

  async call(path, payload) {
    const live = await this.guest();
    return live.event("call", (to) => [to(this.recipient), path, payload?.bytes, payload && live.hold(payload.caps)]);
  }

  async fetch(method, url, headers, body) {
    const live = await this.guest();
    return live.event("fetch", (to) => [to(this.recipient), method, url, headers, body]);
  }
}

class Namespace extends Capability {
  constructor(bench, className, start) {
    super();
    Object.assign(this, { bench, className, start });
  }
}

class ActorClass extends Capability {
  constructor(start) {
    super();
    this.start = start;
  }
}

class Worker extends Capability {
  /** @param {() => Promise<{source, env, flags}>} code */
  constructor(bench, code) {
    super();
    let loaded;
    this.code = () => (loaded ??= code());
    this.bench = bench;
  }

  entrypoint(name, props) {
    return new Stub(() => (this.running ??= this.code().then((code) => this.bench.start(code, { stateless: true }))), [name, props]);
  }

  actorClass(name, props) {
    return new ActorClass(async (options) => this.bench.start(await this.code(), { className: name ?? "default", props, ...options }));
  }
}

/** One guest in the bench: its table of handles, and the events it has yet to answer. */
class Live {
  handles = new Map();
  facets = new Map();
  waiting = new Map();
  dropped = [];
  #lastHandle = 0;
  #lastEvent = 0;

  hold(caps) {
    return caps.map((cap) => {
      this.handles.set(++this.#lastHandle, cap);
      return this.#lastHandle;
    });
  }

  get(handle, kind) {
    const cap = this.handles.get(handle);
    if (!(cap instanceof (kind ?? Capability))) throw new Error(`handle ${handle} is no ${kind?.name}`);
    return cap;
  }

  payload(bytes, caps) {
    return bytes === undefined ? undefined : { bytes, caps: (caps ?? []).map((cap) => (cap < 0 ? this.exported(-cap) : this.get(cap).retain())) };
  }

  exported(number) {
    return new Stub(async () => this, number, () => this.later(() => this.dispatch("released", number, 1)));
  }

  later(effect) {
    setImmediate(effect);
  }

  dispatch(name, ...args) {
    if (this.dead) throw this.dead;
    this.guest.call(name, ...args.map((arg) => (Array.isArray(arg) ? this.guest.give(arg) : arg)));
  }

  event(name, args) {
    const id = ++this.#lastEvent;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.later(() => {
        try {
          const given = args((recipient) => (Array.isArray(recipient)
            ? [recipient[0], recipient[1]?.bytes, this.hold((recipient[1]?.caps ?? []).map((cap) => cap.retain()))] : recipient));
          this.dispatch(name, id, ...given);
        } catch (error) {
          this.waiting.get(id)?.reject(error);
        }
      });
    });
  }

  settle(id, how, value) {
    const event = this.waiting.get(id);
    this.waiting.delete(id);
    event?.[how](value);
  }

  /** Answers a call of the guest's own when the promise has settled. */
  answer(id, promise, name, parts) {
    promise.then(
      (value) => this.later(() => this.dispatch(name, id, ...parts(value))),
      (error) => this.later(() => this.dispatch("failed", id, error.name, error.message, error.stack ?? "", error.properties,
        (error.local ? 0 : 1) | (error.reset ? 2 : 0), "")),
    );
  }

  fail(error) {
    this.dead = error;
    for (const id of [...this.waiting.keys()]) this.settle(id, "reject", error);
  }
}

export class Bench {
  guests = [];
  objects = new Map();

  /** A worker's code: `{source, modules, env(live) -> binding triples, flags}`; its own classes have namespaces. */
  main(source, { namespaces = [], loader = false, flags = [], services = {} } = {}) {
    const worker = new Worker(this, async () => code);
    const code = {
      source,
      flags,
      bindings: (live) => [
        ...namespaces.map((className) => [className.toUpperCase(), "namespace", live.hold([this.namespace(worker, className)])[0]]),
        ...(loader ? [["LOADER", "loader", live.hold([new Capability()])[0]]] : []),
        ...Object.entries(services).map(([name, [entry, props]]) => [name, "service", live.hold([worker.entrypoint(entry, props)])[0]]),
      ],
      namespaces: (live) => namespaces.map((className) => [className, live.hold([this.namespace(worker, className)])[0]]),
      worker,
    };
    return worker;
  }

  namespace(worker, className) {
    return new Namespace(this, className, (id, name) => {
      const key = `${className} ${id}`;
      return new Stub(() => this.#object(key, () => worker.actorClass(className, undefined).start({ id, name })));
    });
  }

  /** A stub keeps the life it first met: one that ended stays broken. */
  #object(key, start) {
    let life = this.objects.get(key);
    if (life === undefined) {
      life = start();
      this.objects.set(key, life);
      life.then((live) => { live.gone = () => this.objects.delete(key); }, () => this.objects.delete(key));
    }
    return life;
  }

  async start(code, { className, stateless = false, id = "ab".repeat(32), name, props, idText } = {}) {
    const live = new Live();
    live.worker = code.worker;
    await Guest.boot(code.source, {
      modules: code.modules ?? {},
      outside: (guest) => {
        live.guest = guest;
        return this.#functions(live);
      },
      environment: () => ({
        bindings: code.bindings?.(live) ?? [],
        namespaces: code.namespaces?.(live) ?? [],
        flags: code.flags ?? [],
        ...(code.env ? { envBytes: code.env.bytes, envCaps: live.hold(code.env.caps.map((cap) => cap.retain())) } : {}),
      }),
    });
    this.guests.push(live);
    const options = {
      className, id, name, idText, stateless,
      ...(props ? { propsBytes: props.bytes, propsCaps: live.hold(props.caps.map((cap) => cap.retain())) } : {}),
    };
    live.guest.call("start", live.guest.namespace, live.guest.give(Object.fromEntries(Object.entries(options).filter(([, v]) => v !== undefined))));
    return live;
  }

  #functions(live) {
    const hex = (text) => createHash("sha256").update(text).digest("hex");
    return {
      reply: (id, status, statusText, headers, body) => live.settle(id, "resolve", { status, statusText, headers, body }),
      fail: (id, name, message, stack, properties) => live.settle(id, "reject", Object.assign(new Error(message), { name, stack, properties, remote: true })),
      answer: (id, bytes, caps) => live.settle(id, "resolve", live.payload(bytes, caps)),
      abort: (name, message) => {
        const error = Object.assign(new Error(message), { name, local: true, reset: true });
        live.gone?.();
        live.fail(error);
        throw new Error("aborted");
      },
      call: (id, handle, path, bytes, caps) => {
        const target = live.get(handle);
        const payload = live.payload(bytes, caps);
        live.answer(id, target.call(path, payload), "answered", (answer) => [answer.bytes, live.hold(answer.caps)]);
      },
      subrequest: (id, handle, method, url, headers, body) => {
        live.answer(id, live.get(handle).fetch(method, url, headers, body), "replied",
          (reply) => [reply.status, reply.statusText, reply.headers, reply.body, 0]);
      },
      cancelCall: () => {},
      drop: (handle) => {
        live.get(handle).release();
        live.handles.delete(handle);
        live.dropped.push(handle);
      },
      objectId: (handle, mode, text) => {
        const namespace = live.get(handle, Namespace);
        if (mode === 0) return hex(`${namespace.className}/${text}`);
        if (mode === 1) return hex(`${Math.random()}`);
        if (!/^[0-9a-f]{64}$/i.test(text)) throw new TypeError("Invalid Durable Object ID: must be 64 hex digits");
        return text.toLowerCase();
      },
      objectStub: (handle, id, name) => live.hold([live.get(handle, Namespace).start(id, name)])[0],
      facet: (name, callback) => live.hold([new Stub(() => this.#facet(live, name, callback))])[0],
      facetAbort: (name, errorName, message, stack, properties) => this.#endFacet(live, name, { name: errorName, message, stack, properties, local: true }),
      facetDelete: (name) => this.#endFacet(live, name, { name: "Error", message: "Facet was deleted.", local: true }),
      facetClone: () => {},
      facetList: (id) => live.answer(id, Promise.resolve(JSON.stringify([...live.facets.keys()])), "answered", (text) => [text, []]),
      facetStat: (id, name) => live.answer(id, Promise.resolve(live.facets.has(name) ? '{"running":true}' : "null"), "answered", (text) => [text, []]),
      facetStarted: (id, handle, idText) => live.settle(id, "resolve", { start: live.get(handle, ActorClass).start, idText }),
      load: (handle, name, callback) => {
        live.get(handle);
        const worker = new Worker(this, async () => ({ ...await live.event("loadCode", () => [callback]), worker }));
        return live.hold([worker])[0];
      },
      code: (id, json, contents, bytes, caps, outbound, tails) => {
        const { mainModule, modules, ...rest } = JSON.parse(json);
        const named = Object.fromEntries(modules.map(([name, type], i) => [name, type === "text" ? `export default ${JSON.stringify(contents[i])};` : contents[i]]));
        const source = named[mainModule];
        delete named[mainModule];
        live.settle(id, "resolve", { source, modules: named, env: live.payload(bytes, caps), outbound, tails, ...rest });
      },
      entrypoint: (handle, name, bytes, caps, limits) => live.hold([(handle ? live.get(handle, Worker) : live.worker).entrypoint(name, live.payload(bytes, caps), limits)])[0],
      actorClass: (handle, name, bytes, caps) => live.hold([(handle ? live.get(handle, Worker) : live.worker).actorClass(name, live.payload(bytes, caps))])[0],
    };
  }

  #facet(parent, name, callback) {
    let life = parent.facets.get(name);
    if (life === undefined) {
      life = parent.event("startFacet", () => [callback, name])
        .then(({ start, idText }) => start({ idText }))
        .catch((error) => {
          parent.facets.delete(name);
          throw Object.assign(error, { local: true });
        });
      parent.facets.set(name, life);
    }
    return life;
  }

  async #endFacet(parent, name, error) {
    const life = parent.facets.get(name);
    parent.facets.delete(name);
    (await life)?.fail(Object.assign(new Error(error.message), error));
  }

  /** Due timers fire until nothing more happens, or the promise settles. */
  async until(promise) {
    let over = false;
    const settled = promise.finally(() => { over = true; });
    settled.catch(() => {});
    for (let round = 0; !over && round < 2000; round++) {
      await new Promise((resolve) => setImmediate(resolve));
      for (const live of this.guests) {
        for (const [id, delay] of live.dead ? [] : live.guest.timers) {
          if (delay < 1000) {
            try { live.guest.fireTimer(id); } catch { /* the fake abort throws */ }
          }
        }
      }
    }
    if (!over) throw new Error("nothing answers");
    return settled;
  }
}

/**
 * What `run(env, ctx)` of a worker answers, as JSON.
 *
 * @param {string} source of the module; `run` is exported by it
 */
export async function answerOf(source, options = {}) {
  const bench = new Bench();
  const worker = bench.main(`import * as cw from "cloudflare:workers";
    import { DurableObject, RpcStub, RpcTarget, WorkerEntrypoint } from "cloudflare:workers";
    const told = async (f) => { try { const r = await f(); return r === undefined ? "undefined" : r; }
      catch (e) { return [e instanceof Error || e instanceof DOMException ? e.name + ": " + e.message : e, Object.fromEntries(Object.entries(e).filter(([k]) => !["code", "name", "message", "stack"].includes(k)))]; } };
    ${source}
    export default { async fetch(request, env, ctx) { return Response.json(await run(env, ctx) ?? null); } };`, options);
  const reply = await bench.until(worker.entrypoint(undefined, undefined).fetch("GET", "http://a/", [], null));
  return { value: JSON.parse(reply.body), bench };
}
