package dev.lapidary.engine.guest.crypto;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// AES in the modes of the Web Cryptography API. Keys have 16, 24 or 32 bytes.
public final class Aes {
  private static final int BLOCK = 16;

  private Aes() {}

  /// Whether to encrypt or to decrypt.
  public enum Direction {
    ENCRYPT(Cipher.ENCRYPT_MODE, Cipher.WRAP_MODE),
    DECRYPT(Cipher.DECRYPT_MODE, Cipher.UNWRAP_MODE);

    private final int mode;
    private final int wrapMode;

    Direction(int mode, int wrapMode) {
      this.mode = mode;
      this.wrapMode = wrapMode;
    }
  }

  /// AES-GCM; the tag is at the cipher text's end.
  ///
  /// @param tagBits of the tag at the cipher text's end
  /// @throws CryptoException where the tag does not fit, or a parameter is not allowed
  public static byte[] gcm(
      Direction direction, byte[] key, byte[] iv, byte[] additional, int tagBits, byte[] data) {
    if (direction == Direction.DECRYPT && data.length < tagBits / 8) {
      throw new CryptoException("The cipher text is shorter than its tag.");
    }
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(direction.mode, secret(key), new GCMParameterSpec(tagBits, iv));
      cipher.updateAAD(additional);
      return cipher.doFinal(data);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw failed(direction);
    }
  }

  /// With PKCS #7 padding.
  public static byte[] cbc(Direction direction, byte[] key, byte[] iv, byte[] data) {
    return run("AES/CBC/PKCS5Padding", direction, key, iv, data);
  }

  /// AES-CTR, the same in both directions.
  ///
  /// @param counterBits how many of the counter block's last bits count
  public static byte[] ctr(byte[] key, byte[] counter, int counterBits, byte[] data) {
    BigInteger size = BigInteger.ONE.shiftLeft(counterBits);
    BigInteger start = new BigInteger(1, counter).mod(size);
    BigInteger blocks = BigInteger.valueOf((data.length + BLOCK - 1L) / BLOCK);
    if (blocks.compareTo(size) > 0) {
      throw new CryptoException("The counter is too short for data of this length.");
    }
    BigInteger untilZero = size.subtract(start);
    if (blocks.compareTo(untilZero) <= 0) {
      return run("AES/CTR/NoPadding", Direction.ENCRYPT, key, counter, data);
    }
    // The counter runs over within the data; the bits before it stay.
    int first = untilZero.intValueExact() * BLOCK;
    byte[] again = block(new BigInteger(1, counter).subtract(start));
    byte[] head =
        run("AES/CTR/NoPadding", Direction.ENCRYPT, key, counter, Arrays.copyOf(data, first));
    byte[] tail =
        run(
            "AES/CTR/NoPadding",
            Direction.ENCRYPT,
            key,
            again,
            Arrays.copyOfRange(data, first, data.length));
    byte[] all = Arrays.copyOf(head, data.length);
    System.arraycopy(tail, 0, all, first, tail.length);
    return all;
  }

  private static byte[] block(BigInteger value) {
    byte[] bytes = value.toByteArray();
    byte[] block = new byte[BLOCK];
    int length = Math.min(bytes.length, BLOCK);
    System.arraycopy(bytes, bytes.length - length, block, BLOCK - length, length);
    return block;
  }

  /// AES Key Wrap (RFC 3394).
  public static byte[] keyWrap(Direction direction, byte[] key, byte[] data) {
    try {
      Cipher cipher = Cipher.getInstance("AES/KW/NoPadding");
      cipher.init(direction.wrapMode, secret(key));
      return direction == Direction.ENCRYPT
          ? cipher.wrap(new SecretKeySpec(data, "RAW"))
          : cipher.unwrap(data, "RAW", Cipher.SECRET_KEY).getEncoded();
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw failed(direction);
    }
  }

  private static byte[] run(
      String transformation, Direction direction, byte[] key, byte[] iv, byte[] data) {
    try {
      Cipher cipher = Cipher.getInstance(transformation);
      cipher.init(direction.mode, secret(key), new IvParameterSpec(iv));
      return cipher.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw failed(direction);
    }
  }

  private static SecretKeySpec secret(byte[] key) {
    if (key.length != 16 && key.length != 24 && key.length != 32) {
      throw new CryptoException("An AES key has 128, 192 or 256 bits.");
    }
    return new SecretKeySpec(key, "AES");
  }

  private static CryptoException failed(Direction direction) {
    return new CryptoException(
        direction == Direction.ENCRYPT ? "Encryption failed." : "Decryption failed.");
  }
}
