package dev.lapidary.engine.guest.js;

import dev.lapidary.abi.Limits;
import dev.lapidary.engine.storage.Bindings;
import dev.lapidary.engine.storage.FacetDatabase;
import dev.lapidary.engine.storage.SqlCursor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The open SQL cursors of one guest, and how their rows become JavaScript values. Rows are built
/// through QuickJS' C API from atoms that are made once a column name; no JSON is involved.
///
/// An app need not close a cursor. One that has ended is kept for its names and counts until some
/// hundred later ones have ended; where too many are open, the oldest is taken for abandoned.
final class SqlCursors {
  private static final int MAX_ATOMS = 4_096;
  private static final int MAX_ENDED = 512;
  private static final String CLOSED = "This SQL cursor is closed.";
  private static final String DELETED =
      "SQLite query was canceled because the database was deleted.";

  private final QuickJs js;
  private final Limits limits;
  private final Map<Integer, Open> open = new LinkedHashMap<>();
  private final Map<Integer, Open> ended = new LinkedHashMap<>();
  private final Map<String, Integer> atoms = new HashMap<>();
  private int nextId = 1;

  /// Cursors with a smaller number that are not known any more went with their database.
  private int deletedBefore;

  /// Guest memory for one row: the names' atoms, then the values.
  private int rowArea;

  /// @param shape which column fills which property, where no name occurs twice: the last wins
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Open(SqlCursor cursor, int[] atoms, int[] shape) {}

  SqlCursors(QuickJs js, Limits limits) {
    this.js = js;
    this.limits = limits;
  }

  long exec(FacetDatabase database, long query, long bindings) {
    if (open.size() >= limits.openCursors()) {
      close(open.keySet().iterator().next());
    }
    SqlCursor cursor = database.exec(js.text(query), bindings(database, bindings));
    int id = nextId++;
    open.put(id, new Open(cursor, atoms(cursor.columnNames()), shape(cursor.columnNames())));
    retireIfEnded(id);
    return JsValue.of(id);
  }

  private void close(int id) {
    Open abandoned = open.get(id);
    if (abandoned != null) {
      abandoned.cursor().close();
      retireIfEnded(id);
    }
  }

  private void retireIfEnded(int id) {
    Open cursor = open.get(id);
    if (cursor != null && !cursor.cursor().hasRow()) {
      open.remove(id);
      ended.put(id, cursor);
      if (ended.size() > MAX_ENDED) {
        ended.remove(ended.keySet().iterator().next());
      }
    }
  }

  private Bindings bindings(FacetDatabase database, long array) {
    Bindings bindings = database.bindings();
    int count = js.length(array);
    for (int i = 0; i < count; i++) {
      long value = js.get(array, i);
      try {
        bind(bindings, value);
      } finally {
        js.freeValue(value);
      }
    }
    return bindings;
  }

  private void bind(Bindings bindings, long value) {
    if (JsValue.tag(value) == JsValue.TAG_INT || JsValue.isDouble(value)) {
      bindings.addReal(JsValue.toDouble(value));
    } else if (JsValue.isNullish(value)) {
      bindings.addNull();
    } else if (JsValue.isBigInt(value)) {
      throw new HostCallException(
          HostCallException.Kind.TYPE_ERROR, "Cannot convert a BigInt value to a number");
    } else if (js.isArrayBuffer(value)) {
      bindings.addBlob(js.arrayBufferBytes(value));
    } else if (js.isTypedArray(value)) {
      bindings.addBlob(js.typedArrayBytes(value));
    } else {
      bindings.addText(js.text(value));
    }
  }

  private int[] atoms(List<String> names) {
    if (atoms.size() > MAX_ATOMS) {
      atoms.clear(); // the atoms themselves stay with the guest, bounded by its memory
    }
    return names.stream()
        .distinct()
        .mapToInt(name -> atoms.computeIfAbsent(name, js::atom))
        .toArray();
  }

  private static int[] shape(List<String> names) {
    return names.stream().distinct().mapToInt(names::lastIndexOf).toArray();
  }

  private static int number(long id) {
    return (int) JsValue.toDouble(id);
  }

  private Open find(long id) {
    Open running = open.get(number(id));
    Open found = running != null ? running : ended.get(number(id));
    if (found == null) {
      throw new HostCallException(
          HostCallException.Kind.ERROR, number(id) < deletedBefore ? DELETED : CLOSED);
    }
    return found;
  }

  long next(long id, long raw) {
    Open found = find(id);
    if (!found.cursor().hasRow()) {
      return JsValue.UNDEFINED;
    }
    long row = row(found, raw == JsValue.TRUE);
    found.cursor().advance();
    retireIfEnded(number(id));
    return row;
  }

  long all(long id, long raw) {
    Open found = find(id);
    boolean arrays = raw == JsValue.TRUE;
    long[] rows = new long[16];
    int count = 0;
    try {
      while (found.cursor().hasRow()) {
        if (count == rows.length) {
          rows = Arrays.copyOf(rows, 2 * count);
        }
        rows[count++] = row(found, arrays);
        found.cursor().advance();
      }
    } catch (RuntimeException e) {
      for (int i = 0; i < count; i++) {
        js.freeValue(rows[i]);
      }
      throw e;
    }
    retireIfEnded(number(id));
    return js.newArray(rows, count);
  }

  private long row(Open found, boolean array) {
    SqlCursor cursor = found.cursor();
    if (array) {
      long[] values = new long[cursor.columnNames().size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = column(cursor, i);
      }
      return js.newArray(values, values.length);
    }
    int[] shape = found.shape();
    int names = rowArea();
    int values = names + 4 * limits.sql().columns();
    for (int i = 0; i < shape.length; i++) {
      js.memory.writeI32(names + 4 * i, found.atoms()[i]);
      js.memory.writeLong(values + 8 * i, column(cursor, shape[i]));
    }
    return js.check(js.invoke(js.api.newObjectFrom, js.context(), shape.length, names, values));
  }

  private int rowArea() {
    if (rowArea == 0) {
      rowArea = js.malloc(12 * limits.sql().columns() + 8);
    }
    return rowArea;
  }

  private long column(SqlCursor cursor, int column) {
    return switch (cursor.type(column)) {
      case NULL -> JsValue.NULL;
      case INTEGER -> JsValue.of(cursor.integer(column));
      case REAL -> JsValue.of(cursor.real(column));
      case TEXT -> js.string(cursor.text(column));
      case BLOB -> js.arrayBuffer(cursor.blob(column));
    };
  }

  long columns(long id) {
    List<String> names = find(id).cursor().columnNames();
    long[] values = new long[names.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = js.string(names.get(i));
    }
    return js.newArray(values, values.length);
  }

  long rowsRead(long id) {
    return JsValue.of(find(id).cursor().rowsRead());
  }

  long rowsWritten(long id) {
    return JsValue.of(find(id).cursor().rowsWritten());
  }

  /// Closes and forgets every open cursor, as the database they read from is emptied.
  void databaseDeleted() {
    for (Open cursor : new ArrayList<>(open.values())) {
      cursor.cursor().close();
    }
    open.clear();
    deletedBefore = nextId;
  }
}
