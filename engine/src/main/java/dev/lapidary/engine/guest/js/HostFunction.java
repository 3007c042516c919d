package dev.lapidary.engine.guest.js;

/// What the platform inside the guest can call: the JavaScript form of `sql.*`, `kv.*` and of the
/// effects. The guest SDK's README is the contract. The ordinal is the number the call arrives
/// with.
enum HostFunction {
  SQL_EXEC("sqlExec", 2),
  SQL_NEXT("sqlNext", 2),
  SQL_ALL("sqlAll", 2),
  SQL_COLUMNS("sqlColumns", 1),
  SQL_ROWS_READ("sqlRowsRead", 1),
  SQL_ROWS_WRITTEN("sqlRowsWritten", 1),
  DATABASE_SIZE("databaseSize", 0),
  SAVEPOINT("savepoint", 1),
  KV_GET("kvGet", 1),
  KV_PUT("kvPut", 2),
  KV_DELETE("kvDelete", 1),
  KV_DELETE_ALL("kvDeleteAll", 0),
  KV_LIST("kvList", 6),
  CURRENT_BOOKMARK("currentBookmark", 0),
  BOOKMARK_FOR_TIME("bookmarkForTime", 1),
  RESTORE_NEXT_SESSION("restoreNextSession", 1),
  REPLY("reply", 5),
  FAIL("fail", 4),
  LOG("log", 2),
  ABORT("abort", 3),
  SET_TIMER("setTimer", 2),
  CLEAR_TIMER("clearTimer", 1),
  RANDOM("random", 1),
  NOW("now", 0),
  UTF8("utf8", 1),
  TEXT("text", 1),
  MODULE_REQUIRE("moduleRequire", 2),
  MODULE_TYPE("moduleType", 1),
  MODULE_CONTENT("moduleContent", 1),
  MODULE_NAMESPACE("moduleNamespace", 1),
  GET_ALARM("getAlarm", 0),
  SET_ALARM("setAlarm", 1),
  DELETE_ALARM("deleteAlarm", 0),
  DONE("done", 1),
  CRYPTO("crypto", 8),
  ZONE_OFFSET("zoneOffset", 2),
  FOLLOW_PROMISES("followPromises", 0),
  DECODE("decode", 3);

  private static final HostFunction[] BY_NUMBER = values();

  final String jsName;
  final int arguments;

  HostFunction(String jsName, int arguments) {
    this.jsName = jsName;
    this.arguments = arguments;
  }

  @SuppressWarnings("EnumOrdinal") // never stored: both sides are of one build
  int number() {
    return ordinal();
  }

  static HostFunction of(int number) {
    return BY_NUMBER[number];
  }
}
