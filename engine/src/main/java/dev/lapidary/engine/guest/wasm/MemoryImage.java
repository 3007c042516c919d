package dev.lapidary.engine.guest.wasm;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A copy of a guest's memory, in blocks: those that hold only zeros are left out, those that are
/// as in the image it is based on are shared with it. Immutable.
final class MemoryImage {
  private static final int BLOCK = 1024;
  private static final byte[] ZEROS = new byte[BLOCK];

  private final byte[][] blocks;

  private MemoryImage(byte[][] blocks) {
    this.blocks = blocks;
  }

  /// @param size how much of the array is memory, a multiple of the block size
  /// @param base whose blocks to share; null for nobody's
  static MemoryImage of(byte[] data, int size, @Nullable MemoryImage base) {
    byte[][] blocks = new byte[size / BLOCK][];
    for (int i = 0; i < blocks.length; i++) {
      byte[] before = base != null && i < base.blocks.length ? base.blocks[i] : ZEROS;
      int from = i * BLOCK;
      if (Arrays.equals(data, from, from + BLOCK, before, 0, BLOCK)) {
        blocks[i] = before;
      } else if (Arrays.equals(data, from, from + BLOCK, ZEROS, 0, BLOCK)) {
        blocks[i] = ZEROS;
      } else {
        blocks[i] = Arrays.copyOfRange(data, from, from + BLOCK);
      }
    }
    return new MemoryImage(blocks);
  }

  @SuppressWarnings("ReferenceEquality") // what is shared is the same array
  private static boolean isSame(byte[] block, byte[] other) {
    return block == other;
  }

  /// The memory's size in bytes.
  int size() {
    return blocks.length * BLOCK;
  }

  /// How many bytes it takes in blocks that are not shared.
  ///
  /// @param base the image it is based on; null for none
  long ownBytes(@Nullable MemoryImage base) {
    long bytes = 0;
    for (int i = 0; i < blocks.length; i++) {
      byte[] shared = base != null && i < base.blocks.length ? base.blocks[i] : ZEROS;
      bytes += isSame(blocks[i], shared) || isSame(blocks[i], ZEROS) ? 0 : BLOCK;
    }
    return bytes;
  }

  /// Lays the image over an array of zeros.
  void copyTo(byte[] data) {
    for (int i = 0; i < blocks.length; i++) {
      if (!isSame(blocks[i], ZEROS)) {
        System.arraycopy(blocks[i], 0, data, i * BLOCK, BLOCK);
      }
    }
  }

  void writeTo(DataOutput out) throws IOException {
    out.writeInt(blocks.length);
    for (byte[] block : blocks) {
      boolean written = !isSame(block, ZEROS);
      out.writeBoolean(written);
      if (written) {
        out.write(block);
      }
    }
  }

  static MemoryImage readFrom(DataInput in) throws IOException {
    byte[][] blocks = new byte[in.readInt()][];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = ZEROS;
      if (in.readBoolean()) {
        blocks[i] = new byte[BLOCK];
        in.readFully(blocks[i]);
      }
    }
    return new MemoryImage(blocks);
  }
}
