// How values go to SQLite and come back.
const typed = (t, ...values) => values.map((v) => t.attempt(() => t.rows("select typeof(?1) t, ?1 v", v)[0]));
export default {
  "numbers bind as REAL": (t) => typed(t, 1, 0, -1, 1.5, 2 ** 31, 2 ** 53, -(2 ** 53), 1e300, 5e-324, 2 ** 63),
  "special numbers": (t) => typed(t, NaN, Infinity, -Infinity, -0),
  "minus zero": ({ rows }) => rows("select ? a, -0.0 b, 0.0 * -1 c, cast(? as text) d, 1 / ? e", -0, -0, -0),
  "booleans bind as TEXT": (t) => typed(t, true, false),
  "null and undefined": (t) => typed(t, null, undefined),
  "BigInt is refused": (t) => typed(t, 0n, 5n, 2n ** 70n),
  "strings": (t) => typed(t, "", "a", "1", "é😀", "a\u0000b", "\ud800", "\udc00x", "x\ud83d"),
  "what strings are inside": ({ rows }) => rows("select hex(?) a, length(?) b, hex(?) c, length(?) d", "a\u0000b", "a\u0000b", "\ud800", "😀"),
  "symbols are refused": (t) => typed(t, Symbol("s"), Symbol.iterator),
  "objects bind as their text": (t) => typed(t, {}, [1, 2], [], new Date(0), /x/g, new Map(), new Error("e"), { toString: () => "mine" }),
  "functions bind as their text": (t) => typed(t, Math.max).map((row) => [row.t, typeof row.v]),
  "boxed primitives": (t) => typed(t, new Number(5), new String("s"), new Boolean(true)),
  "an object that cannot be text": (t) => typed(t, Object.create(null), { toString() { throw new RangeError("mine"); } }),
  "an object with valueOf alone": (t) => typed(t, { valueOf: () => 5 }),
  "ArrayBuffer": (t) => typed(t, new ArrayBuffer(0), new Uint8Array([1, 2, 255]).buffer),
  "typed arrays": (t) => typed(t, new Uint8Array([1, 2]), new Int8Array([-1]), new Uint16Array([258]), new Float64Array([1]), new Float32Array([1.5]), new BigInt64Array([-1n]), new Uint8ClampedArray([300])),
  "views with an offset": (t) => {
    const buffer = new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7]).buffer;
    return typed(t, new Uint8Array(buffer, 2, 3), new Uint16Array(buffer, 2, 2), new DataView(buffer, 1, 4), new Uint8Array(buffer, 8), new Uint8Array(buffer, 3).subarray(1, 2));
  },
  "an empty view": (t) => typed(t, new Uint8Array(0), new DataView(new ArrayBuffer(4), 4, 0)),
  "the bound bytes are a copy": ({ sql, value }) => {
    const bytes = new Uint8Array([1, 2, 3]);
    sql.exec("create table t(a)");
    sql.exec("insert into t values (?)", bytes);
    bytes[0] = 9;
    return value("select hex(a) from t");
  },
  "a blob is a new ArrayBuffer each time": ({ rows }) => {
    const [{ a, b }] = rows("select x'0102' a, x'0102' b");
    return [a, b, a === b, a instanceof ArrayBuffer, a.byteLength];
  },
  "integers come back as numbers": ({ rows }) => rows("select 1 a, -1 b, 0 c, 2147483648 d, 9007199254740991 e, 9007199254740993 f, 9223372036854775807 g, -9223372036854775808 h"),
  "reals come back as numbers": ({ rows }) => rows("select 1.0 a, 0.1 b, 1e308 c, -1.5e-10 d, 9e999 e, -9e999 f, 2.5e15 g, 123456789.123456789 h"),
  "NULL, text and blob come back": ({ rows }) => rows("select null a, 'x' b, x'' c, x'00ff' d, '' e"),
  "text with NUL": ({ rows }) => rows("select char(97, 0, 98) a, length(char(97, 0, 98)) b, cast(x'610062' as text) c"),
  "text that is not UTF-8": ({ rows }) => rows("select cast(x'ff' as text) a, cast(x'c3' as text) b, cast(x'61edA08062' as text) c, cast(x'f0908080' as text) d"),
  "integer affinity": ({ sql, rows }) => {
    sql.exec("create table t(i integer)");
    for (const v of [1, 1.5, "2", "2.0", "x", true, null, "9007199254740993", 2 ** 60, -0]) sql.exec("insert into t values (?)", v);
    return rows("select typeof(i) t, i from t");
  },
  "real affinity": ({ sql, rows }) => {
    sql.exec("create table t(r real)");
    for (const v of [1, 1.5, "2", "x", false]) sql.exec("insert into t values (?)", v);
    sql.exec("insert into t values (7)");
    return rows("select typeof(r) t, r from t");
  },
  "text affinity": ({ sql, rows }) => {
    sql.exec("create table t(s text)");
    for (const v of [1, 1.5, -0, 1e21, 1e-7, 0.1 + 0.2, 2 ** 53, "2", true, new Uint8Array([65])]) sql.exec("insert into t values (?)", v);
    return rows("select typeof(s) t, s from t");
  },
  "numeric affinity": ({ sql, rows }) => {
    sql.exec("create table t(n numeric)");
    for (const v of [1, 1.5, "2", "2.50", "1e3", "0x10", "x", " 3 ", ""]) sql.exec("insert into t values (?)", v);
    return rows("select typeof(n) t, n from t");
  },
  "blob and no affinity": ({ sql, rows }) => {
    sql.exec("create table t(b blob, a)");
    for (const v of [1, "1", new Uint8Array([49])]) sql.exec("insert into t values (?, ?)", v, v);
    return rows("select typeof(b) tb, b, typeof(a) ta, a from t");
  },
  "a STRICT table": ({ sql, rows, attempt }) => {
    sql.exec("create table t(i integer, r real, s text, b blob, a any) strict");
    return [attempt(() => sql.exec("insert into t values (?, ?, ?, ?, ?)", 1, 1, "s", new Uint8Array([1]), "5")), attempt(() => sql.exec("insert into t(i) values (?)", 1.5)),
      attempt(() => sql.exec("insert into t(i) values (?)", "x")), attempt(() => sql.exec("insert into t(b) values (?)", "x")), rows("select *, typeof(a) ta from t")];
  },
  "comparing bound numbers with integers": ({ value }) => [value("select 1 = ?", 1), value("select '1' = ?", 1), value("select 9007199254740993 = ?", 9007199254740992), value("select ? in (1, 2)", 2)],
  "integer division and remainder of bound numbers": ({ rows }) => rows("select ? / 2 a, 7 / ? b, ? % 3 c, ? | 1 d, ? << 2 e", 7, 2, 7, 4, 3),
  "LIMIT takes a bound number": ({ rows, attempt }) => [rows("select value from json_each('[1,2,3]') limit ?", 2), attempt(() => rows("select 1 limit ?", 1.5)), attempt(() => rows("select 1 limit ?", "x"))],
  "rowid takes a bound number": ({ sql, rows, attempt }) => {
    sql.exec("create table t(id integer primary key)");
    sql.exec("insert into t values (?)", 7);
    return [attempt(() => sql.exec("insert into t values (?)", 1.5)), attempt(() => sql.exec("insert into t values (?)", "x")), rows("select id, typeof(id) t from t")];
  },
  "dates as ISO text": ({ rows }) => rows("select ? a, date(?) b, unixepoch(?) c", new Date(0).toISOString(), new Date(0).toISOString(), new Date(5000).toISOString()),
  "JSON text goes and comes": ({ rows }) => rows("select json(?) a, json_extract(?, '$.b[1]') b, json_type(?, '$.b') c", '{"a": 1}', '{"b":[1,2.5]}', '{"b":[]}'),
  "booleans of SQL are numbers": ({ rows }) => rows("select true a, false b, 1 < 2 c, not 1 d, null is null e"),
  "a large text": ({ value, rows }) => [value("select length(?)", "é".repeat(100000)), rows("select ? v", "x".repeat(100000))[0].v.length],
  "a large blob": ({ rows }) => { const [{ v }] = rows("select ? v", new Uint8Array(1000000).fill(7)); return [v.byteLength, new Uint8Array(v)[999999]]; },
  "SharedArrayBuffer or what stands for it": ({ attempt, rows }) => typeof SharedArrayBuffer === "undefined" ? "none" : attempt(() => rows("select typeof(?) t", new SharedArrayBuffer(2))),
  "column metadata of expressions": ({ sql }) => sql.exec("select 1+1, count(*), 'a' || 'b', x'00', null, 1 as \"q r\", (select 2), -1, +1, max(1, 2)").columnNames,
};
