package dev.lapidary.engine.storage;

import dev.lapidary.engine.storage.KeyRange.Order;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/// What a database must hold after a history: maps in memory, copied where a transaction begins.
/// Answers each step in words, as [ModelDatabase] does.
final class ModelState {
  static final String OK = "ok";
  static final String LOST = "lost ";
  private static final String TAKEN = "SQLITE_CONSTRAINT";

  private Content committed = new Content();
  private Content turn = new Content();
  private final Deque<Content> savepoints = new ArrayDeque<>();

  record Row(String name, int number) {}

  /// Everything in the database at one moment.
  private static final class Content {
    final NavigableMap<String, byte[]> pairs;
    final NavigableMap<Long, Row> rows;
    boolean tables;
    int violations;

    Content() {
      this(new TreeMap<>(), new TreeMap<>());
    }

    private Content(NavigableMap<String, byte[]> pairs, NavigableMap<Long, Row> rows) {
      this.pairs = pairs;
      this.rows = rows;
    }

    Content copy() {
      Content copy = new Content(new TreeMap<>(pairs), new TreeMap<>(rows));
      copy.tables = tables;
      copy.violations = violations;
      return copy;
    }

    boolean taken(String name, long except) {
      return rows.entrySet().stream()
          .anyMatch(row -> row.getKey() != except && row.getValue().name().equals(name));
    }
  }

  /// All that is in the database, in words.
  String everything() {
    StringBuilder all = new StringBuilder();
    turn.pairs.forEach((key, value) -> all.append(pair(key, value)));
    all.append("| ").append(turn.tables ? rows(turn.rows) : "no table");
    return all.toString();
  }

  static String pair(String key, byte[] value) {
    return key + "=" + value.length + "*" + (value.length == 0 ? "" : value[0]) + " ";
  }

  private static String rows(Map<Long, Row> rows) {
    StringBuilder all = new StringBuilder();
    rows.forEach((id, row) -> all.append(id + ":" + row.name() + ":" + row.number() + " "));
    return all.toString();
  }

  /// The turn failed: what it wrote is gone.
  void lose() {
    savepoints.clear();
    turn = committed.copy();
  }

  int depth() {
    return savepoints.size();
  }

  String perform(ModelOp op) {
    return switch (op.kind()) {
      case PUT, PUT_LARGE -> {
        turn.pairs.put(op.key(), op.value());
        yield OK;
      }
      case GET -> {
        byte[] value = turn.pairs.get(op.key());
        yield value == null ? "none" : pair(op.key(), value);
      }
      case DELETE -> turn.pairs.remove(op.key()) == null ? "false" : "true";
      case LIST -> list(op);
      case CREATE -> {
        turn.tables = true;
        yield OK;
      }
      case INSERT,
          INSERT_TWO,
          UPSERT,
          UPDATE,
          DELETE_ROWS,
          SELECT,
          INSERT_OR_ROLLBACK,
          VIOLATE,
          INDEX ->
          turn.tables ? performSql(op) : "SQLITE_ERROR";
      case INTERRUPT -> {
        lose();
        yield LOST + "SQLITE_INTERRUPT";
      }
      case CURSOR, SIBLING -> OK;
      default -> performTransaction(op);
    };
  }

  private String list(ModelOp op) {
    NavigableMap<String, byte[]> from = turn.pairs.tailMap(op.key(), true);
    if (op.b() > 10) {
      from = from.headMap(later(op.key(), op.otherKey()), false);
    }
    StringBuilder listed = new StringBuilder();
    var ordered = order(op) == Order.REVERSE ? from.descendingMap() : from;
    ordered.entrySet().stream()
        .limit(limit(op))
        .forEach(entry -> listed.append(pair(entry.getKey(), entry.getValue())));
    return listed.toString();
  }

  private static String later(String a, String b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  static Order order(ModelOp op) {
    return op.c() % 2 == 0 ? Order.FORWARD : Order.REVERSE;
  }

  static long limit(ModelOp op) {
    return 1L + op.c() % 50;
  }

  private String performSql(ModelOp op) {
    return switch (op.kind()) {
      case INSERT -> insert(Map.of(op.id(), new Row(op.name(), op.c())));
      case INSERT_TWO -> {
        Map<Long, Row> two = new LinkedHashMap<>();
        two.put(op.id(), new Row(op.name(), op.c()));
        two.put(op.id() + 1, new Row(op.name() + "+", op.c()));
        yield insert(two);
      }
      case INSERT_OR_ROLLBACK -> {
        String outcome = insert(Map.of(op.id(), new Row(op.name(), op.c())));
        if (outcome.equals(TAKEN)) {
          lose();
          yield LOST + TAKEN;
        }
        yield outcome;
      }
      case UPSERT -> {
        Row old = turn.rows.get(op.id());
        if (old == null) {
          yield insert(Map.of(op.id(), new Row(op.name(), op.c())));
        }
        turn.rows.put(op.id(), new Row(old.name(), op.c()));
        yield OK;
      }
      case UPDATE -> {
        Row old = turn.rows.get(op.id());
        if (old != null && turn.taken(op.name(), op.id())) {
          yield TAKEN;
        }
        if (old != null) {
          turn.rows.put(op.id(), new Row(op.name(), old.number()));
        }
        yield OK;
      }
      case DELETE_ROWS -> {
        turn.rows.subMap(op.id(), true, op.id() + op.c() % 5, true).clear();
        yield OK;
      }
      case SELECT -> rows(turn.rows.tailMap(op.id(), true));
      case VIOLATE -> {
        turn.violations++;
        yield OK;
      }
      default -> OK;
    };
  }

  /// All of the rows or none.
  private String insert(Map<Long, Row> added) {
    boolean clash =
        added.entrySet().stream()
            .anyMatch(
                row ->
                    turn.rows.containsKey(row.getKey()) || turn.taken(row.getValue().name(), -1));
    if (clash) {
      return TAKEN;
    }
    turn.rows.putAll(added);
    return OK;
  }

  private String performTransaction(ModelOp op) {
    switch (op.kind()) {
      case SAVEPOINT -> savepoints.push(turn.copy());
      case RELEASE -> savepoints.poll();
      case ROLLBACK_TO -> turn = savepoints.isEmpty() ? turn : savepoints.pop();
      case COMMIT -> {
        if (savepoints.isEmpty()) {
          if (turn.violations > 0) {
            lose();
            return LOST + TAKEN;
          }
          committed = turn.copy();
        }
      }
      case ROLLBACK, REOPEN -> lose();
      case DELETE_ALL -> {
        if (savepoints.isEmpty()) {
          turn = new Content();
        }
      }
      default -> throw new IllegalArgumentException(Arrays.toString(new Object[] {op}));
    }
    return OK;
  }
}
