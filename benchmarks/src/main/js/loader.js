// A supervisor that loads code, runs facets of it, and calls them. The last segment of the path is a number: which code or facet is new,
// or how many calls are made within one request.
import { DurableObject } from "cloudflare:workers";

// About 100 KB of code that is there, and of which little runs.
const LIBRARY = Array.from(
  { length: 400 },
  (_, i) => `export function part${i}(list, start = ${i}) {
  const sums = new Map();
  for (const [index, value] of list.entries()) {
    const key = "part ${i} " + ((index + start) % 7);
    sums.set(key, (sums.get(key) ?? 0) + value * ${i + 1});
  }
  return [...sums].map(([name, total]) => ({ name, total })).sort((a, b) => a.total - b.total);
}`,
).join("\n");

const code = (id, library) => ({
  compatibilityDate: "2026-08-01",
  mainModule: "main.js",
  globalOutbound: null,
  modules: {
    "main.js": `import { DurableObject, RpcTarget } from "cloudflare:workers";
${library ? 'import * as library from "library.js";' : ""}
const ID = ${JSON.stringify(id)};
class Target extends RpcTarget {
  add(a, b) { return a + b; }
}
export class App extends DurableObject {
  fetch() { return new Response(ID); }
  add(a, b) { return a + b; }
  target() { return new Target(); }
  async drive(target, times) {
    let sum = 0;
    for (let i = 0; i < times; i++) sum = await target.add(sum, 1);
    return sum;
  }
}
export default { fetch: () => new Response(ID) };`,
    ...(library ? { "library.js": LIBRARY } : {}),
  },
});

export default {
  fetch(request, env) {
    return env.MAIN.getByName(new URL(request.url).pathname.split("/")[1]).fetch(request);
  },
};

export class Main extends DurableObject {
  held = [];

  async fetch(request) {
    const [, , what, number] = new URL(request.url).pathname.split("/");
    switch (what) {
      case "code":
        return this.load(what, number).getEntrypoint().fetch(request);
      case "large-code":
        return this.load(what, number, true).getEntrypoint().fetch(request);
      case "code-and-facet":
        return this.facet(what + number, what + number).fetch(request);
      case "facet":
        return this.facet("known", number).fetch(request);
      default:
        return new Response(String(await this.count(what, Number(number))));
    }
  }

  load(what, number, library) {
    const id = what + number;
    return this.env.LOADER.get(id, () => code(id, library));
  }

  facet(id, name) {
    return this.ctx.facets.get(name, () => ({ class: this.load(id, "").getDurableObjectClass("App") }));
  }

  async count(what, times) {
    const one = this.facet("known", "one");
    let sum = 0;
    switch (what) {
      case "calls":
        for (let i = 0; i < times; i++) sum = await one.add(sum, 1);
        return sum;
      case "calls-at-once":
        return (await Promise.all(Array.from({ length: times }, () => one.add(0, 1)))).length;
      case "stub-to-stub": {
        const target = await this.facet("known", "two").target();
        return one.drive(target, times);
      }
      case "hold-facets":
        while (this.held.length < times) this.held.push(this.facet("known", "held" + this.held.length));
        return this.touch();
      case "hold-codes":
        while (this.held.length < times) this.held.push(this.load(this.ctx.id.name, this.held.length, true).getEntrypoint());
        return this.touch();
      default:
        return -1;
    }
  }

  // What is held is in use.
  async touch() {
    for (const each of this.held) await (await each.fetch("http://held/")).text();
    return this.held.length;
  }
}
