package dev.lapidary.engine.guest.raw;

import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.ValType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Every function that a raw guest may import, with its type: `i` is an i32, `I` an i64.
enum HostCall {
  SQL_EXEC("sql", "exec", "iiii", "I"),
  SQL_COLUMNS("sql", "columns", "iii", "I"),
  SQL_NEXT("sql", "next", "iiii", "I"),
  SQL_ROWS_READ("sql", "rows_read", "i", "I"),
  SQL_ROWS_WRITTEN("sql", "rows_written", "i", "I"),
  SQL_CLOSE("sql", "close", "i", "I"),
  SQL_SAVEPOINT("sql", "savepoint", "", "I"),
  SQL_RELEASE("sql", "release", "", "I"),
  SQL_ROLLBACK("sql", "rollback", "", "I"),
  SQL_DATABASE_SIZE("sql", "database_size", "", "I"),
  SQL_RESULT("sql", "result", "ii", "I"),

  KV_GET("kv", "get", "iiii", "I"),
  KV_PUT("kv", "put", "iiii", "I"),
  KV_DELETE("kv", "delete", "ii", "I"),
  KV_LIST("kv", "list", "iiii", "I"),
  KV_DELETE_ALL("kv", "delete_all", "", "I"),
  KV_GET_ALARM("kv", "get_alarm", "", "I"),
  KV_SET_ALARM("kv", "set_alarm", "I", "I"),
  KV_DELETE_ALARM("kv", "delete_alarm", "", "I"),
  KV_RESULT("kv", "result", "ii", "I"),

  ARGS_GET(HostCall.WASI, "args_get", "ii", "i"),
  ARGS_SIZES_GET(HostCall.WASI, "args_sizes_get", "ii", "i"),
  ENVIRON_GET(HostCall.WASI, "environ_get", "ii", "i"),
  ENVIRON_SIZES_GET(HostCall.WASI, "environ_sizes_get", "ii", "i"),
  CLOCK_RES_GET(HostCall.WASI, "clock_res_get", "ii", "i"),
  CLOCK_TIME_GET(HostCall.WASI, "clock_time_get", "iIi", "i"),
  FD_CLOSE(HostCall.WASI, "fd_close", "i", "i"),
  FD_FDSTAT_GET(HostCall.WASI, "fd_fdstat_get", "ii", "i"),
  FD_PRESTAT_GET(HostCall.WASI, "fd_prestat_get", "ii", "i"),
  FD_PRESTAT_DIR_NAME(HostCall.WASI, "fd_prestat_dir_name", "iii", "i"),
  FD_SEEK(HostCall.WASI, "fd_seek", "iIii", "i"),
  FD_WRITE(HostCall.WASI, "fd_write", "iiii", "i"),
  PROC_EXIT(HostCall.WASI, "proc_exit", "i", ""),
  RANDOM_GET(HostCall.WASI, "random_get", "ii", "i"),
  SCHED_YIELD(HostCall.WASI, "sched_yield", "", "i"),

  /// The meter's own: a slice of fuel is burnt; the stack would end.
  OUT_OF_FUEL("lapidary", "fuel", "", ""),
  OUT_OF_STACK("lapidary", "stack", "", "");

  private static final String WASI = "wasi_snapshot_preview1";
  private static final Map<String, HostCall> BY_NAME =
      Arrays.stream(values())
          .collect(Collectors.toMap(call -> call.module + "." + call.name, Function.identity()));

  final String module;
  final String name;

  @SuppressWarnings("ImmutableEnumChecker") // it is, but for a cached hash
  final FunctionType type;

  HostCall(String module, String name, String parameters, String results) {
    this.module = module;
    this.name = name;
    this.type = FunctionType.of(types(parameters), types(results));
  }

  boolean isStorage() {
    return module.equals("sql") || module.equals("kv");
  }

  private static List<ValType> types(String letters) {
    return letters.chars().mapToObj(c -> c == 'I' ? ValType.I64 : ValType.I32).toList();
  }

  static @Nullable HostCall of(String module, String name) {
    return BY_NAME.get(module + "." + name);
  }
}
