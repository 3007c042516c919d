package dev.lapidary.engine.guest.crypto;

/// What operations cost, in nanoseconds on the machine that `Tariff` speaks of, rounded up.
public final class CryptoCost {
  private static final long MICRO = 1_000;
  private static final double MILLI = 1e6;

  private CryptoCost() {}

  /// A digest, HMAC or AES run.
  public static long bytes(long count) {
    return 3 * MICRO + 4 * count;
  }

  /// So many HMACs of short data, one after the other.
  public static long hmacs(String hash, long count) {
    return MICRO + count * (Digests.bits(hash) > 256 ? 1_300 : 700);
  }

  /// One multiplication on a curve.
  public static long curve(String name) {
    return switch (name) {
      case "P-384" -> 2_500 * MICRO;
      case "P-521" -> 5_000 * MICRO;
      default -> 500 * MICRO;
    };
  }

  /// Finding the public point with plain arithmetic.
  public static long point(String curve) {
    return 8 * curve(curve);
  }

  /// What a signature or a decryption costs.
  ///
  /// @param bytes of the key's encoding, of which at most an eighth is the modulus
  public static long rsaPrivate(int bytes) {
    return scaled(2 * MILLI, bytes / 1_218.0, 3);
  }

  /// What a verification or an encryption costs.
  ///
  /// @param bytes of the key's encoding
  public static long rsaPublic(int bytes) {
    return scaled(0.2 * MILLI, bytes / 294.0, 3);
  }

  public static long rsaGenerate(int bits) {
    return scaled(200 * MILLI, bits / 2_048.0, 4);
  }

  /// One of scrypt's `p` passes over so many blocks of 64 bytes, each written and read.
  public static long scrypt(long blocks) {
    return MICRO + 2 * 150 * blocks;
  }

  private static long scaled(double nanos, double ratio, int power) {
    return (long) (nanos * Math.max(0.1, Math.pow(Math.min(ratio, 100), power)));
  }
}
