package dev.lapidary.engine.storage.history;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// How one page changed, as bytes of an entry: `page u32, fresh u8, runs u16`, then for each run
/// `offset u16, length u16, bytes`. A fresh page starts as zeros, any other as what it was. Runs
/// set bytes and add none, so applying the same changes again in the same order changes nothing.
final class PageChange {
  static final int PAGE_BYTES = 4096;

  /// The longest encoding of one page.
  static final int MAX_BYTES = 7 + PAGE_BYTES + 4 * (PAGE_BYTES / 8);

  private static final int RUN_HEADER = 4;
  private static final byte[] ZEROS = new byte[PAGE_BYTES];

  private PageChange() {}

  /// Appends what makes a page that starts as zeros.
  static void writeFresh(ByteBuffer out, int page, byte[] now) {
    write(out, page, 1, ZEROS, now);
  }

  /// Appends what makes a page of what it was, or nothing where it is the same.
  static void write(ByteBuffer out, int page, byte[] before, byte[] now) {
    if (Arrays.mismatch(before, now) >= 0) {
      write(out, page, 0, before, now);
    }
  }

  private static void write(ByteBuffer out, int page, int fresh, byte[] before, byte[] now) {
    out.putInt(page).put((byte) fresh);
    int count = out.position();
    out.putShort((short) 0);
    int runs = 0;
    int from = differs(before, now, 0);
    while (from < PAGE_BYTES) {
      int to = endOfRun(before, now, from);
      out.putShort((short) from).putShort((short) (to - from)).put(now, from, to - from);
      runs++;
      from = differs(before, now, to);
    }
    out.putShort(count, (short) runs);
  }

  private static int differs(byte[] before, byte[] now, int from) {
    int at = Arrays.mismatch(before, from, PAGE_BYTES, now, from, PAGE_BYTES);
    return at < 0 ? PAGE_BYTES : from + at;
  }

  /// A run goes on over equal bytes that are fewer than two runs' headers.
  private static int endOfRun(byte[] before, byte[] now, int from) {
    int end = from + 1;
    for (int at = end; at < PAGE_BYTES && at - end < 2 * RUN_HEADER; at++) {
      if (before[at] != now[at]) {
        end = at + 1;
      }
    }
    return end;
  }

  /// Makes all changes of a payload.
  ///
  /// @throws HistoryException where it is no such payload
  static void apply(ByteBuffer payload, PageFile file) {
    try {
      while (payload.hasRemaining()) {
        int number = payload.getInt();
        boolean fresh = payload.get() != 0;
        int runs = Short.toUnsignedInt(payload.getShort());
        byte[] page = file.page(number);
        if (fresh) {
          Arrays.fill(page, (byte) 0);
        }
        for (int i = 0; i < runs; i++) {
          int offset = Short.toUnsignedInt(payload.getShort());
          payload.get(page, offset, Short.toUnsignedInt(payload.getShort()));
        }
      }
    } catch (java.nio.BufferUnderflowException | IndexOutOfBoundsException e) {
      throw new HistoryException("The history is damaged.", e);
    }
  }
}
