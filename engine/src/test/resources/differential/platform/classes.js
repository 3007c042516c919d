// The classes of the project that programs talk to.
import { DurableObject, RpcTarget, WorkerEntrypoint } from "cloudflare:workers";

/** A counter that is passed by reference. */
export class Counter extends RpcTarget {
  #n;
  #onDispose;
  own = "own";

  constructor(n = 0, onDispose = () => {}) {
    super();
    this.#n = n;
    this.#onDispose = onDispose;
  }

  get value() {
    return this.#n;
  }

  add(n = 1) {
    return (this.#n += n);
  }

  fork() {
    return new Counter(this.#n);
  }

  [Symbol.dispose]() {
    this.#onDispose();
  }
}

/** What objects, facets and entrypoints have in common. */
const common = (Base) => class extends Base {
  n = 0;
  field = () => "a field";

  get size() {
    return 42;
  }

  get nothing() {
    return undefined;
  }

  get broken() {
    throw new RangeError("getter");
  }

  get tree() {
    return { a: { b: { c: "leaf" } }, list: [1, 2, 3], f: (x) => x + 1, add(x, y) { return x + y; } };
  }

  inc(by = 1) {
    return (this.n += by);
  }

  echo(...values) {
    return values.length === 1 ? values[0] : values;
  }

  count(...values) {
    return values.length;
  }

  kinds(...values) {
    return values.map((value) => [typeof value, Object.prototype.toString.call(value)]);
  }

  nop() {}

  async later(value, ms = 5) {
    await new Promise((done) => setTimeout(done, ms));
    return value;
  }

  fail(name, message, props) {
    const error = new (globalThis[name] ?? Error)(message);
    throw Object.assign(error, props);
  }

  throwValue(value) {
    throw value;
  }

  throwFunction() {
    throw () => 1;
  }

  async failLater(message) {
    await new Promise((done) => setTimeout(done, 5));
    throw new TypeError(message);
  }

  throwCustom() {
    class CustomError extends RangeError {
      constructor(message) {
        super(message);
        this.name = "CustomError";
        this.code = "E_CUSTOM";
        this.details = { list: [1, 2], date: new Date(0) };
      }
    }
    throw new CustomError("custom");
  }

  throwCause() {
    throw new Error("outer", { cause: new TypeError("inner") });
  }

  counter(n) {
    return new Counter(n);
  }

  adder(n) {
    return (x) => x + n;
  }

  makeInstance() {
    return new (class Foo {
      a = 1;
    })();
  }

  /** Calls what it was given. */
  call(f, ...args) {
    return f(...args);
  }

  async callTwice(f, x) {
    return [await f(x), await f(x)];
  }

  async read(target) {
    return [await target.value, await target.add(5), await target.value];
  }

  /** Keeps a stub beyond the call. */
  keep(stub) {
    this.kept?.[Symbol.dispose]?.();
    this.kept = stub.dup();
  }

  useKept(...args) {
    return this.kept(...args);
  }

  _underscore() {
    return "underscore";
  }

  $dollar() {
    return "dollar";
  }
};

export class Thing extends common(DurableObject) {
  constructor(ctx, env) {
    super(ctx, env);
    const mood = ctx.id.name?.split("|").at(-1);
    if (mood === "throws") throw new TypeError("constructor");
    if (mood === "throws once" && !ctx.storage.kv.get("tried")) {
      ctx.storage.kv.put("tried", true);
      ctx.storage.sync();
      ctx.blockConcurrencyWhile(async () => {
        await ctx.storage.sync();
        throw new RangeError("not yet");
      });
    }
    if (mood === "waits") ctx.blockConcurrencyWhile(async () => {
      await new Promise((done) => setTimeout(done, 20));
      this.n = 100;
    });
  }

  put(key, value) {
    this.ctx.storage.kv.put(key, value);
  }

  get(key) {
    return this.ctx.storage.kv.get(key);
  }

  whoami() {
    return { id: this.ctx.id.toString(), name: this.ctx.id.name };
  }

  props() {
    return this.ctx.props;
  }

  environment() {
    return Object.keys(this.env).sort();
  }

  abort(reason) {
    this.ctx.abort(reason);
  }

  abortPlain() {
    this.ctx.abort();
  }

  async putAndAbort(key, value, reason) {
    this.ctx.storage.kv.put(key, value);
    this.ctx.abort(reason);
  }

  block(f) {
    return this.ctx.blockConcurrencyWhile(f);
  }

  blockAndThrow(message) {
    return this.ctx.blockConcurrencyWhile(async () => {
      throw new RangeError(message);
    });
  }

  background(ms) {
    this.ctx.waitUntil((async () => {
      await new Promise((done) => setTimeout(done, ms));
      this.ctx.storage.kv.put("background", "done");
    })());
    return "answered";
  }

  self() {
    return this.env.THING.get(this.ctx.id);
  }

  /** Goes out and comes back to this same object. */
  async around(depth) {
    if (depth === 0) return [this.inc()];
    return [this.inc(), ...(await this.self().around(depth - 1))];
  }

  async ask(name, method, ...args) {
    return this.env.THING.getByName(name)[method](...args);
  }

  async fetch(request) {
    const url = new URL(request.url);
    switch (url.pathname) {
      case "/throw": throw new RangeError("from fetch");
      case "/string": return "not a response";
      case "/nothing": return undefined;
      case "/plain": return { status: 200 };
      case "/status": return new Response(null, { status: 204, statusText: "Fine", headers: { "x-a": "1" } });
      case "/redirect": return Response.redirect("http://elsewhere/", 302);
      case "/json": return Response.json({ a: [1, null] }, { status: 201 });
      case "/later": return new Response(await this.later("later"));
      case "/body": return new Response(request.body, { headers: { "content-type": request.headers.get("content-type") ?? "none" } });
    }
    return Response.json({
      method: request.method, url: request.url, body: await request.text(),
      headers: [...request.headers].filter(([name]) => name.startsWith("x-") || name === "content-type"),
    });
  }

  alarm() {}
  webSocketMessage() {}
}

/** A class that extends nothing. */
export class PlainThing {
  constructor(ctx, env) {
    this.ctx = ctx;
    this.env = env;
  }

  fetch(request) {
    return new Response("plain " + new URL(request.url).pathname + " " + Object.keys(this.env).includes("LOADER"));
  }

  hello() {
    return "hello";
  }
}

/** A Durable Object class without a namespace: for facets. */
export class Part extends common(DurableObject) {
  constructor(ctx, env) {
    super(ctx, env);
    if (ctx.props?.throws) throw new TypeError(ctx.props.throws);
    if (ctx.storage.kv.get("throw once")) {
      ctx.blockConcurrencyWhile(async () => {
        ctx.storage.kv.delete("throw once");
        await ctx.storage.sync();
        throw new RangeError("broken start");
      });
    }
  }

  put(key, value) {
    this.ctx.storage.kv.put(key, value);
    return value;
  }

  get(key) {
    return this.ctx.storage.kv.get(key);
  }

  list() {
    return [...this.ctx.storage.kv.list()];
  }

  exec(query, ...bindings) {
    return this.ctx.storage.sql.exec(query, ...bindings).toArray();
  }

  deleteAll() {
    return this.ctx.storage.deleteAll();
  }

  id() {
    const { id } = this.ctx;
    return { type: typeof id, text: String(id), name: id?.name };
  }

  props() {
    return this.ctx.props;
  }

  environment() {
    return Object.keys(this.env).sort();
  }

  abort(reason) {
    this.ctx.abort(reason);
  }

  putAndAbort(key, value) {
    this.ctx.storage.kv.put(key, value);
    this.ctx.abort(new Error("undone"));
  }

  putAndThrow(key, value) {
    this.ctx.storage.kv.put(key, value);
    throw new Error("kept");
  }

  blockAndThrow(message) {
    return this.ctx.blockConcurrencyWhile(async () => {
      throw new RangeError(message);
    });
  }

  async block(ms) {
    return this.ctx.blockConcurrencyWhile(async () => {
      await new Promise((done) => setTimeout(done, ms));
      this.n = 1000;
    });
  }

  sleep(ms) {
    return new Promise((done) => setTimeout(() => done("slept"), ms));
  }

  /** A call to a facet of this facet. */
  nested(path, method, ...args) {
    const [first, ...rest] = path;
    const facet = this.ctx.facets.get(first, () => ({ class: this.ctx.exports.Part }));
    return rest.length === 0 ? facet[method](...args) : facet.nested(rest, method, ...args);
  }

  facets(method, ...args) {
    return this.ctx.facets[method](...args);
  }

  fetch(request) {
    const url = new URL(request.url);
    if (url.pathname === "/throw") throw new RangeError("from fetch");
    return new Response([request.method, request.url, this.inc()].join(" "));
  }
}

/** Another class, for class changes. */
export class OtherPart extends DurableObject {
  get(key) {
    return "other " + this.ctx.storage.kv.get(key);
  }

  which() {
    return "other";
  }
}

/** A class for facets that extends nothing. */
export class PlainPart {
  constructor(ctx) {
    this.ctx = ctx;
  }

  fetch() {
    return new Response("plain part");
  }

  hello() {
    return "hello";
  }
}

/** An entrypoint with every kind of method. */
export class Service extends common(WorkerEntrypoint) {
  props() {
    return this.ctx.props;
  }

  environment() {
    return Object.keys(this.env).sort();
  }

  fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/throw") throw new RangeError("from fetch");
    return new Response("service " + request.method + " " + request.url + " " + JSON.stringify(this.ctx.props));
  }
}

export class Greeter extends WorkerEntrypoint {
  greet(name) {
    return (this.ctx.props?.greeting ?? "no greeting") + ", " + name;
  }

