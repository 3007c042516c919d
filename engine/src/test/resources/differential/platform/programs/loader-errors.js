// What is wrong with the code that a loader is given, and when one hears of it.
const OK = "export default { fetch() { return new Response('ok') }, hello() { return 'hello' } };";
const get = (t, code, id = null) => t.attempt(() => t.text(t.env.LOADER.get(id, () => code).getEntrypoint().fetch("http://x/")));
const without = (code, key) => { delete code[key]; return code; };

export default {
  "no compatibility date": (t) => get(t, without(t.code(OK), "compatibilityDate")),
  "a compatibility date that is none": (t) => get(t, t.code(OK, { compatibilityDate: "nope" })),
  "a compatibility date that is not of the calendar": (t) => get(t, t.code(OK, { compatibilityDate: "2026-13-45" })),
  "a compatibility date of long ago": (t) => get(t, t.code(OK, { compatibilityDate: "2021-01-01", modules: { "main.js": OK } })),
  "an unknown compatibility flag": (t) => get(t, t.code(OK, { compatibilityFlags: ["no_such_flag"] })),
  "compatibility flags that are no list": (t) => get(t, t.code(OK, { compatibilityFlags: "nodejs_compat" })),
  "an experimental flag": (t) => get(t, t.code(OK, { compatibilityFlags: ["experimental"] })),
  "flags that contradict each other": (t) => get(t, t.code(OK, { compatibilityFlags: ["no_such_flag", "url_standard", "url_original"] })),
  "a flag twice": (t) => get(t, t.code(OK, { compatibilityFlags: ["nodejs_compat", "nodejs_compat"] })),
  "a flag for old behaviour": (t) => get(t, t.code(OK, { compatibilityFlags: ["url_original"] })),
  "allowExperimental without the flag": (t) => get(t, t.code(OK, { allowExperimental: true })),
  "fields nobody knows": (t) => get(t, t.code(OK, { bogus: 1, name: "x" })),
  "limits": (t) => get(t, t.code(OK, { limits: { cpuMs: 1000, subRequests: 10 } })),
  "limits that are text": (t) => get(t, t.code(OK, { limits: "few" })),
  "code that is undefined": (t) => get(t, undefined),
  "code that is null": (t) => get(t, null),
  "code that is text": (t) => get(t, OK),
  "code that is a function": (t) => get(t, () => 1),
  "get throws nothing for bad code": (t) => { t.env.LOADER.get(t.name, () => ({})); return "nothing thrown"; },
  "load throws at once for a bad date": (t) => t.attempt(() => typeof t.env.LOADER.load(t.code(OK, { compatibilityDate: "nope" }))),
  "load throws at once for no modules": (t) => t.attempt(() => typeof t.env.LOADER.load(t.code(OK, { modules: {} }))),
  "load throws at once for a bad module": (t) => t.attempt(() => typeof t.env.LOADER.load(t.code(OK, { modules: { "a.ts": "1" } }))),
  "load of nothing": (t) => t.attempt(() => typeof t.env.LOADER.load()),
  "load of null": (t) => t.attempt(() => typeof t.env.LOADER.load(null)),
  "load of a syntax error": async (t) => { const worker = t.env.LOADER.load(t.code("export defaul {")); return ["loaded", await t.attempt(() => worker.getEntrypoint().fetch("http://x/"))]; },
  "load without a main module": async (t) => { const worker = t.env.LOADER.load(t.code(OK, { mainModule: "zz.js" })); return ["loaded", await t.attempt(() => worker.getEntrypoint().fetch("http://x/"))]; },
  "a callback that throws": (t) => t.attempt(() => t.env.LOADER.get(t.name, () => { throw new TypeError("boom"); }).getEntrypoint().fetch("http://x/")),
  "a callback that rejects": (t) => t.attempt(() => t.env.LOADER.get(t.name, async () => { throw new RangeError("later"); }).getEntrypoint().fetch("http://x/")),
  "a callback that rejects with properties": (t) => t.attempt(() => t.env.LOADER.get(t.name, async () => { throw Object.assign(new Error("with"), { code: 5 }); }).getEntrypoint().hello()),
  "a callback that throws text": (t) => t.attempt(() => t.env.LOADER.get(t.name, () => { throw "text"; }).getEntrypoint().fetch("http://x/")),
  "a callback that is no function": (t) => t.attempt(() => typeof t.env.LOADER.get(t.name, "code")),
  "no callback": (t) => t.attempt(() => typeof t.env.LOADER.get(t.name)),
  "no arguments": (t) => t.attempt(() => typeof t.env.LOADER.get()),
  "a failed load and the next": async (t) => {
    const first = await t.attempt(() => t.text(t.env.LOADER.get(t.name, () => { throw new Error("first"); }).getEntrypoint().fetch("http://x/")));
    return [first, await t.attempt(() => t.text(t.env.LOADER.get(t.name, () => t.code(OK)).getEntrypoint().fetch("http://x/")))];
  },
  "a failed start and the next": async (t) => [await get(t, t.code("throw new Error('start')"), t.name), await get(t, t.code(OK), t.name)],
  "every request hears of a failed load": async (t) => {
    const worker = t.env.LOADER.get(t.name, () => { throw new Error("boom"); });
    return Promise.all([t.attempt(() => worker.getEntrypoint().fetch("http://x/")), t.attempt(() => worker.getEntrypoint().hello()), t.attempt(() => worker.getEntrypoint("Other").hello())]);
  },
  "an entrypoint that is missing": (t) => t.attempt(() => t.text(t.worker(OK).getEntrypoint("Nope").fetch("http://x/"))),
  "an entrypoint that is missing, by RPC": (t) => t.attempt(() => t.worker(OK).getEntrypoint("Nope").hello()),
  "a default entrypoint that is missing": async (t) => String(await t.attempt(() => t.text(t.worker("export class X {}").getEntrypoint().fetch("http://x/")))).replace(/; reference.*/, ""),
  "an entrypoint that is a number": (t) => t.attempt(() => t.text(t.worker(OK + "export const five = 5;").getEntrypoint("five").fetch("http://x/"))),
  "an entrypoint that is a Durable Object class": (t) => t.attempt(() => t.text(t.worker(OK + "export class D extends DurableObject { fetch() { return new Response('d') } }").getEntrypoint("D").fetch("http://x/"))),
  "an entrypoint that is a class of its own": (t) => t.attempt(() => t.text(t.worker(OK + "export class C { fetch() { return new Response('c') } }").getEntrypoint("C").fetch("http://x/"))),
  "an entrypoint without fetch": (t) => t.attempt(() => t.text(t.entrypoint("export default { hello() {} }").fetch("http://x/"))),
  "an entrypoint class without fetch": (t) => t.attempt(() => t.text(t.entrypoint("export default class extends WorkerEntrypoint {}").fetch("http://x/"))),
  "an entrypoint that is an empty object": (t) => t.attempt(() => t.text(t.entrypoint("export default {}").fetch("http://x/"))),
  "an entrypoint whose constructor throws": (t) => t.attempt(() => t.text(t.entrypoint("export default class extends WorkerEntrypoint { constructor(...a) { super(...a); throw new TypeError('ctor') } fetch() { return new Response('x') } }").fetch("http://x/"))),
  "a handler that throws": (t) => t.attempt(() => t.text(t.entrypoint("export default { fetch() { throw new RangeError('handler') } }").fetch("http://x/"))),
  "a handler that rejects": (t) => t.attempt(() => t.text(t.entrypoint("export default { async fetch() { throw Object.assign(new RangeError('handler'), { code: 5 }) } }").fetch("http://x/"))),
  "a handler that throws text": (t) => t.attempt(() => t.text(t.entrypoint("export default { fetch() { throw 'text' } }").fetch("http://x/"))),
  "a handler that answers text": (t) => t.attempt(() => t.text(t.entrypoint("export default { fetch() { return 'text' } }").fetch("http://x/"))),
  "a handler that answers text later": (t) => t.attempt(() => t.text(t.entrypoint("export default { async fetch() { return 'text' } }").fetch("http://x/"))),
  "a handler that answers nothing": (t) => t.attempt(() => t.text(t.entrypoint("export default { async fetch() { } }").fetch("http://x/"))),
  "a failing handler spoils nothing": async (t) => {
    const entrypoint = t.entrypoint("let n = 0; export default { fetch() { if (++n === 1) throw new Error('once'); return new Response('n ' + n) } }");
    return [await t.attempt(() => t.text(entrypoint.fetch("http://x/"))), await t.attempt(() => t.text(entrypoint.fetch("http://x/")))];
  },
  "an unhandled rejection spoils nothing": (t) => t.attempt(() => t.text(t.entrypoint("export default { fetch() { Promise.reject(new Error('unhandled')); return new Response('fine') } }").fetch("http://x/"))),
  "a class that is missing": (t) => { t.worker(OK).getDurableObjectClass("Nope"); return "nothing thrown"; },
};
