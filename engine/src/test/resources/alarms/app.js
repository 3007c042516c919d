// Runs the programs beside it, the same text on workerd and on Lapidary. The object's name says which program it is.
import { DurableObject } from "cloudflare:workers";
import programs from "./programs.js";

export default {
  /** On workerd only: `/{program}/{step}`. */
  async fetch(request, env) {
    const [, program, step] = new URL(request.url).pathname.split("/").map(decodeURIComponent);
    const namespace = program.startsWith("without handler") ? env.BARE : env.APP;
    return namespace.get(namespace.idFromName(program)).fetch("http://object/" + step);
  },
};

/** The class for programs that are to have no handler. */
export class Bare extends DurableObject {
  #program;
  #tools;

  constructor(ctx, env) {
    super(ctx, env);
    this.#program = programs[ctx.id.name] ?? {};
    this.#tools = tools(ctx);
    this.#program.construct?.(this.#tools);
  }

  /** `/catalogue`, or a step: `run`, or `read` after all alarms have had their time. */
  async fetch(request) {
    const step = new URL(request.url).pathname.slice(1);
    if (step === "catalogue") {
      return Response.json(Object.fromEntries(Object.entries(programs).map(([name, program]) => [name, program.after ?? 0])));
    }
    return Response.json((await this.#program[step]?.(this.#tools)) ?? null);
  }

  runHandler(info) {
    return this.#program.alarm?.(this.#tools, info);
  }
}

export class App extends Bare {
  alarm(info) {
    return this.runHandler(info);
  }
}

function tools(ctx) {
  const { storage } = ctx;
  const { kv } = storage;
  return {
    ctx, storage, kv,
    /** What a function answers, or the error it throws, as text; the same of a promise. */
    attempt: async (f) => {
      try {
        return (await f()) ?? null;
      } catch (error) {
        return String(error);
      }
    },
    /** A time far away, the same in every run, `n` ms later. */
    far: (n = 0) => 4_000_000_000_000 + n,
    /** Whether an alarm is set, without its time. */
    isSet: async () => (await storage.getAlarm()) !== null,
    note: (value) => kv.put("notes", [...(kv.get("notes") ?? []), value]),
    notes: () => kv.get("notes") ?? [],
    wait: (ms) => new Promise((done) => setTimeout(done, ms)),
  };
}
