package dev.lapidary.engine.storage;

import java.util.stream.Stream;

/// The tables of [PolicyTest].
final class RefusedStatements {
  private RefusedStatements() {}

  static Stream<String> all() {
    return ATTACKS.lines().map(String::strip).filter(line -> !line.isEmpty());
  }

  static Stream<String> allowed() {
    return ALLOWED.lines().map(String::strip).filter(line -> !line.isEmpty());
  }

  private static final String ATTACKS =
      """
      TRANSACTION ### begin
      TRANSACTION ### BEGIN IMMEDIATE
      TRANSACTION ### commit
      TRANSACTION ### end transaction
      TRANSACTION ### rollback
      TRANSACTION ### savepoint x
      TRANSACTION ### release x
      TRANSACTION ### rollback to x
      TRANSACTION ### /* hi */ begin
      TRANSACTION ### explain begin
      TRANSACTION ### explain query plan commit
      TRANSACTION ### select 1; begin
      AUTH ### attach ':memory:' as x
      AUTH ### attach database '/tmp/evil.sqlite' as x
      AUTH ### explain attach 'x' as y
      AUTH ### detach main
      cannot VACUUM from within a transaction: SQLITE_ERROR ### vacuum
      cannot VACUUM from within a transaction: SQLITE_ERROR ### vacuum into 'copy.sqlite'
      cannot VACUUM from within a transaction: SQLITE_ERROR ### vacuum main into 'copy.sqlite'
      cannot VACUUM from within a transaction: SQLITE_ERROR ### explain vacuum
      near "backup": syntax error at offset 0: SQLITE_ERROR ### backup to 'copy.sqlite'
      near "backup": syntax error at offset 0: SQLITE_ERROR ### backup main to copy.sqlite
      near "restore": syntax error at offset 0: SQLITE_ERROR ### restore from 'copy.sqlite'
      AUTH ### create temp table x(a)
      AUTH ### create temporary table x(a)
      AUTH ### create table temp.x(a)
      AUTH ### create table "temp".x(a)
      AUTH ### create temp view x as select 1
      AUTH ### create temp trigger x after insert on t begin select 1; end
      AUTH ### create trigger temp.x after insert on t begin select 1; end
      AUTH ### create view temp.x as select 1
      AUTH ### create virtual table temp.x using fts5(a)
      AUTH ### pragma user_version
      AUTH ### pragma user_version=5
      AUTH ### pragma journal_mode
      AUTH ### pragma journal_mode=delete
      AUTH ### pragma main.journal_mode=off
      AUTH ### pragma writable_schema=1
      AUTH ### pragma /**/ writable_schema(1)
      AUTH ### PRAGMA "writable_schema" = on
      AUTH ### explain pragma writable_schema=1
      AUTH ### pragma synchronous=off
      AUTH ### pragma locking_mode=normal
      AUTH ### pragma wal_checkpoint
      AUTH ### pragma max_page_count=99999999
      AUTH ### pragma trusted_schema=1
      AUTH ### pragma temp_store_directory='/tmp'
      AUTH ### pragma temp.foreign_keys
      AUTH ### pragma foreign_keys=5
      AUTH ### pragma foreign_keys=0 garbage
      AUTH ### pragma page_size=512
      AUTH ### pragma nope
      AUTH ### pragma function_list
      AUTH ### pragma database_list
      AUTH ### pragma table_info(_cf_KV)
      AUTH ### pragma table_info('_CF_kv')
      AUTH ### pragma table_xinfo=_cf_KV
      AUTH ### select * from pragma_user_version
      AUTH ### select * from pragma_database_list
      AUTH ### select * from "pragma_database_list"
      AUTH ### select * from 'pragma_database_list'
      AUTH ### select * from main.pragma_database_list
      AUTH ### select * from pragma_table_info('_cf_KV')
      AUTH ### create view v as select * from pragma_database_list
      AUTH ### create view v as select * from 'pragma_database_list'
      AUTH ### create table x as select * from pragma_database_list
      AUTH ### select * from pragma_optimize
      access to _cf_KV.key is prohibited: SQLITE_AUTH ### select * from _cf_KV
      access to _cf_KV.key is prohibited: SQLITE_AUTH ### select key from _CF_kv
      access to _cf_KV.value is prohibited: SQLITE_AUTH ### select value from "_cf_KV"
      access to _cf_KV.key is prohibited: SQLITE_AUTH ### select * from [_cf_KV]
      access to _cf_KV.key is prohibited: SQLITE_AUTH ### select * from `_cf_KV`
      access to _cf_KV.key is prohibited: SQLITE_AUTH ### select * from '_cf_KV'
      access to _cf_KV.key is prohibited: SQLITE_AUTH ### select * from main . _cf_KV as innocent
      access to _cf_KV.key is prohibited: SQLITE_AUTH ### select * from t, _cf_KV
      access to _cf_KV.key is prohibited: SQLITE_AUTH ### with c as (select * from _cf_KV) select * from c
      access to _cf_KV.key is prohibited: SQLITE_AUTH ### select 1 where exists (select key from _cf_KV)
      access to _cf_KV.key is prohibited: SQLITE_AUTH ### insert into t(b) select key from _cf_KV
      AUTH ### create table x as select * from _cf_KV
      access to _cf_KV.key is prohibited: SQLITE_AUTH ### create table x as select * from t, _cf_KV
      not authorized: SQLITE_AUTH ### insert into _cf_KV values('a', 'b')
      not authorized: SQLITE_AUTH ### replace into "_cf_KV" values('secret', 'b')
      not authorized: SQLITE_AUTH ### update _cf_KV set value = 1
      not authorized: SQLITE_AUTH ### delete from _cf_KV
      AUTH ### drop table _cf_KV
      AUTH ### drop table if exists main."_CF_KV"
      AUTH ### alter table _cf_KV rename to mine
      AUTH ### alter table _cf_KV add column x
      AUTH ### alter table t rename to _cf_t
      AUTH ### alter table t rename to '_cf_t'
      AUTH ### alter table t add column k references _cf_KV(key)
      AUTH ### create table _cf_x(a)
      AUTH ### create table if not exists "_Cf_x"(a)
      AUTH ### create table '_cf_x'(a)
      AUTH ### create table main._cf_x(a)
      AUTH ### create table x(k references _cf_KV(key) on delete cascade)
      AUTH ### create table x(k references '_cf_KV'(key))
      AUTH ### create table _cf_x as select 1
      AUTH ### create index _cf_i on t(b)
      AUTH ### create index i on _cf_KV(value)
      AUTH ### create unique index if not exists [_cf_i] on t(b)
      AUTH ### create view _cf_v as select 1
      AUTH ### create view v as select * from _cf_KV
      AUTH ### create view v as select * from t, '_cf_KV'
      AUTH ### create view v as select * from ('_cf_KV')
      AUTH ### create trigger _cf_t after insert on t begin select 1; end
      AUTH ### create trigger g after insert on _cf_KV begin select 1; end
      AUTH ### create trigger g after insert on '_cf_KV' begin select 1; end
      AUTH ### create trigger g after insert on t begin delete from _cf_KV; end
      AUTH ### create trigger g after insert on t begin insert into t select key, value from "_cf_KV"; end
      AUTH ### create virtual table _cf_v using fts5(a)
      AUTH ### create virtual table _cf using fts5(a)
      AUTH ### create virtual table main . "_CF" using fts5(a)
      AUTH ### alter table f rename to _cf
      AUTH ### create virtual table v using fts5(key, value, content='_cf_KV', content_rowid='key')
      AUTH ### create virtual table v using fts5(key, content="_cf_KV")
      AUTH ### create virtual table v using fts4(a)
      AUTH ### create virtual table v using dbstat
      AUTH ### create virtual table v using fts3tokenize
      AUTH ### create virtual table v using "csv"(filename='/etc/passwd')
      no such table: dbstat: SQLITE_ERROR ### select * from dbstat
      no such table: fts3tokenize: SQLITE_ERROR ### select * from fts3tokenize
      AUTH ### create view v as select * from dbstat
      table sqlite_master may not be modified: SQLITE_ERROR ### insert into sqlite_master values(1, 2, 3, 4, 5)
      table sqlite_master may not be modified: SQLITE_ERROR ### delete from sqlite_schema
      table sqlite_master may not be modified: SQLITE_ERROR ### update "sqlite_master" set sql = 'x'
      table sqlite_master may not be dropped: SQLITE_ERROR ### drop table sqlite_master
      object name reserved for internal use: sqlite_x: SQLITE_ERROR ### create table sqlite_x(a)
      table f_data may not be modified: SQLITE_ERROR ### insert into f_data values(1, 2)
      table f_data may not be modified: SQLITE_ERROR ### update "F_DATA" set block = x'00'
      table f_config may not be modified: SQLITE_ERROR ### delete from f_config
      table r_node may not be modified: SQLITE_ERROR ### update r_node set data = x'ff'
      table f_data may not be dropped: SQLITE_ERROR ### drop table f_data
      table f_data may not be altered: SQLITE_ERROR ### alter table f_data rename to mine
      not authorized to use function: sqlite_version at offset 7: SQLITE_ERROR ### select sqlite_version()
      not authorized to use function: sqlite_version at offset 7: SQLITE_ERROR ### select "sqlite_version"()
      not authorized to use function: power at offset 15: SQLITE_ERROR ### select 1 where power(2, 2)
      not authorized: SQLITE_ERROR ### select load_extension('/tmp/evil.so')
      no such function: reverse at offset 7: SQLITE_ERROR ### select reverse(b) from t
      no such function: replicate at offset 7: SQLITE_ERROR ### select replicate(b, 99999999) from t
      no such function: fts3_tokenizer at offset 7: SQLITE_ERROR ### select fts3_tokenizer('simple')
      no such function: stdev at offset 7: SQLITE_ERROR ### select stdev(a) from t
      not authorized to use function: subtype at offset 48: SQLITE_ERROR ### create trigger g after insert on t begin select subtype(1); end
      no such function: padl at offset 24: SQLITE_ERROR ### create view v as select padl(b, 1) from t
      no such function: padl at offset 26: SQLITE_ERROR ### create table x(a default (padl('x', 1)))
      no such function: proper at offset 20: SQLITE_ERROR ### create index i on t(proper(b))
      SQL code did not contain a statement. ### --
      near "frobnicate": syntax error at offset 0: SQLITE_ERROR ### frobnicate the database
      unrecognized token: "'open" at offset 7: SQLITE_ERROR ### select 'open
      """;

