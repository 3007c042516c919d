package dev.lapidary.engine.storage;

import java.util.List;

/// The rows of one statement, stepped lazily. Like Cloudflare's it is one row ahead: the first row
/// has been read when `exec` returns, and [#advance()] reads the next.
///
/// ```java
/// for (; cursor.hasRow(); cursor.advance()) {
///   use(cursor.text(0));
/// }
/// ```
///
/// Reading past the last row, [#close()], a rollback and a failure end it; names and counts stay.
/// Column getters need a row. Not thread-safe.
public final class SqlCursor implements AutoCloseable {
  private final GuestSql owner;
  private final Script.Statement statement;
  private final Prepared prepared;
  private boolean open = true;
  private long rowsReturned;
  private long rowsRead;
  private long rowsWritten;

  SqlCursor(GuestSql owner, Script.Statement statement, Prepared prepared) {
    this.owner = owner;
    this.statement = statement;
    this.prepared = prepared;
  }

  public boolean hasRow() {
    return open;
  }

  /// Reads the next row; [#hasRow()] says whether there was one.
  public void advance() {
    if (open) {
      owner.advance(this);
    }
  }

  /// The result's column names in order, duplicates kept.
  public List<String> columnNames() {
    return prepared.columns();
  }

  public int columnCount() {
    return prepared.columns().size();
  }

  public ColumnType type(int column) {
    return owner.sqlite().columnType(row(column), column);
  }

  public long integer(int column) {
    return owner.sqlite().columnLong(row(column), column);
  }

  public double real(int column) {
    return owner.sqlite().columnDouble(row(column), column);
  }

  /// The value as text; empty for NULL.
  public String text(int column) {
    return owner.sqlite().columnText(row(column), column);
  }

  /// The value's bytes; empty for NULL.
  public byte[] blob(int column) {
    return owner.sqlite().columnBlob(row(column), column);
  }

  /// Rows read so far, the one ahead included; see [Usage#rowsRead()].
  public long rowsRead() {
    return rowsRead;
  }

  public long rowsWritten() {
    return rowsWritten;
  }

  @Override
  public void close() {
    if (open) {
      owner.finish(this);
    }
  }

  Script.Statement statement() {
    return statement;
  }

  Prepared prepared() {
    return prepared;
  }

  void returnedRow() {
    rowsReturned++;
  }

  long rowsReturned() {
    return rowsReturned;
  }

  void count(long read, long written) {
    rowsRead += read;
    rowsWritten += written;
  }

  void ended() {
    open = false;
  }

  private Prepared row(int column) {
    if (!open) {
      throw new IllegalStateException("the cursor has no row");
    }
    if (column < 0 || column >= columnCount()) {
      throw new IndexOutOfBoundsException(column);
    }
    return prepared;
  }
}
