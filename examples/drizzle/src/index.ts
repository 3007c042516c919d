import { DurableObject } from "cloudflare:workers";
import { and, count, desc, eq, like } from "drizzle-orm";
import { drizzle, type DrizzleSqliteDODatabase } from "drizzle-orm/durable-sqlite";
import { migrate } from "drizzle-orm/durable-sqlite/migrator";
import migrations from "../drizzle/migrations";
import * as schema from "./schema";

const { authors, books, tags } = schema;

interface NewBook {
  title: string;
  author: string;
  tags?: string[];
}

export class Library extends DurableObject {
  #db: DrizzleSqliteDODatabase<typeof schema>;

  constructor(ctx: any, env: any) {
    super(ctx, env);
    this.#db = drizzle(ctx.storage, { schema, casing: "snake_case" });
    ctx.blockConcurrencyWhile(() => migrate(this.#db, migrations));
  }

  /** All or nothing: a tag that stands twice undoes the book. */
  add({ title, author, tags: names = [] }: NewBook): number {
    return this.#db.transaction((tx) => {
      const [{ authorId }] = tx
        .insert(authors)
        .values({ name: author })
        .onConflictDoUpdate({ target: authors.name, set: { name: author } })
        .returning({ authorId: authors.id })
        .all();
      const { id } = tx.insert(books).values({ title, authorId }).returning({ id: books.id }).get();
      for (const tag of names) {
        tx.insert(tags).values({ bookId: id, tag }).run();
      }
      return id;
    });
  }

  book(id: number) {
    return this.#db.query.books.findFirst({ where: eq(books.id, id), with: { author: true, tags: true } });
  }

  search(title: string, tag?: string) {
    const found = this.#db
      .select({ id: books.id, title: books.title, author: authors.name })
      .from(books)
      .innerJoin(authors, eq(authors.id, books.authorId));
    const matches = tag === undefined ? found : found.innerJoin(tags, and(eq(tags.bookId, books.id), eq(tags.tag, tag)));
    return matches.where(like(books.title, `%${title}%`)).orderBy(desc(books.id));
  }

  lend(id: number): boolean {
    return this.#db.update(books).set({ lent: true }).where(and(eq(books.id, id), eq(books.lent, false))).returning().all().length > 0;
  }

  authors() {
    return this.#db
      .select({ name: authors.name, books: count(books.id) })
      .from(authors)
      .leftJoin(books, eq(books.authorId, authors.id))
      .groupBy(authors.id)
      .orderBy(authors.name);
  }

  forget(author: string): void {
    this.#db.delete(authors).where(eq(authors.name, author)).run();
  }
}

export default {
  async fetch(request: Request, env: any): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const [, name, what, id] = pathname.split("/");
    const library = env.LIBRARY.getByName(name);
    try {
      switch (`${request.method} ${what}`) {
        case "POST books":
          return Response.json({ id: await library.add(await request.json()) }, { status: 201 });
        case "GET books":
          return id === undefined
            ? Response.json(await library.search(searchParams.get("title") ?? "", searchParams.get("tag") ?? undefined))
            : Response.json((await library.book(Number(id))) ?? null);
        case "POST lend":
          return Response.json({ lent: await library.lend(Number(id)) });
        case "GET authors":
          return Response.json(await library.authors());
        case "DELETE authors":
          await library.forget(decodeURIComponent(id));
          return new Response(null, { status: 204 });
        default:
          return new Response("there is nothing here", { status: 404 });
      }
    } catch (error) {
      return Response.json({ error: String(error) }, { status: 400 });
    }
  },
};
