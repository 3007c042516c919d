// exec: statement lists, bindings, text around statements, the conversion of its arguments.
export default {
  "the last of several statements gives the rows": ({ rows }) => rows("select 1 as a; select 2 as b"),
  "all statements but the last run to their end": ({ rows }) =>
    rows("create table t(a); insert into t values (1),(2),(3); insert into t select a + 10 from t; select count(*) n, max(a) m from t"),
  "an ignored cursor has written already": ({ sql, value }) => {
    sql.exec("create table t(a)");
    sql.exec("insert into t values (1),(2)");
    return value("select count(*) from t");
  },
  "an ignored cursor of RETURNING has written every row": ({ sql, value }) => {
    sql.exec("create table t(a)");
    sql.exec("insert into t values (1),(2),(3) returning a");
    return value("select count(*) from t");
  },
  "only the last statement may have parameters": ({ sql, attempt }) => [
    attempt(() => sql.exec("select ?; select 1", 1)), attempt(() => sql.exec("select ?; select ?", 1, 2)),
    sql.exec("select 5; select ? as v", 7).toArray(),
  ],
  "statements before the refused one have run": ({ sql, attempt, value }) => {
    const error = attempt(() => sql.exec("create table t(a); insert into t values (1); insert into t values (?); select 1", 5));
    return [error, value("select count(*) from t")];
  },
  "statements before a wrong number of bindings have run": ({ sql, attempt, value }) => {
    const error = attempt(() => sql.exec("create table t(a); insert into t values (?)"));
    return [error, value("select count(*) from t")];
  },
  "too few and too many bindings": ({ sql, attempt }) => [
    attempt(() => sql.exec("select ?")), attempt(() => sql.exec("select 1", 1)), attempt(() => sql.exec("select ?, ?", 1)),
    attempt(() => sql.exec("select ?", 1, 2)),
  ],
  "numbered parameters": ({ rows }) => [rows("select ?2 x, ?1 y", 1, 2), rows("select ?1 a, ?1 b", 5), rows("select ?3 a", 1, 2, 3)],
  "numbered and plain parameters together": ({ rows, attempt }) => [
    rows("select ?2 a, ? b", 1, 2, 3), attempt(() => rows("select ?2 a, ? b", 1, 2)),
  ],
  "named parameters are bound in order of appearance": ({ rows }) => [
    rows("select :a x, @b y, $c z, :a w", 1, 2, 3), rows("select $a::b x", "ns"),
  ],
  "an out of range parameter number": ({ sql, attempt }) => [
    attempt(() => sql.exec("select ?0")), attempt(() => sql.exec("select ?101", 1)), attempt(() => sql.exec("select ?99999999999")),
  ],
  "empty text": ({ sql, attempt }) => ["", " ", "\n\t", ";", ";;", "-- x", "/* x */", "/* x", "-- x\n"].map((text) => attempt(() => sql.exec(text))),
  "text after the last semicolon": ({ attempt, rows }) =>
    ["select 1 a;", "select 1 a; ", "select 1 a;\n\t\r\f", "select 1 a; -- x", "select 1 a; /* x */", "select 1 a;;", "select 1 a; ;", "select 1 a -- x", "select 1 a /* x"]
      .map((text) => attempt(() => rows(text))),
  "text before the first statement": ({ attempt, rows }) =>
    [" select 1 a", "-- x\nselect 1 a", "/* x */ select 1 a", "; select 1 a", ";;select 1 a", "\ufeffselect 1 a", "\u00a0select 1 a"].map((text) => attempt(() => rows(text))),
  "an empty statement in the middle": ({ attempt, rows }) => [attempt(() => rows("select 1 a;; select 2 b")), attempt(() => rows("select 1 a; /* c */; select 2 b"))],
  "a comment before the second statement": ({ rows }) => rows("select 1 a; -- and\n /* then */ select 2 b"),
  "semicolons in strings, names and comments": ({ rows }) => rows(`select ';' a, 1 "b;c", 2 [d;e], 3 \`f;g\` -- ; x\n /* ; */`),
  "a trigger's body holds semicolons": ({ sql, rows }) => {
    sql.exec("create table t(a); create table log(a); create trigger tr after insert on t begin insert into log values (new.a); insert into log values (case when new.a > 1 then 'big' else 'small' end); end; insert into t values (1),(2)");
    return rows("select * from log");
  },
  "NUL in the text": ({ attempt, rows }) => [attempt(() => rows("select 1 a\u0000")), attempt(() => rows("select 'x\u0000y' a")), attempt(() => rows("\u0000"))],
  "unicode in text and names": ({ rows }) => rows("select 'żółć 😀' as \"名前\", length('😀') n, hex('é') h"),
  "lone surrogates in the text": ({ rows }) => rows("select 'a\ud800b' a, hex('\udc00') h"),
  "no argument": ({ sql, attempt }) => attempt(() => sql.exec()),
  "the query is converted to text": ({ sql, attempt }) => [
    sql.exec({ toString: () => "select 1 a" }).toArray(), attempt(() => sql.exec(null)), attempt(() => sql.exec(undefined)), attempt(() => sql.exec(5)),
    attempt(() => sql.exec(Symbol("s"))), sql.exec(["select 2 b"]).toArray(), attempt(() => sql.exec({ toString() { throw new RangeError("mine"); } })),
  ],
  "spread arguments and undefined bindings": ({ rows }) => rows("select ? a, ? b, ? c", ...[1, undefined, null]),
  "exec needs its receiver": ({ sql, attempt }) => { const { exec } = sql; return attempt(() => exec("select 1")); },
  "the objects' tags and prototypes": ({ sql, kv, storage }) => {
    const cursor = sql.exec("select 1");
    return [sql, kv, storage, cursor, cursor.raw(), kv.list()].map((o) => Object.prototype.toString.call(o));
  },
  "the members of sql": ({ sql }) => [Object.keys(sql), Object.getOwnPropertyNames(Object.getPrototypeOf(sql)).filter((name) => !["prepare", "ingest", "setMaxPageCountForTest"].includes(name)).sort()],
  "the members of a cursor": ({ sql }) => Object.getOwnPropertyNames(Object.getPrototypeOf(sql.exec("select 1"))).filter((name) => name !== "reusedCachedQueryForTest" && name !== "getRowsRead" && name !== "getRowsWritten").sort(),
  "sql.Cursor is the cursors' class": ({ sql, attempt }) => [typeof sql.Cursor, sql.exec("select 1") instanceof sql.Cursor, attempt(() => new sql.Cursor())],
  "storage.sql and storage.kv are the same each time": ({ storage }) => [storage.sql === storage.sql, storage.kv === storage.kv],
  "data written before a restart is there after it": [
    ({ sql }) => { sql.exec("create table t(a); insert into t values (1)"); return "written"; },
    ({ rows }) => rows("select * from t"),
    ({ sql, rows }) => { sql.exec("insert into t values (2)"); return rows("select * from t"); },
    ({ rows }) => rows("select * from t order by a desc"),
  ],
  "an uncaught error keeps what was written before it": [
    ({ sql }) => { sql.exec("create table t(a); insert into t values (1)"); sql.exec("insert into nope values (1)"); },
    ({ rows }) => rows("select * from t"),
  ],
  "IF NOT EXISTS twice in one text": ({ rows, sql }) => {
    sql.exec("create table if not exists t(a); create table if not exists t(a); create index if not exists i on t(a); create index if not exists i on t(a)");
    return rows("select name from sqlite_master order by name");
  },
  "the same text many times": ({ sql, value }) => {
    sql.exec("create table t(a)");
    for (let i = 0; i < 300; i++) sql.exec("insert into t values (?)", i);
    return value("select sum(a) from t");
  },
  "the same text with its cursor still open": ({ sql }) => {
    sql.exec("create table t(a); insert into t values (1),(2),(3)");
    const first = sql.exec("select a from t"), second = sql.exec("select a from t");
    return [first.next(), second.next(), first.next(), second.toArray(), first.toArray()];
  },
  "a text whose tables change between runs": ({ sql, rows }) => {
    sql.exec("create table t(a); insert into t values (1)");
    const before = rows("select * from t");
    sql.exec("alter table t add column b default 5");
    const after = rows("select * from t");
    sql.exec("drop table t; create table t(z); insert into t values ('new')");
    return [before, after, rows("select * from t")];
  },
  "databaseSize grows by pages": ({ sql }) => {
    const sizes = [sql.databaseSize];
    sql.exec("create table t(a)"); sizes.push(sql.databaseSize);
    sql.exec("insert into t values (zeroblob(20000))"); sizes.push(sql.databaseSize);
    sql.exec("delete from t"); sizes.push(sql.databaseSize);
    sql.exec("drop table t"); sizes.push(sql.databaseSize);
    return sizes;
  },
  "databaseSize with pairs": ({ sql, kv }) => {
    kv.put("a", 1);
    const one = sql.databaseSize;
    for (let i = 0; i < 200; i++) kv.put("key" + i, "x".repeat(100));
    return [one, sql.databaseSize];
  },
  "databaseSize is read-only": ({ sql, attempt }) => [attempt(() => { sql.databaseSize = 5; }), sql.databaseSize],
};
