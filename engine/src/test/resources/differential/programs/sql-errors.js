// The texts of SQL errors: message, offset, code and extended code.
const setup = "create table t(id integer primary key, u unique, n not null, c check (c > 0), x); insert into t values (1, 1, 1, 1, 1)";
const fails = (...texts) => ({ attempt, sql }) => { sql.exec(setup); return texts.map((text) => attempt(() => { sql.exec(text).toArray(); return "ran"; })); };
export default {
  "syntax errors": fails("selec 1", "select", "select 1 from", "select * from t where", "create", "insert t", "select 1 2", "select (1", "select 1)", "select 'x", "select \"x", "select [x", "select /* x"),
  "syntax errors further on": fails("select 1,\n  from t", "select 'é' frm t", "update t set", "delete t", "create table q(a b c d, )", "select * from t order"),
  "syntax errors at a word that stands twice": fails("select from from t", "select 1 where where 1", "insert into t t values (1)"),
  "unrecognised tokens": fails("select #", "select 1 # 2", "select $", "select ! 1", "select 1abc", "select 0xzz", "select x'0'", "select x'zz'", "select \\", "select 1.5e", "select @", "select :", "select ?a"),
  "missing tables": fails("select * from nope", "insert into nope values (1)", "update nope set a = 1", "delete from nope", "drop table nope", "alter table nope add column a", "create index i on nope(a)", "select * from main.nope", "select * from nope.t"),
  "missing columns": fails("select nope from t", "select t.nope from t", "insert into t(nope) values (1)", "update t set nope = 1", "select * from t where nope = 1", "select * from t order by nope", "create index i on t(nope)", "select z.id from t", "select id from t group by nope"),
  "missing columns in double quotes": fails("select \"nope\" from t", "select \"nope\"", "insert into t(n) values (\"nope\")", "create table q(a default \"x\")", "select * from t where x = \"nope\""),
  "missing columns that stand twice": fails("select nope from t where nope = 1", "select id from t where nope + nope"),
  "missing columns after other letters": fails("select 'ééé', nope from t", "select 1 -- é\n, nope from t"),
  "ambiguous columns": fails("select id from t a, t b", "select * from t a join t b on id = 1"),
  "missing functions": fails("select nope()", "select nope(1, 2) from t", "select 1 where nope(2)", "select \"nope\"(1)", "select nope() over ()"),
  "wrong numbers of arguments": fails("select length()", "select length(1, 2)", "select substr('a')", "select abs(1, 2)", "select json_extract()", "select coalesce(1)", "select count(1, 2) from t"),
  "misused aggregates": fails("select * from t where count(*) > 1", "select sum(count(*)) from t", "select max(id) from t group by max(id)", "select row_number() from t", "select id from t where row_number() over () = 1", "select sum(distinct id, u) from t"),
  "missing collations and modules": fails("select 'a' collate nope", "create virtual table v using nope(a)", "select * from t indexed by nope", "create table q(a collate nope)", "select * from t order by x collate nope"),
  "things that are there already": fails("create table t(a)", "create index sqlite_autoindex_t_1 on t(x)", "create view t as select 1", "alter table t add column x", "create table q(a, a)", "create table q(a primary key, b primary key)"),
  "an index or view that is there already": ({ sql, attempt }) => {
    sql.exec("create table t(a); create index i on t(a); create view v as select 1; create trigger tr after insert on t begin select 1; end");
    return ["create index i on t(a)", "create view v as select 2", "create table v(a)", "create index t on t(a)", "create table i(a)", "create trigger tr after insert on t begin select 1; end"].map((s) => attempt(() => { sql.exec(s); }));
  },
  "drops of the wrong kind": ({ sql, attempt }) => {
    sql.exec("create table t(a); create index i on t(a); create view v as select 1");
    return ["drop table v", "drop view t", "drop table i", "drop index t", "drop index nope", "drop view nope", "drop trigger nope", "drop table if exists nope", "drop table if exists v"].map((s) => attempt(() => { sql.exec(s); return "ran"; }));
  },
  "UNIQUE": fails("insert into t(u, n) values (1, 1)", "insert into t(id, n) values (1, 1)", "update t set id = 1", "insert into t(u, n) values (2, 1), (2, 1)"),
  "UNIQUE over two columns": ({ sql, attempt }) => {
    sql.exec("create table t(a, b, unique (a, b)); create unique index i on t(a + b); insert into t values (1, 2)");
    return [attempt(() => sql.exec("insert into t values (1, 2)")), attempt(() => sql.exec("insert into t values (2, 1)"))];
  },
  "PRIMARY KEY of every kind": ({ sql, attempt }) => {
    sql.exec("create table a(k primary key); create table b(k text primary key) without rowid; create table c(x, y, primary key (x, y)); insert into a values (1); insert into b values ('x'); insert into c values (1, 2)");
    return ["insert into a values (1)", "insert into b values ('x')", "insert into b values (null)", "insert into c values (1, 2)", "insert into a values (null)"].map((s) => attempt(() => { sql.exec(s); return "ran"; }));
  },
  "NOT NULL": fails("insert into t(u) values (5)", "update t set n = null", "insert into t(n) values (null)"),
  "CHECK": fails("insert into t(n, c) values (1, 0)", "update t set c = -1"),
  "CHECK with a name": ({ sql, attempt }) => { sql.exec("create table t(a, constraint positive check (a > 0), check (a < 10))"); return [attempt(() => sql.exec("insert into t values (0)")), attempt(() => sql.exec("insert into t values (10)"))]; },
  "datatype mismatch": fails("insert into t(id, n) values ('x', 1)", "select 1 limit 'x'", "update t set id = 'y'"),
  "FOREIGN KEY at once": ({ sql, attempt, value }) => {
    sql.exec("create table p(id integer primary key); create table c(r references p(id)); insert into p values (1); insert into c values (1)");
    return [attempt(() => sql.exec("insert into c values (2)")), attempt(() => sql.exec("delete from p")), attempt(() => sql.exec("update p set id = 5")), attempt(() => sql.exec("drop table p")), value("select count(*) from c")];
  },
  "FOREIGN KEY actions": ({ sql, rows }) => {
    sql.exec("create table p(id integer primary key); create table c(r references p(id) on delete cascade on update cascade); create table n(r references p(id) on delete set null); insert into p values (1), (2); insert into c values (1), (2); insert into n values (1), (2); delete from p where id = 1; update p set id = 7");
    return [rows("select * from c"), rows("select * from n")];
  },
  "FOREIGN KEY mismatch": ({ sql, attempt }) => { sql.exec("create table p(id); create table c(r references p(id)); create table d(r references nope(id))"); return [attempt(() => sql.exec("insert into c values (1)")), attempt(() => sql.exec("insert into d values (1)")), attempt(() => { sql.exec("insert into d values (null)"); return "ran"; })]; },
  "RAISE": ({ sql, attempt, value }) => {
    sql.exec("create table t(a); create trigger tr before insert on t begin select case when new.a = 1 then raise(abort, 'no one') when new.a = 2 then raise(ignore) when new.a = 3 then raise(fail, 'no three') end; end");
    return [attempt(() => sql.exec("insert into t values (0), (1)")), attempt(() => { sql.exec("insert into t values (2)"); return "ran"; }), attempt(() => sql.exec("insert into t values (0), (3)")), value("select count(*) from t")];
  },
  "RAISE(ROLLBACK) and OR ROLLBACK": [
    ({ sql }) => { sql.exec("create table t(a unique); insert into t values (1)"); return "made"; },
    ({ sql, attempt, rows }) => { sql.exec("insert into t values (2)"); return [attempt(() => sql.exec("insert or rollback into t values (1)")), attempt(() => rows("select * from t"))]; },
    ({ rows }) => rows("select * from t"),
  ],
  "OR FAIL, OR ABORT, OR IGNORE, OR REPLACE": ({ sql, attempt, rows }) => {
    sql.exec("create table t(a unique, b); insert into t values (2, 'old')");
    const errors = [attempt(() => sql.exec("insert or fail into t values (1, 'f'), (2, 'f'), (3, 'f')")), attempt(() => sql.exec("insert or abort into t values (4, 'a'), (2, 'a')"))];
    sql.exec("insert or ignore into t values (5, 'i'), (2, 'i'); insert or replace into t values (2, 'r')");
    return [errors, rows("select * from t order by a")];
  },
  "a failed statement undoes itself alone": ({ sql, attempt, rows }) => { sql.exec("create table t(a unique); insert into t values (1)"); return [attempt(() => sql.exec("insert into t values (5), (6), (1)")), rows("select * from t")]; },
  "division and overflow": ({ rows, attempt }) => [rows("select 1 / 0 a, 1 % 0 b, 9223372036854775807 + 1 c"), attempt(() => rows("select abs(-9223372036854775808)")), attempt(() => rows("select sum(value) from json_each('[9223372036854775807, 1]')"))],
  "JSON that is none": ({ attempt, rows }) => ["select json('{')", "select json_extract('{', '$')", "select '{' -> 'a'", "select json_extract('{}', 'x')", "select * from json_each('[')", "select json_set('{}', '$.a')", "select json(x'00')"].map((s) => attempt(() => rows(s))),
  "bad regular expressions and patterns": ({ attempt, rows }) => ["select 'a' regexp 'a'", "select regexp('a', 'a')", "select 'a' match 'a'", "select 'a' like 'b' escape 'cc'"].map((s) => attempt(() => rows(s))),
  "wrong INSERT shapes": fails("insert into t values (1)", "insert into t(id, n) values (1)", "insert into t(id) values (1, 2)", "insert into t select 1", "insert into t default values", "insert into t(n) values (1), (1, 2)"),
  "wrong ALTERs": fails("alter table t drop column id", "alter table t drop column nope", "alter table t rename column nope to a", "alter table t add column p primary key", "alter table t add column p not null", "alter table t add column p unique", "alter table t drop column u", "alter table t rename to t"),
  "views cannot be written": ({ sql, attempt }) => { sql.exec("create view v as select 1 a"); return ["insert into v values (1)", "update v set a = 2", "delete from v", "create index i on v(a)", "alter table v add column b"].map((s) => attempt(() => sql.exec(s))); },
  "a view on a dropped table": ({ sql, attempt, rows }) => { sql.exec("create table t(a); create view v as select a from t; drop table t"); return attempt(() => rows("select * from v")); },
  "circular and recursive views": ({ sql, attempt, rows }) => { sql.exec("create view a as select * from b; create view b as select * from a"); return attempt(() => rows("select * from a")); },
  "sqlite_ names": fails("create table sqlite_x(a)", "drop table sqlite_master", "insert into sqlite_master values (1, 2, 3, 4, 5)", "delete from sqlite_master", "update sqlite_master set name = 'x'", "create index i on sqlite_master(name)", "alter table t rename to sqlite_y"),
  "unknown databases": fails("select * from other.t", "create table other.q(a)", "create table main.q(a)", "select * from temp.sqlite_master", "select * from sqlite_temp_master"),
  "CTE errors": fails("with a(x, y) as (select 1) select * from a", "with a as (select * from a) select * from a", "with a as (select 1) select * from b", "with a as (select 1), a as (select 2) select * from a"),
  "sub-select errors": fails("select (select 1, 2)", "select 1 in (select 1, 2)", "select (1, 2) = 3", "select (1, 2)", "select 1 union select 1, 2", "select id from t where id in (select nope from t)"),
  "window errors": fails("select sum(id) over w from t", "select ntile(0) over () from t", "select nth_value(1, 0) over () from t", "select lag() over () from t"),
  "GROUP BY and ORDER BY numbers": fails("select 1 order by 5", "select 1 group by 5", "select 1 union select 2 order by 3", "select 1 union select 2 order by nope"),
  "RETURNING errors": fails("insert into t(n) values (1) returning nope", "insert into t(n) values (1) returning count(*)", "delete from t returning max(id)"),
  "generated column errors": ({ sql, attempt }) => { sql.exec("create table g(a, b as (a + 1))"); return ["insert into g values (1, 2)", "insert into g(b) values (2)", "update g set b = 1", "create table h(a as (b), b as (a))", "create table h(a as (random()))"].map((s) => attempt(() => sql.exec(s))); },
  "error objects": ({ sql, attempt }) => { const e = attempt(() => sql.exec("selec")); return [e instanceof Error, e.constructor === Error, Object.keys(e), typeof e.stack, e.code, String(e)]; },
  "long messages": ({ sql, attempt }) => attempt(() => sql.exec("select * from " + "x".repeat(300))),
  "quotes in messages": fails("select * from \"a\"\"b\"", "select * from 'it''s'", "select \"a\"\"b\".c from t", "select [a b](1)"),
  "unicode in messages": fails("select * from \"é😀\"", "select é from t", "é", "select 😀"),
  "messages with brackets": fails("select * from \"(x)\"", "select * from \"[SQLITE_ERROR] (y)\""),
};
