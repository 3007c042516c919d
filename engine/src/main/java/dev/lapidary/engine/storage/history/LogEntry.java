package dev.lapidary.engine.storage.history;

import java.nio.ByteBuffer;

/// One entry of a log.
///
/// @param kind what it says
/// @param epoch of the commit it belongs to
/// @param commit its number in the epoch
/// @param millis when it was committed
/// @param pages how many pages the database had after it
/// @param wal where in the WAL it ended
/// @param payload of a [Kind#PART] or [Kind#COMMIT] changed pages, see [PageChange]; of a
///     [Kind#CLOSED] the [Fingerprint]
record LogEntry(
    Kind kind,
    long epoch,
    long commit,
    long millis,
    int pages,
    WalPosition wal,
    ByteBuffer payload) {
  static final int HEADER_BYTES = 40;

  enum Kind {
    /// Changed pages of a commit whose end follows.
    PART,
    /// The last changed pages of a commit.
    COMMIT,
    /// All of the WAL up to here is in the history: it may be copied into the database and reset.
    ARCHIVED,
    /// The database was closed in good order and looked so.
    CLOSED
  }

  int encodedBytes() {
    return HEADER_BYTES + payload.remaining();
  }

  void write(ByteBuffer out) {
    out.putInt(kindNumber());
    out.putInt((int) epoch).putInt((int) commit).putLong(millis).putInt(pages);
    out.putInt(wal.salt1()).putInt(wal.salt2()).putInt(wal.frame());
    out.putInt(payload.remaining());
    out.put(payload.duplicate());
  }

  private int kindNumber() {
    return switch (kind) {
      case PART -> 1;
      case COMMIT -> 2;
      case ARCHIVED -> 3;
      case CLOSED -> 4;
    };
  }

  /// @throws java.nio.BufferUnderflowException or [IllegalArgumentException] where it is none
  static LogEntry read(ByteBuffer in) {
    Kind kind =
        switch (in.getInt()) {
          case 1 -> Kind.PART;
          case 2 -> Kind.COMMIT;
          case 3 -> Kind.ARCHIVED;
          case 4 -> Kind.CLOSED;
          default -> throw new IllegalArgumentException("no kind of entry");
        };
    long epoch = Integer.toUnsignedLong(in.getInt());
    long commit = Integer.toUnsignedLong(in.getInt());
    long millis = in.getLong();
    int pages = in.getInt();
    WalPosition wal = new WalPosition(in.getInt(), in.getInt(), in.getInt());
    int length = in.getInt();
    if (length != in.remaining()) {
      throw new IllegalArgumentException("an entry of another length");
    }
    return new LogEntry(kind, epoch, commit, millis, pages, wal, in.slice());
  }
}
