import { DurableObject } from "cloudflare:workers";

export interface Link {
  slug: string;
  url: string;
  visits: number;
}

/** The links of everybody, in one object. */
export class Links extends DurableObject {
  #sql = this.ctx.storage.sql;

  constructor(ctx: any, env: any) {
    super(ctx, env);
    this.#sql.exec("CREATE TABLE IF NOT EXISTS link (slug TEXT PRIMARY KEY, url TEXT NOT NULL, visits INTEGER NOT NULL DEFAULT 0)");
  }

  /** Answers whether the slug was free. */
  add(slug: string, url: string): boolean {
    return this.#sql.exec("INSERT OR IGNORE INTO link (slug, url) VALUES (?, ?)", slug, url).rowsWritten > 0;
  }

  visit(slug: string): string | undefined {
    const [row] = this.#sql.exec("UPDATE link SET visits = visits + 1 WHERE slug = ? RETURNING url", slug);
    return row?.url as string | undefined;
  }

  remove(slug: string): boolean {
    return this.#sql.exec("DELETE FROM link WHERE slug = ?", slug).rowsWritten > 0;
  }

  list(): Link[] {
    return this.#sql.exec("SELECT slug, url, visits FROM link ORDER BY slug").toArray() as unknown as Link[];
  }
}
