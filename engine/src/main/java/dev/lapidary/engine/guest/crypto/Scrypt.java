package dev.lapidary.engine.guest.crypto;

import java.util.function.IntConsumer;

/// scrypt (RFC 7914).
public final class Scrypt {
  /// What one run may hold in memory.
  public static final long MAX_MEMORY = 64L << 20;

  private static final int WORDS = 16;

  private final int cost;
  private final int[] block;
  private final int[] mixed;
  private final int[] table;
  private final int[] x = new int[WORDS];

  private Scrypt(int cost, int blockSize) {
    this.cost = cost;
    this.block = new int[2 * WORDS * blockSize];
    this.mixed = new int[block.length];
    this.table = new int[cost * block.length];
  }

  /// Derives a key.
  ///
  /// @param cost a power of two above 1
  /// @param blockSize how much memory each step of the cost takes, in 128 bytes
  /// @param bytes length of the result
  /// @param ahead told before each pass how many blocks of 64 bytes it mixes; may throw
  /// @throws CryptoException where the parameters are not allowed, or take too much memory
  public static byte[] derive(
      byte[] password,
      byte[] salt,
      int cost,
      int blockSize,
      int parallelization,
      int bytes,
      IntConsumer ahead) {
    if (cost < 2 || Integer.bitCount(cost) != 1 || blockSize < 1 || parallelization < 1) {
      throw new CryptoException("Scrypt failed");
    }
    if (128L * cost * blockSize > MAX_MEMORY || 128L * blockSize * parallelization > MAX_MEMORY) {
      throw new CryptoException("Scrypt failed: it would take more than 64 MiB of memory.");
    }
    int size = 128 * blockSize;
    byte[] blocks = Digests.pbkdf2("SHA-256", password, salt, 1, size * parallelization, n -> {});
    ahead.accept(2 * cost * blockSize);
    Scrypt scrypt = new Scrypt(cost, blockSize);
    for (int i = 0; i < parallelization; i++) {
      if (i > 0) {
        ahead.accept(2 * cost * blockSize);
      }
      scrypt.mix(blocks, i * size);
    }
    return Digests.pbkdf2("SHA-256", password, blocks, 1, bytes, n -> {});
  }

  private void mix(byte[] bytes, int at) {
    int length = block.length;
    for (int i = 0; i < length; i++) {
      int from = at + 4 * i;
      block[i] =
          (bytes[from] & 255)
              | (bytes[from + 1] & 255) << 8
              | (bytes[from + 2] & 255) << 16
              | bytes[from + 3] << 24;
    }
    for (int i = 0; i < cost; i++) {
      System.arraycopy(block, 0, table, i * length, length);
      mixBlock();
    }
    for (int i = 0; i < cost; i++) {
      int row = (block[length - WORDS] & (cost - 1)) * length;
      for (int j = 0; j < length; j++) {
        block[j] ^= table[row + j];
      }
      mixBlock();
    }
    for (int i = 0; i < length; i++) {
      for (int shift = 0; shift < 4; shift++) {
        bytes[at + 4 * i + shift] = (byte) (block[i] >>> (8 * shift));
      }
    }
  }

  /// Salsa20/8 over each part of the block with the part before it; even parts come first.
  private void mixBlock() {
    int parts = block.length / WORDS;
    System.arraycopy(block, block.length - WORDS, x, 0, WORDS);
    for (int part = 0; part < parts; part++) {
      for (int i = 0; i < WORDS; i++) {
        x[i] ^= block[part * WORDS + i];
      }
      salsa();
      int to = (part & 1) == 0 ? part / 2 : parts / 2 + part / 2;
      System.arraycopy(x, 0, mixed, to * WORDS, WORDS);
    }
    System.arraycopy(mixed, 0, block, 0, block.length);
  }

  private void salsa() {
    int[] before = x.clone();
    for (int i = 0; i < 4; i++) {
      quarter(0, 4, 8, 12);
      quarter(5, 9, 13, 1);
      quarter(10, 14, 2, 6);
      quarter(15, 3, 7, 11);
      quarter(0, 1, 2, 3);
      quarter(5, 6, 7, 4);
      quarter(10, 11, 8, 9);
      quarter(15, 12, 13, 14);
    }
    for (int i = 0; i < WORDS; i++) {
      x[i] += before[i];
    }
  }

  private void quarter(int a, int b, int c, int d) {
    x[b] ^= Integer.rotateLeft(x[a] + x[d], 7);
    x[c] ^= Integer.rotateLeft(x[b] + x[a], 9);
    x[d] ^= Integer.rotateLeft(x[c] + x[b], 13);
    x[a] ^= Integer.rotateLeft(x[d] + x[c], 18);
  }
}
