import { zValidator } from "@hono/zod-validator";
import { Hono } from "hono";
import { bearerAuth } from "hono/bearer-auth";
import { cors } from "hono/cors";
import { etag } from "hono/etag";
import { HTTPException } from "hono/http-exception";
import { secureHeaders } from "hono/secure-headers";
import { streamText } from "hono/streaming";
import { z } from "zod";
import { Page } from "./page";

export { Links } from "./links";

type Env = { Bindings: { LINKS: any; TOKEN: string } };

const links = (env: Env["Bindings"]) => env.LINKS.getByName("everybody");

const newLink = z.object({
  url: z.url({ protocol: /^https?$/ }),
  slug: z.string().regex(/^[a-z0-9-]{1,32}$/).optional(),
});

const api = new Hono<Env>()
  .use(cors())
  .get("/links", etag(), async (c) => c.json(await links(c.env).list()))
  .post("/links", zValidator("json", newLink), async (c) => {
    const { url, slug = crypto.randomUUID().slice(0, 8) } = c.req.valid("json");
    if (!(await links(c.env).add(slug, url))) {
      throw new HTTPException(409, { message: `${slug} is taken` });
    }
    return c.json({ slug, url }, 201);
  })
  .delete(
    "/links/:slug",
    (c, next) => bearerAuth<Env>({ token: c.env.TOKEN })(c, next),
    async (c) => ((await links(c.env).remove(c.req.param("slug"))) ? c.body(null, 204) : c.notFound()),
  )
  .get("/export", (c) =>
    streamText(c, async (stream) => {
      for (const link of await links(c.env).list()) {
        await stream.writeln(JSON.stringify(link));
      }
    }),
  );

const app = new Hono<Env>();
app.use(secureHeaders());
app.route("/api", api);
app.get("/", async (c) => c.html(<Page links={await links(c.env).list()} />));
app.post("/", zValidator("form", newLink.pick({ url: true })), async (c) => {
  await links(c.env).add(crypto.randomUUID().slice(0, 8), c.req.valid("form").url);
  return c.redirect("/", 303);
});
app.get("/:slug", async (c) => {
  const url = await links(c.env).visit(c.req.param("slug"));
  return url === undefined ? c.notFound() : c.redirect(url);
});
app.notFound((c) => c.json({ error: "there is nothing here" }, 404));
app.onError((error, c) => {
  if (error instanceof HTTPException) {
    return error.res ?? c.json({ error: error.message }, error.status);
  }
  console.error(error);
  return c.json({ error: "something went wrong" }, 500);
});

export default app;
