package dev.lapidary.benchmarks;

import java.sql.SQLException;

/// Somebody who makes storage calls on a database of its own, all in one transaction that is
/// durable when [#run] returns. A guest of another kind is one more of these.
interface StorageUser extends AutoCloseable {
  /// As in the table.
  String name();

  /// Makes the operation's calls.
  ///
  /// @param seed which rows, and which values
  /// @return what the calls came to, the same for all users
  long run(StorageOperation operation, long seed) throws SQLException;

  @Override
  void close() throws SQLException;
}
