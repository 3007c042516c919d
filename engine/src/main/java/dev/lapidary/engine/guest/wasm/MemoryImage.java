package dev.lapidary.engine.guest.wasm;

import java.util.Arrays;

/// A copy of a guest's memory, without the blocks that hold only zeros. Immutable.
final class MemoryImage {
  private static final int BLOCK = 4096;

  private final int size;
  private final int[] blocks;
  private final byte[] bytes;

  private MemoryImage(int size, int[] blocks, byte[] bytes) {
    this.size = size;
    this.blocks = blocks;
    this.bytes = bytes;
  }

  /// @param size how much of the array is memory, a multiple of the block size
  static MemoryImage of(byte[] data, int size) {
    int[] blocks = new int[size / BLOCK];
    int count = 0;
    byte[] zeros = new byte[BLOCK];
    for (int block = 0; block < blocks.length; block++) {
      int from = block * BLOCK;
      if (!Arrays.equals(data, from, from + BLOCK, zeros, 0, BLOCK)) {
        blocks[count++] = block;
      }
    }
    byte[] bytes = new byte[count * BLOCK];
    for (int i = 0; i < count; i++) {
      System.arraycopy(data, blocks[i] * BLOCK, bytes, i * BLOCK, BLOCK);
    }
    return new MemoryImage(size, Arrays.copyOf(blocks, count), bytes);
  }

  /// The memory's size in bytes.
  int size() {
    return size;
  }

  /// Lays the image over an array of zeros.
  void copyTo(byte[] data) {
    for (int i = 0; i < blocks.length; i++) {
      System.arraycopy(bytes, i * BLOCK, data, blocks[i] * BLOCK, BLOCK);
    }
  }
}
