package dev.lapidary.engine.guest;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// A guest's randomness: the AES-256 counter-mode key stream of its seed. Unpredictable without the
/// seed, the same with it, so that a guest can be replayed. Not thread-safe.
public final class SeededRandom {
  private final Cipher stream;

  /// @param seed 32 bytes
  public SeededRandom(byte[] seed) {
    try {
      stream = Cipher.getInstance("AES/CTR/NoPadding");
      stream.init(
          Cipher.ENCRYPT_MODE, new SecretKeySpec(seed, "AES"), new IvParameterSpec(new byte[16]));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES", e);
    }
  }

  public byte[] bytes(int count) {
    return count == 0 ? new byte[0] : stream.update(new byte[count]);
  }

  public long positiveLong() {
    long value = 0;
    for (byte b : bytes(8)) {
      value = (value << 8) | (b & 0xff);
    }
    return value >>> 1;
  }
}
