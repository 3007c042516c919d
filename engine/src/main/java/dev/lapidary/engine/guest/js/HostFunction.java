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
  REPLY("reply", 6),
  FAIL("fail", 5),
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
  DECODE("decode", 3),
  CALL("call", 5),
  SUBREQUEST("subrequest", 8),
  CANCEL_CALL("cancelCall", 1),
  ANSWER("answer", 3),
  DROP("drop", 1),
  OBJECT_ID("objectId", 3),
  OBJECT_STUB("objectStub", 3),
  FACET("facet", 2),
  FACET_ABORT("facetAbort", 5),
  FACET_DELETE("facetDelete", 1),
  FACET_CLONE("facetClone", 2),
  FACET_LIST("facetList", 1),
  FACET_STAT("facetStat", 2),
  FACET_STARTED("facetStarted", 3),
  LOAD("load", 3),
  CODE("code", 7),
  ENTRYPOINT("entrypoint", 5),
  ACTOR_CLASS("actorClass", 4),
  SOCKET_PAIR("socketPair", 0),
  SOCKET_ACCEPT("socketAccept", 1),
  SOCKET_HIBERNATE("socketHibernate", 3),
  SOCKET_SEND("socketSend", 2),
  SOCKET_CLOSE("socketClose", 3),
  SOCKETS("sockets", 1),
  SOCKET_TAGS("socketTags", 1),
  SOCKET_STATE("socketState", 1),
  SOCKET_ATTACHMENT("socketAttachment", 2),
  SOCKET_AUTO_RESPONSE("socketAutoResponse", 2),
  SOCKET_AUTO_RESPONSE_TIME("socketAutoResponseTime", 1),
  SOCKET_TIMEOUT("socketTimeout", 1),
  PULL("pull", 1),
  CANCEL_STREAM("cancelStream", 2),
  CHUNK("chunk", 2),
  END_STREAM("endStream", 1),
  ERROR_STREAM("errorStream", 3),
  EXPORT_STREAM("exportStream", 1),
  CODEC_OPEN("codecOpen", 2),
  CODEC_WRITE("codecWrite", 3),
  CODEC_READ("codecRead", 1),
  CODEC_CLOSE("codecClose", 1),
  WASM_HOOKS("wasmHooks", 1),
  WASM_DESCRIBE("wasmDescribe", 1),
  WASM_VALIDATE("wasmValidate", 1),
  WASM_TYPE("wasmType", 2),
  WASM_SECTIONS("wasmSections", 2),
  WASM_INSTANTIATE("wasmInstantiate", 2),
  WASM_START("wasmStart", 3),
  WASM_EXPORT("wasmExport", 3),
  WASM_MEMORY("wasmMemory", 3),
  WASM_TABLE("wasmTable", 4),
  WASM_GLOBAL("wasmGlobal", 4),
  WASM_FREE("wasmFree", 2),

  /// With the arguments of the call after these.
  WASM_CALL("wasmCall", 3);

  private static final HostFunction[] BY_NUMBER = values();

  /// More than any function of WebAssembly takes.
  private static final int MOST_ARGUMENTS = 1_010;

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

  /// How many arguments it takes, of so many that were given.
  int count(int given) {
    return this == WASM_CALL ? Math.clamp(given, arguments, MOST_ARGUMENTS) : arguments;
  }

  static HostFunction of(int number) {
    return BY_NUMBER[number];
  }

  /// A new object with all of them.
  static long object(QuickJs js) {
    long host = js.newObject();
    for (HostFunction function : BY_NUMBER) {
      long value = js.hostFunction(function.jsName, function.arguments, function.number());
      js.define(host, function.jsName, value);
    }
    return host;
  }
}
