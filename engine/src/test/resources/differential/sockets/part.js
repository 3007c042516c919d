import { DurableObject } from "cloudflare:workers";
import { tools } from "./tools.js";

/** A facet that greets its sockets by its name. */
export class Part extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    this.t = tools(ctx, env);
  }

  fetch(request) {
    const { t, ctx } = this;
    const query = new URL(request.url).searchParams;
    if (query.has("count")) {
      return Response.json(ctx.getWebSockets().map((ws) => ws.deserializeAttachment()));
    }
    if (query.has("plain")) {
      return t.plain(t, { reply: (ws, data) => ws.send("plain " + data) });
    }
    const answer = t.hibernate(t, { query });
    ctx.getWebSockets()[0].serializeAttachment(query.get("name"));
    return answer;
  }

  webSocketMessage(ws, data) {
    if (data === "abort") {
      this.ctx.abort("on purpose");
    }
    ws.send(data + " to " + ws.deserializeAttachment() + " of " + this.ctx.getWebSockets().length);
  }
}
