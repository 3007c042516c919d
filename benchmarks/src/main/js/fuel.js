// What `benchmarks/run fuel` burns fuel with: one route a kind of work.
export class App {
  constructor(ctx) {
    this.kv = ctx.storage.kv;
    this.sql = ctx.storage.sql;
    this.sql.exec("CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, name TEXT, size REAL)");
    if (this.sql.exec("SELECT count(*) AS n FROM t").one().n === 0) {
      for (let i = 0; i < 1000; i++) this.sql.exec("INSERT INTO t (name, size) VALUES (?, ?)", "name " + i, i / 3);
    }
    this.kv.put("small", 1);
    this.kv.put("large", "x".repeat(100_000));
  }

  fetch(request) {
    const url = new URL(request.url);
    return new Response(String(this[url.pathname.slice(1)](Number(url.searchParams.get("n")))));
  }

  // JavaScript alone

  calls(n) {
    const fib = (k) => (k < 2 ? k : fib(k - 1) + fib(k - 2));
    return fib(n);
  }

  loop(n) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum = (sum + i * 3) & 0xffff;
    return sum;
  }

  properties(n) {
    const o = { a: 1, b: 2, c: 3 };
    for (let i = 0; i < n; i++) o.a = o.b + o.c + (o.b = i);
    return o.a;
  }

  json(n) {
    const value = { list: [1, 2.5, "three", null, { four: [true, false] }], text: "some longer text, and more" };
    let length = 0;
    for (let i = 0; i < n; i++) length += JSON.stringify(JSON.parse(JSON.stringify(value))).length;
    return length;
  }

  sort(n) {
    let seed = 1;
    const list = Array.from({ length: n }, () => (seed = (seed * 48271) % 2147483647));
    return list.sort((a, b) => a - b)[0];
  }

  regex(n) {
    let matches = 0;
    for (let i = 0; i < n; i++) matches += "key=value; other=thing; last=one".replace(/(\w+)=(\w+)/g, "$2:$1").length;
    return matches;
  }

  strings(n) {
    let text = "";
    for (let i = 0; i < n; i++) text += String.fromCharCode(97 + (i % 26));
    return text.split("e").map((part) => part.toUpperCase()).join("-").length;
  }

  maps(n) {
    const map = new Map();
    for (let i = 0; i < n; i++) map.set("k" + (i % 1000), i);
    return map.size;
  }

  bytes(n) {
    const array = new Uint8Array(65536);
    for (let i = 0; i < n; i++) array[i & 65535] = (array[(i * 7) & 65535] + i) & 255;
    return array[17];
  }

  bigint(n) {
    let value = 1n;
    for (let i = 1; i <= n; i++) value *= BigInt(i);
    return String(value).length;
  }

  // The host's work

  kvGet(n) {
    for (let i = 0; i < n; i++) this.kv.get("small");
    return n;
  }

  kvGetLarge(n) {
    for (let i = 0; i < n; i++) this.kv.get("large");
    return n;
  }

  kvPut(n) {
    for (let i = 0; i < n; i++) this.kv.put("key " + (i % 100), i);
    return n;
  }

  sqlExec(n) {
    for (let i = 0; i < n; i++) this.sql.exec("SELECT 1 AS one");
    return n;
  }

  sqlRows(n) {
    for (let i = 0; i < n; i++) this.sql.exec("SELECT id, name, size FROM t LIMIT 100").toArray();
    return n;
  }

  sqlInsert(n) {
    for (let i = 0; i < n; i++) this.sql.exec("INSERT INTO t (name, size) VALUES (?, ?)", "name", i);
    this.sql.exec("DELETE FROM t WHERE id > 1000");
    return n;
  }

  sqlUpdateMany(n) {
    for (let i = 0; i < n; i++) this.sql.exec("UPDATE t SET size = size + 1");
    return n;
  }

  sqlScan(n) {
    for (let i = 0; i < n; i++) this.sql.exec("SELECT count(*) FROM t WHERE name LIKE '%x%'").one();
    return n;
  }

  sqlRecursion(n) {
    return this.sql
      .exec("WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < ?) SELECT max(x) AS m FROM c", n)
      .one().m;
  }
}
