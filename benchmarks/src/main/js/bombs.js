// What `benchmarks/run bombs` sets off: each route has no end, or none that its limits would see.
export class App {
  constructor(ctx) {
    this.kv = ctx.storage.kv;
    this.sql = ctx.storage.sql;
  }

  fetch(request) {
    return this[new URL(request.url).pathname.slice(1)]();
  }

  ping() {
    return new Response("pong");
  }

  loop() {
    for (;;);
  }

  async microtasks() {
    for (;;) await null;
  }

  regex() {
    return /^(a+)+$/.test("a".repeat(40) + "b");
  }

  sort() {
    return Array.from({ length: 4e6 }, (_, i) => (i * 7919) % 4000037).sort((a, b) => a - b);
  }

  repeat() {
    for (;;) "ab".repeat(5e6);
  }

  copy() {
    const bytes = new Uint8Array(40 << 20);
    for (;;) bytes.copyWithin(0, 1);
  }

  bigint() {
    let value = 3n;
    for (;;) value *= value;
  }

  parse() {
    const text = "[" + "0,".repeat(1e6) + "0]";
    for (;;) JSON.parse(text);
  }

  recursion() {
    const f = (n) => f(n + 1) + 1;
    return f(0);
  }

  memory() {
    const all = [];
    for (;;) all.push(new Array(10_000).fill(all.length));
  }

  buffers() {
    const all = [];
    for (;;) all.push(new ArrayBuffer(1 << 20));
  }

  query() {
    return this.sql.exec("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c").one();
  }

  join() {
    this.sql.exec(`CREATE TABLE b (x);
      WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 3000) INSERT INTO b SELECT x FROM c`);
    return this.sql.exec("SELECT count(*) FROM b, b AS c, b AS d WHERE b.x + c.x = d.x + 0.5").one();
  }

  inserts() {
    this.sql.exec("CREATE TABLE b (x)");
    this.sql.exec("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) INSERT INTO b SELECT x FROM c");
  }

  statements() {
    for (;;) this.sql.exec("SELECT 1");
  }

  search() {
    for (;;) {
      this.sql.exec(`WITH t(x) AS (SELECT replace(hex(zeroblob(500000)), '0', 'a'))
        SELECT instr(x || x, x || 'b') FROM t`);
    }
  }

  pairs() {
    for (let i = 0; ; i++) this.kv.put("key" + (i % 10), "x".repeat(1000));
  }
}