  private static final String ALLOWED =
      """
      select * from sqlite_master where name not like '_cf_%'
      select '_cf_KV', "one" as _cf_x from (select 1 as one)
      with _cf_c as (select 1) select * from _cf_c
      create table c(_cf_column, d default '_cf_x')
      create view v as select name from sqlite_master where name not like '_cf_%'
      insert into t(b) values('_cf_KV') returning b
      explain select * from t
      explain query plan select * from t where a = 1
      explain insert into t values(3, 4)
      pragma foreign_keys
      pragma main.foreign_keys = 0
      pragma defer_foreign_keys(on)
      pragma table_info(t)
      pragma table_list
      pragma index_list('t')
      pragma foreign_key_check
      pragma quick_check
      pragma quick_check(3)
      pragma optimize
      pragma optimize(1)
      pragma page_size
      pragma data_version
      select * from pragma_table_info('t')
      select m.name, p.name from sqlite_master m, pragma_table_info(m.name) p where m.name = 't'
      select key, value from json_each('[1,2]')
      select * from json_tree('{"a":1}')
      select json_extract('{"a":1}', '$.a'), '{"a":1}' ->> 'a', '[1]' -> 0
      select abs(1), upper('a'), coalesce(null, 1), iif(1, 2, 3), printf('%d', 1), unhex('00')
      select sum(a) over (order by b), row_number() over () from t
      select count(*), group_concat(b), max(a) from t group by b having count(*) > 0
      select date('now'), current_timestamp, strftime('%Y', 0)
      insert into f values('hello'); select highlight(f, 0, '<', '>'), bm25(f) from f('hello')
      select * from f_data
      insert into f(f) values('rebuild')
      create virtual table v using fts5vocab('f', 'row')
      create virtual table v using rtree_i32(a, b, c)
      insert into r values(1, 2, 3); select * from r where x1 > 1
      analyze; select * from sqlite_stat1
      reindex
      delete from sqlite_sequence
      drop table f
      alter table t rename to u
      alter table t rename column b to c
      alter table t add column c default 7
      alter table t drop column b
      create table x as select * from t
      create table w(a primary key, b) without rowid
      create unique index i on t(b collate nocase) where b is not null
      insert into t values(1, 2) on conflict do update set b = excluded.b
      with recursive c(n) as (select 1 union all select n + 1 from c limit 10) insert into t(b) select n from c
      update t set b = (select max(a) from t) where a in (select a from t) limit 1
      create trigger g after insert on t begin update t set b = case when new.a > 1 then 'x' else 'y' end where a = new.a; end; insert into t(b) values(1)
      create table if not exists t(x)
      create index if not exists i on t(b); create index if not exists i on t(b)
      create view if not exists t as select 1
      create virtual table if not exists f using fts5(x)
      drop table if exists nope
      drop index if exists nope; drop view if exists nope; drop trigger if exists nope
      select "nope"
      """;
}
