// Runs the programs of this folder, the same text on workerd and on Lapidary. The object's name says which program it is.
import { DurableObject } from "cloudflare:workers";
import sqlExec from "./programs/sql-exec.js";
import sqlTypes from "./programs/sql-types.js";
import sqlCursor from "./programs/sql-cursor.js";
import sqlErrors from "./programs/sql-errors.js";
import sqlAllowed from "./programs/sql-allowed.js";
import sqlFeatures from "./programs/sql-features.js";
import sqlLimits from "./programs/sql-limits.js";
import sqlCounters from "./programs/sql-counters.js";
import kvSync from "./programs/kv-sync.js";
import kvAsync from "./programs/kv-async.js";
import kvList from "./programs/kv-list.js";
import kvValues from "./programs/kv-values.js";
import transactions from "./programs/transactions.js";
import gates from "./programs/gates.js";
import deleteAll from "./programs/delete-all.js";
import { plain } from "./plain.js";

const topics = {
  "sql-exec": sqlExec, "sql-types": sqlTypes, "sql-cursor": sqlCursor, "sql-errors": sqlErrors, "sql-allowed": sqlAllowed,
  "sql-features": sqlFeatures, "sql-limits": sqlLimits, "sql-counters": sqlCounters, "kv-sync": kvSync, "kv-async": kvAsync,
  "kv-list": kvList, "kv-values": kvValues, transactions, gates, "delete-all": deleteAll,
};

/**
 * A program is a function of `t`; or an array of them, each called after a restart of the object; or `{ together }`, an array of them
 * whose requests are sent at once; either also with `construct`, which runs in the constructor, or an `{ steps, construct }`.
 */
function shape(program) {
  if (typeof program === "function") return { steps: [program] };
  return Array.isArray(program) ? { steps: program } : program;
}

/** topic -> program -> [number of requests, "steps" or "together"] */
export function catalogue() {
  const all = {};
  for (const [topic, programs] of Object.entries(topics)) {
    all[topic] = {};
    for (const [name, program] of Object.entries(programs)) {
      const { steps, together } = shape(program);
      all[topic][name] = together ? [together.length, "together"] : [steps.length, "steps"];
    }
  }
  return all;
}

export class App extends DurableObject {
  #program;
  #tools;

  constructor(ctx, env) {
    super(ctx, env);
    const [topic, name] = (ctx.id.name ?? "").split("|");
    this.#program = topic in topics ? shape(topics[topic][name]) : { steps: [] };
    this.#tools = tools(ctx);
    this.#program.construct?.(this.#tools);
  }

  /** `/catalogue`, `/restart`, or the number of the function to call. */
  async fetch(request) {
    const path = new URL(request.url).pathname.slice(1);
    if (path === "catalogue") return Response.json(catalogue());
    if (path === "restart") this.ctx.abort("restart");
    const { steps, together } = this.#program;
    let result;
    try {
      result = await (together ?? steps)[Number(path)](this.#tools);
    } catch (error) {
      result = { $threw: error };
    }
    return new Response(JSON.stringify(plain(result, [])));
  }
}

/** What a program works with; `memory` lives as long as the instance. */
function tools(ctx) {
  const { storage } = ctx;
  const { sql, kv } = storage;
  return {
    ctx, storage, sql, kv, attempt,
    memory: {},
    /** Rows of a query. */
    rows: (query, ...bindings) => sql.exec(query, ...bindings).toArray(),
    /** The only value of a query. */
    value: (query, ...bindings) => sql.exec(query, ...bindings).raw().next().value[0],
    wait: (ms) => new Promise((done) => setTimeout(done, ms)),
  };
}

/** What a function answers, or the error it throws; the same of a promise. */
function attempt(f) {
  try {
    const result = f();
    return result instanceof Promise ? result.catch((error) => error) : result;
  } catch (error) {
    return error;
  }
}
