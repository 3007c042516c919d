// At most `limit` requests of a client in a sliding window of `window` milliseconds: GET /{client}?limit=5&window=1000.
// A class that extends nothing answers fetch just as well.
export class RateLimiter {
  constructor(state) {
    this.sql = state.storage.sql;
    this.sql.exec(`
      CREATE TABLE IF NOT EXISTS requests (at INTEGER NOT NULL);
      CREATE INDEX IF NOT EXISTS requests_at ON requests (at);
    `);
  }

  async fetch(request) {
    const params = new URL(request.url).searchParams;
    const limit = Number(params.get("limit") ?? 5);
    const window = Number(params.get("window") ?? 60_000);
    const now = Date.now();
    this.sql.exec("DELETE FROM requests WHERE at <= ?", now - window);
    const { count, oldest } = this.sql.exec("SELECT count(*) AS count, min(at) AS oldest FROM requests").one();
    if (count >= limit) {
      const seconds = Math.max(1, Math.ceil((oldest + window - now) / 1000));
      return new Response("Too many requests\n", { status: 429, headers: { "Retry-After": String(seconds) } });
    }
    this.sql.exec("INSERT INTO requests (at) VALUES (?)", now);
    return Response.json({ remaining: limit - count - 1 });
  }
}

export default {
  fetch(request, env) {
    const client = new URL(request.url).pathname;
    return env.RATE_LIMITER.get(env.RATE_LIMITER.idFromName(client)).fetch(request);
  },
};
