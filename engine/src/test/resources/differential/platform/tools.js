// What a program works with.

/** What every source that a program loads may use without importing it. */
const PRELUDE = 'import { DurableObject, RpcTarget, WorkerEntrypoint, env, exports } from "cloudflare:workers";\n';

export function tools(name, env, ctx, memory) {
  let ids = 0;
  const code = (source, more) => ({
    compatibilityDate: "2026-08-01", mainModule: "main.js", modules: { "main.js": PRELUDE + source }, globalOutbound: null, ...more,
  });
  const once = (source, more) => env.LOADER.get(name + "|" + ids++, () => code(source, more));
  return {
    name, env, ctx, memory, attempt, code,
    exports: ctx.exports,
    facets: ctx.facets,
    storage: ctx.storage,
    /** A worker of the loader, under an id of its own. */
    worker: once,
    /** The default entrypoint of such a worker. */
    entrypoint: (source, more) => once(source, more).getEntrypoint(),
    /** An object of this program's own. */
    thing: (suffix = "") => env.THING.getByName(name + "|" + suffix),
    /** A facet of a class of this project. */
    part: (facet, start = {}) => ctx.facets.get(facet, () => ({ class: ctx.exports.Part, ...start })),
    /** A facet whose class `App` stands in `source`. */
    app: (facet, source, start = {}) => ctx.facets.get(facet, () => ({ class: once(source).getDurableObjectClass("App"), ...start })),
    wait: (ms) => new Promise((done) => setTimeout(done, ms)),
    text: async (response) => (await response).text(),
  };
}

/** What `f` answers, or the error it rejects with; an error thrown before there is a promise is marked. */
async function attempt(f) {
  let result;
  try {
    result = f();
  } catch (error) {
    return { $sync: error };
  }
  try {
    return await result;
  } catch (error) {
    return error;
  }
}
