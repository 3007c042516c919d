package dev.lapidary.engine.guest.raw;

import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import dev.lapidary.abi.cbor.CborWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/// A CBOR array of as many items as fit into the room there is, but one at least.
final class Batch {
  private static final int MAX_BYTES = 1 << 20;
  private static final int HEAD = 3;
  static final int MAX_ITEMS = 0xFFFF;

  /// One item, which is delivered though it is larger than the room.
  private static final int MAX_ITEM_BYTES = 32 << 20;

  private final int room;
  private final ByteArrayOutputStream bytes = new Bounded();
  private final CBORGenerator out = CborWriter.to(bytes);
  private int items;
  private int end;

  private static final class Bounded extends ByteArrayOutputStream {
    @Override
    public synchronized void write(byte[] from, int offset, int length) {
      if (count + (long) length > MAX_ITEM_BYTES) {
        throw new HostCallException("A row has at most " + MAX_ITEM_BYTES + " bytes.");
      }
      super.write(from, offset, length);
    }
  }

  Batch(int room) {
    this.room = Math.clamp(room, HEAD, MAX_BYTES) - HEAD;
  }

  int size() {
    return items;
  }

  /// Adds an item.
  ///
  /// @return what it is as CBOR, where it does not fit and so was left out; else nothing
  byte[] add(CborWriter.Content item) {
    try {
      item.writeTo(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return close();
  }

  /// Adds an item that was left out before.
  byte[] add(byte[] encoded) {
    bytes.writeBytes(encoded);
    return close();
  }

  private byte[] close() {
    if (items > 0 && bytes.size() > room) {
      byte[] all = bytes.toByteArray();
      return Arrays.copyOfRange(all, end, all.length);
    }
    items++;
    end = bytes.size();
    return new byte[0];
  }

  byte[] array() {
    byte[] head =
        items < 24
            ? new byte[] {(byte) (0x80 | items)}
            : new byte[] {(byte) 0x99, (byte) (items >> 8), (byte) items};
    byte[] array = Arrays.copyOf(head, head.length + end);
    System.arraycopy(bytes.toByteArray(), 0, array, head.length, end);
    return array;
  }
}
