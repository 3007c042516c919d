// storage.deleteAll
const caught = async (f) => { try { return await f(); } catch (error) { return error; } };
export default {
  "of nothing": async (t) => [await t.storage.deleteAll(), await t.storage.list()],
  "of pairs": async (t) => { await t.storage.put({ a: 1, b: 2 }); await t.storage.deleteAll(); return [await t.storage.list(), t.kv.get("a"), t.rows("select name from sqlite_master")]; },
  "of tables, views, triggers, indexes": async (t) => { t.sql.exec("create table t(a); create index i on t(a); create view v as select a from t; create trigger tr after insert on t begin select 1; end; insert into t values (1)"); await t.storage.deleteAll(); return t.rows("select name from sqlite_master"); },
  "of virtual tables": async (t) => { t.sql.exec("create virtual table f using fts5(x); create virtual table r using rtree(id, a, b); insert into f values ('x')"); await t.storage.deleteAll(); return t.rows("select name from sqlite_master"); },
  "of tables with AUTOINCREMENT": async (t) => { t.sql.exec("create table t(id integer primary key autoincrement); insert into t default values"); await t.storage.deleteAll(); t.sql.exec("create table t(id integer primary key autoincrement); insert into t default values"); return t.rows("select id from t"); },
  "sqlite_sequence after it": async (t) => { t.sql.exec("create table t(id integer primary key autoincrement); insert into t default values"); await t.storage.deleteAll(); return t.rows("select name from sqlite_master"); },
  "of tables with foreign keys": async (t) => { t.sql.exec("create table p(id integer primary key); create table c(r references p(id)); insert into p values (1); insert into c values (1)"); return [await caught(() => t.storage.deleteAll()), t.rows("select name from sqlite_master")]; },
  "and then going on": async (t) => { t.kv.put("a", 1); t.sql.exec("create table t(a)"); await t.storage.deleteAll(); t.kv.put("b", 2); t.sql.exec("create table t(x, y)"); return [[...t.kv.list()], t.rows("pragma table_info(t)").length]; },
  "with a cursor open": async (t) => { t.sql.exec("create table t(a); insert into t values (1), (2)"); const c = t.sql.exec("select a from t"); const r = await caught(() => t.storage.deleteAll()); return [r, t.attempt(() => c.toArray())]; },
  "with a list open": async (t) => { t.kv.put("a", 1); t.kv.put("b", 2); const i = t.kv.list(); i.next(); const r = await caught(() => t.storage.deleteAll()); return [r, t.attempt(() => i.next())]; },
  "across a restart": [async (t) => { t.kv.put("a", 1); t.sql.exec("create table t(a)"); return "made"; }, async (t) => { await t.storage.deleteAll(); return "deleted"; }, (t) => [t.kv.get("a"), t.rows("select name from sqlite_master")]],
  "that nobody awaits": [(t) => { t.kv.put("a", 1); t.storage.deleteAll(); return "sent"; }, (t) => t.storage.list()],
  "and an abort": [(t) => { t.kv.put("a", 1); return "put"; }, async (t) => { t.storage.deleteAll(); t.ctx.abort("enough"); }, (t) => [...t.kv.list()]],
  "writes before it in the same turn go too": async (t) => { t.kv.put("a", 1); const p = t.storage.deleteAll(); t.kv.put("b", 2); await p; return [...t.kv.list()]; },
  "sees its effect at once": (t) => { t.kv.put("a", 1); const p = t.storage.deleteAll(); const seen = t.kv.get("a"); return p.then(() => seen); },
  "options": async (t) => { t.kv.put("a", 1); return [await caught(() => t.storage.deleteAll({ allowConcurrency: true, noCache: true })), await caught(() => t.storage.deleteAll(5)), await t.storage.list()]; },
  "databaseSize after it": async (t) => { t.sql.exec("create table t(a); insert into t values (zeroblob(100000))"); await t.storage.deleteAll(); return t.sql.databaseSize; },
  "pragmas stay": async (t) => { t.sql.exec("pragma recursive_triggers = on"); await t.storage.deleteAll(); return [t.value("pragma recursive_triggers"), t.value("pragma foreign_keys")]; },
  "switches after a restart": [(t) => { t.sql.exec("pragma recursive_triggers = on"); return t.value("pragma recursive_triggers"); }, (t) => t.value("pragma recursive_triggers")],
};
