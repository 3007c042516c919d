package dev.lapidary.engine.storage;

import dev.lapidary.abi.Limits;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A real database that performs a history and answers each step in words, as [ModelState] does.
final class ModelDatabase implements AutoCloseable {
  private static final String ENDLESS =
      "with recursive c(n) as (select 1 union all select n+1 from c) select count(*) from c";

  private final Path file;
  private final Limits limits;
  private final StorageAccount account;
  private FacetDatabase database;
  private @Nullable SqlCursor left;

  ModelDatabase(Path file, Limits limits) {
    this.file = file;
    this.limits = limits;
    this.account = new StorageAccount(limits.storage().objectBytes());
    this.database = FacetDatabase.open(file, limits, account);
  }

  /// Performs a step and answers in words.
  ///
  /// @return the answer; the result code of a failure; the same after `lost` where the failure has
  ///     cost the turn everything, which then has been rolled back
  String perform(ModelOp op) {
    try {
      return tryPerform(op);
    } catch (SqlException e) {
      if (!e.isCritical()) {
        return e.code();
      }
      assertStuck(e);
      left = null;
      database.rollback();
      return ModelState.LOST + e.code();
    }
  }

  /// After a critical failure nothing goes until the rollback.
  private void assertStuck(SqlException failure) {
    try {
      database.keyValues().get("k");
      database.exec("select 1").close();
      database.commit();
    } catch (SqlException again) {
      if (again.isCritical() && again.code().equals(failure.code())) {
        return;
      }
      throw new AssertionError("after " + failure + " came " + again, again);
    }
    throw new AssertionError("the turn went on after " + failure);
  }

  private String tryPerform(ModelOp op) {
    KeyValueStore pairs = database.keyValues();
    switch (op.kind()) {
      case PUT, PUT_LARGE -> pairs.put(op.key(), op.value());
      case GET -> {
        byte[] value = pairs.get(op.key());
        return value == null ? "none" : ModelState.pair(op.key(), value);
      }
      case DELETE -> {
        return Boolean.toString(pairs.delete(op.key()));
      }
      case LIST -> {
        return list(range(op));
      }
      case CREATE -> {
        leaveCursor(null);
        createBoth();
      }
      case INSERT -> sql("insert into t values(?, ?, ?)", op);
      case INSERT_OR_ROLLBACK -> sql("insert or rollback into t values(?, ?, ?)", op);
      case INSERT_TWO -> sql("insert into t values(?1, ?2, ?3), (?1 + 1, ?2 || '+', ?3)", op);
      case UPSERT ->
          sql(
              "insert into t values(?, ?, ?) on conflict(id) do update set number=excluded.number",
              op);
      case UPDATE ->
          database.exec(
              "update t set name=? where id=?",
              Bindings.none().addText(op.name()).addInteger(op.id()));
      case DELETE_ROWS ->
          database.exec(
              "delete from t where id between ? and ?",
              Bindings.none().addInteger(op.id()).addInteger(op.id() + op.c() % 5));
      case SELECT -> {
        return rows(op.id());
      }
      case VIOLATE -> database.exec("insert into child values(-1)");
      case INDEX -> {
        leaveCursor(null);
        database.exec(
            op.c() % 2 == 0
                ? "create index if not exists i on t(number)"
                : "drop index if exists i");
        database.exec("select 1 from t limit 0");
      }
      case CURSOR -> useCursor(op);
      default -> performTransaction(op);
    }
    return ModelState.OK;
  }

  /// One step of the model but two statements, of which the first alone may find room.
  private void createBoth() {
    database.savepoint();
    try {
      database.exec(
          "create table if not exists t(id integer primary key, name unique, number);"
              + " create table if not exists child(p references t(id) deferrable initially"
              + " deferred)");
      database.release();
    } catch (SqlException e) {
      if (!e.isCritical()) {
        database.rollbackTo();
      }
      throw e;
    }
  }

  private void sql(String sql, ModelOp op) {
    database.exec(sql, Bindings.none().addInteger(op.id()).addText(op.name()).addInteger(op.c()));
  }

  private void performTransaction(ModelOp op) {
    boolean nested = database.savepoints() > 0;
    switch (op.kind()) {
      case SAVEPOINT -> database.savepoint();
      case RELEASE -> {
        if (nested) {
          database.release();
        }
      }
      case ROLLBACK_TO -> {
        if (nested) {
          database.rollbackTo();
        }
      }
      case COMMIT -> {
        if (!nested) {
          database.commit();
        }
      }
      case ROLLBACK -> database.rollback();
      case DELETE_ALL -> {
        if (!nested) {
          left = null;
          database.deleteAll();
        }
      }
      case REOPEN -> {
        left = null;
        database.close();
        database = FacetDatabase.open(file, limits, account);
      }
      case INTERRUPT -> interrupt();
      case SIBLING ->
          account.settle(
              file.resolveSibling("sibling"), op.c() * limits.storage().objectBytes() / 800);
      default -> throw new IllegalArgumentException(op.toString());
    }
  }

  private void interrupt() {
    AtomicBoolean ended = new AtomicBoolean();
    Thread interrupter =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!ended.get()) {
                    database.interrupt();
                    Thread.onSpinWait();
                  }
                });
    try {
      database.exec(ENDLESS);
    } finally {
      ended.set(true);
      try {
        interrupter.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// A cursor that nobody reads to its end, over whatever is written meanwhile.
  private void useCursor(ModelOp op) {
    if (left == null || op.c() % 3 == 0) {
      leaveCursor(database.exec("select 1 union all select 2 union all select 3"));
    } else {
      left.advance();
    }
  }

  private void leaveCursor(@Nullable SqlCursor next) {
    if (left != null) {
      left.close();
    }
    left = next;
  }

  private static KeyRange range(ModelOp op) {
    KeyRange range = KeyRange.ALL.from(op.key()).limited(ModelState.limit(op));
    if (op.b() > 10) {
      range = range.before(op.otherKey());
    }
    return ModelState.order(op) == KeyRange.Order.REVERSE ? range.reversed() : range;
  }

  private String list(KeyRange first) {
    StringBuilder listed = new StringBuilder();
    for (KeyRange range = first; range != null; ) {
      KeyValueStore.Batch batch = database.keyValues().list(range);
      batch.entries().forEach(e -> listed.append(ModelState.pair(e.key(), e.value())));
      range = batch.rest();
    }
    return listed.toString();
  }

  private String rows(long from) {
    StringBuilder all = new StringBuilder();
    SqlCursor rows =
        database.exec(
            "select id, name, number from t where id >= ? order by id",
            Bindings.none().addInteger(from));
    for (; rows.hasRow(); rows.advance()) {
      all.append(rows.integer(0) + ":" + rows.text(1) + ":" + rows.integer(2) + " ");
    }
    return all.toString();
  }

  /// All that is in the database, in words.
  String everything() {
    String pairs = list(KeyRange.ALL);
    try {
      return pairs + "| " + rows(0);
    } catch (SqlException e) {
      if (e.code().equals("SQLITE_ERROR")) {
        return pairs + "| no table";
      }
      throw e;
    }
  }

  /// What SQLite finds wrong with the file; `ok` where nothing.
  String check() {
    return String.join("\n", Rows.of(database, "pragma quick_check"));
  }

  long storedBytes() {
    return database.storedBytes();
  }

  @Override
  public void close() {
    database.close();
  }
}