  fetch(request) {
    return new Response(this.greet(request.url));
  }
}

/** Where loaded workers' outgoing requests go: it answers them itself. */
export class Outbound extends WorkerEntrypoint {
  async fetch(request) {
    if (request.url.includes("forbidden")) return new Response("not allowed", { status: 403 });
    return Response.json({
      tenant: this.ctx.props.tenant, method: request.method, url: request.url, body: await request.text(), mine: request.headers.get("x-mine"),
    });
  }
}

/** Where the logs of loaded workers go: an object keeps them. */
export class Tail extends WorkerEntrypoint {
  async tail(events) {
    const summary = events.map((event) => ({
      outcome: event.outcome,
      event: event.event?.rpcMethod ?? event.event?.request?.url ?? null,
      logs: event.logs.map(({ level, message }) => [level, message]),
      exceptions: event.exceptions.map(({ name, message }) => name + ": " + message),
    }));
    await this.env.THING.getByName(this.ctx.props.to).put("tail", summary);
  }
}

/** Neither an entrypoint nor an object. */
export const object = {
  fetch: () => new Response("object entrypoint"),
  hello: () => "object's hello",
};

export class NotAnEntrypoint {}

/** Loads workers for others. */
export class Loading extends WorkerEntrypoint {
  loadFor(body) {
    const code = { compatibilityDate: "2026-08-01", mainModule: "m.js", globalOutbound: null, modules: { "m.js": 'import { WorkerEntrypoint } from "cloudflare:workers"; export default class extends WorkerEntrypoint { run() { ' + body + " } }" } };
    return this.env.LOADER.load(code).getEntrypoint().run();
  }
}
