package dev.lapidary.engine.guest.raw;

import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import dev.lapidary.abi.cbor.CborReader;
import dev.lapidary.abi.cbor.CborWriter;
import dev.lapidary.engine.storage.Bindings;
import dev.lapidary.engine.storage.FacetDatabase;
import dev.lapidary.engine.storage.SqlCursor;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The imports `sql.*` over the facet's database. Cursors live until they are closed or the turn
/// ends.
final class SqlCalls {
  private final FacetDatabase database;
  private final int maxCursors;
  private final Map<Integer, Open> open = new HashMap<>();
  private int lastId;

  /// A cursor, and the row that was read but did not fit into the last batch.
  private static final class Open {
    final SqlCursor cursor;
    byte[] leftOver = new byte[0];

    Open(SqlCursor cursor) {
      this.cursor = cursor;
    }
  }

  SqlCalls(FacetDatabase database, int maxCursors) {
    this.database = database;
    this.maxCursors = maxCursors;
  }

  /// @param args a CBOR array of values; empty for none
  int exec(String sql, byte[] args) {
    if (open.size() >= maxCursors) {
      throw new HostCallException("At most " + maxCursors + " SQL cursors may be open in a turn.");
    }
    Bindings bindings = database.bindings();
    if (args.length > 0) {
      read(new CborReader("args", args), bindings);
    }
    SqlCursor cursor = database.exec(sql, bindings);
    open.put(++lastId, new Open(cursor));
    return lastId;
  }

  private static void read(CborReader in, Bindings bindings) {
    in.next().expect(CborReader.Kind.ARRAY);
    while (in.nextElement()) {
      switch (in.kind()) {
        case NULL -> bindings.addNull();
        case INTEGER -> bindings.addInteger(in.integer());
        case REAL -> bindings.addReal(in.real());
        case TEXT -> bindings.addText(in.text());
        case BYTES -> bindings.addBlob(in.bytes());
        default -> throw in.refuse("a parameter is null, an integer, a float, text or bytes");
      }
    }
    in.end();
  }

  private Open find(int id) {
    Open found = open.get(id);
    if (found == null) {
      throw new HostCallException("There is no open SQL cursor " + id + ".");
    }
    return found;
  }

  byte[] columns(int id) {
    List<String> names = find(id).cursor.columnNames();
    return CborWriter.write(
        out -> {
          out.writeStartArray(null, names.size());
          for (String name : names) {
            CborWriter.text(out, name);
          }
          out.writeEndArray();
        });
  }

  /// The next rows as one CBOR array.
  ///
  /// @param room bytes that the guest has for the answer
  byte[] next(int id, int maxRows, int room) {
    if (maxRows < 1) {
      throw new HostCallException("next takes 1 row or more, not " + maxRows + ".");
    }
    Open found = find(id);
    Batch batch = new Batch(room);
    if (found.leftOver.length > 0) {
      batch.add(found.leftOver);
      found.leftOver = new byte[0];
    }
    SqlCursor cursor = found.cursor;
    int most = Math.min(maxRows, Batch.MAX_ITEMS);
    while (batch.size() < most && cursor.hasRow() && found.leftOver.length == 0) {
      found.leftOver = batch.add(out -> row(out, cursor));
      cursor.advance();
    }
    return batch.array();
  }

  private static void row(CBORGenerator out, SqlCursor cursor) throws IOException {
    int columns = cursor.columnCount();
    out.writeStartArray(null, columns);
    for (int i = 0; i < columns; i++) {
      switch (cursor.type(i)) {
        case NULL -> out.writeNull();
        case INTEGER -> out.writeNumber(cursor.integer(i));
        case REAL -> out.writeNumber(cursor.real(i));
        case TEXT -> CborWriter.text(out, cursor.text(i));
        case BLOB -> out.writeBinary(cursor.blob(i));
      }
    }
    out.writeEndArray();
  }

  long rowsRead(int id) {
    return find(id).cursor.rowsRead();
  }

  long rowsWritten(int id) {
    return find(id).cursor.rowsWritten();
  }

  void close(int id) {
    find(id).cursor.close();
    open.remove(id);
  }

  void closeAll() {
    open.values().forEach(one -> one.cursor.close());
    open.clear();
  }

  void savepoint() {
    database.savepoint();
  }

  void release() {
    requireSavepoint();
    database.release();
  }

  void rollback() {
    requireSavepoint();
    database.rollbackTo();
  }

  private void requireSavepoint() {
    if (database.savepoints() == 0) {
      throw new HostCallException("No savepoint is open.");
    }
  }

  int savepoints() {
    return database.savepoints();
  }

  long databaseSize() {
    return database.databaseSize();
  }
}
