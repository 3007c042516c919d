package dev.lapidary.engine.storage;

import java.nio.file.Path;

/// Holds one database to its own quota and to what is left of its object's.
///
/// SQLite refuses a page too many while the turn still runs (`max_page_count`, set again where the
/// siblings' growth has changed it noticeably); a commit is checked once more, so that siblings
/// which grow at the same time cannot exceed the object's quota together.
final class Quota {
  private final Sqlite sqlite;
  private final StorageAccount account;
  private final Path file;
  private final long facetBytes;
  private long applied;
  private long held;

  Quota(Sqlite sqlite, StorageAccount account, Path file, long facetBytes) {
    this.sqlite = sqlite;
    this.account = account;
    this.file = file;
    this.facetBytes = facetBytes;
    this.held = size();
    account.settle(file, held);
  }

  /// Bytes of the database, its free pages included, as of the last commit.
  long held() {
    return held;
  }

  void beforeTransaction() {
    long allowed = Math.min(facetBytes, account.allowance(file));
    if (Math.abs(allowed - applied) > Math.max(0, allowed - held) / 16) {
      sqlite.run("PRAGMA max_page_count=" + Math.max(1, allowed / Opening.PAGE_BYTES));
      applied = allowed;
    }
  }

  /// Books the transaction's growth.
  ///
  /// @throws SqlException `SQLITE_FULL`, critical, where the object has no room for it
  void beforeCommit() {
    long size = size();
    if (size != held && !account.reserve(file, size)) {
      throw SqliteErrors.full();
    }
  }

  void committed() {
    held = account.bytes(file);
  }

  void rolledBack() {
    account.settle(file, held);
  }

  private long size() {
    return sqlite.pageCount() * Opening.PAGE_BYTES;
  }
}
