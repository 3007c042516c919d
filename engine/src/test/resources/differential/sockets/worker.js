// Each program is an object of a class, and what clients do with it: `/` lists the clients' steps, `/topic/program/…` is for the object.
import { DurableObject } from "cloudflare:workers";
import { Out } from "./out.js";
import { Part } from "./part.js";
import { programOf, topics } from "./topics.js";
import { tools } from "./tools.js";

export { Out, Part };

export class Room extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    this.t = tools(ctx, env);
    this.program = programOf(ctx.id.name);
    ctx.storage.kv.put("lives", (ctx.storage.kv.get("lives") ?? 0) + 1);
  }

  async fetch(request) {
    const url = new URL(request.url);
    const path = "/" + url.pathname.split("/").slice(3).join("/");
    if (path === "/log") {
      return Response.json(await this.t.lines(Number(url.searchParams.get("n"))));
    }
    try {
      const answer = await (this.program.fetch ?? this.t.hibernate)(this.t, { request, path, query: url.searchParams });
      return answer instanceof Response ? answer : Response.json(answer ?? null);
    } catch (error) {
      return new Response(String(error), { status: 500 });
    }
  }

  webSocketMessage(ws, data) {
    const { t, program } = this;
    return program.message ? program.message(t, ws, data) : t.log("message " + t.shown(data));
  }

  webSocketClose(ws, code, reason, wasClean) {
    const { t, program } = this;
    t.log("close " + [code, reason, wasClean] + " state " + ws.readyState);
    return program.close?.(t, ws, code, reason, wasClean);
  }

  webSocketError(ws, error) {
    this.t.log("error " + error + " state " + ws.readyState);
    return this.program.error?.(this.t, ws, error);
  }
}

export default {
  async fetch(request, env) {
    const [topic, program] = new URL(request.url).pathname.slice(1).split("/").map(decodeURIComponent);
    if (topic === "") {
      return Response.json(Object.fromEntries(Object.entries(topics).map(([name, programs]) =>
        [name, Object.fromEntries(Object.entries(programs).map(([key, { steps }]) => [key, steps]))])));
    }
    return env.ROOM.getByName(topic + "/" + program).fetch(request);
  },
};
