package dev.lapidary.engine.storage.history;

/// A place in a database's WAL: which WAL, by the two salts of its header, and how many of its
/// frames lie before.
record WalPosition(int salt1, int salt2, int frame) {
  /// No WAL at all.
  static final WalPosition NONE = new WalPosition(0, 0, 0);

  boolean sameWal(WalPosition other) {
    return salt1 == other.salt1 && salt2 == other.salt2;
  }

  /// Whether this WAL was made from the other by a checkpoint: SQLite then adds one to the first
  /// salt.
  boolean succeeds(WalPosition other) {
    return salt1 == other.salt1 + 1;
  }

  WalPosition at(int frames) {
    return new WalPosition(salt1, salt2, frames);
  }
}
