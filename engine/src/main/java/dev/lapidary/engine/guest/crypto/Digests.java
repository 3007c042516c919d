package dev.lapidary.engine.guest.crypto;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import java.util.function.IntConsumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Digests and what is made of them. A hash is named as the Web Cryptography API does.
public final class Digests {
  private static final Map<String, Integer> BITS =
      Map.of(
          "SHA-1",
          160,
          "SHA-224",
          224,
          "SHA-256",
          256,
          "SHA-384",
          384,
          "SHA-512",
          512,
          "SHA-512/256",
          256,
          "MD5",
          128);

  private static final int AT_ONCE = 500;

  private Digests() {}

  /// The length of a hash in bits.
  ///
  /// @throws CryptoException for a hash that there is not
  public static int bits(String hash) {
    Integer bits = BITS.get(hash);
    if (bits == null) {
      throw new CryptoException("Unrecognized digest algorithm: " + hash);
    }
    return bits;
  }

  /// The hash's name within those of the JDK's algorithms: `SHA256`.
  static String inNames(String hash) {
    bits(hash);
    return hash.replaceFirst("-", "");
  }

  public static byte[] digest(String hash, byte[] data) {
    bits(hash);
    try {
      return MessageDigest.getInstance(hash).digest(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + hash, e);
    }
  }

  public static byte[] hmac(String hash, byte[] key, byte[] data) {
    return mac(hash, key).doFinal(data);
  }

  /// PBKDF2 (RFC 8018).
  ///
  /// @param bytes length of the result
  /// @param ahead told how many HMACs are about to be made; may throw
  public static byte[] pbkdf2(
      String hash, byte[] password, byte[] salt, int iterations, int bytes, IntConsumer ahead) {
    Mac mac = mac(hash, password);
    int size = mac.getMacLength();
    byte[] key = new byte[blocks(hash, bytes) * size];
    for (int block = 1; block * size - size < bytes; block++) {
      mac.update(salt);
      byte[] u = mac.doFinal(bigEndian(block));
      byte[] sum = u.clone();
      for (int i = 1; i < iterations; i++) {
        if (i % AT_ONCE == 1) {
          ahead.accept(Math.min(AT_ONCE, iterations - i));
        }
        u = mac.doFinal(u);
        for (int j = 0; j < size; j++) {
          sum[j] ^= u[j];
        }
      }
      System.arraycopy(sum, 0, key, (block - 1) * size, size);
    }
    return Arrays.copyOf(key, bytes);
  }

  /// How many blocks of a hash's size there are in so many bytes.
  public static int blocks(String hash, int bytes) {
    int size = bits(hash) / 8;
    return (bytes + size - 1) / size;
  }

  /// HKDF (RFC 5869), both steps.
  ///
  /// @param bytes length of the result, at most 255 blocks
  public static byte[] hkdf(String hash, byte[] secret, byte[] salt, byte[] info, int bytes) {
    byte[] extracted = hmac(hash, salt, secret);
    Mac mac = mac(hash, extracted);
    int size = mac.getMacLength();
    int blocks = blocks(hash, bytes);
    if (blocks > 255) {
      throw new CryptoException("HKDF derives at most " + 255 * size + " bytes with this hash.");
    }
    byte[] key = new byte[blocks * size];
    byte[] previous = new byte[0];
    for (int block = 1; block <= blocks; block++) {
      mac.update(previous);
      mac.update(info);
      previous = mac.doFinal(new byte[] {(byte) block});
      System.arraycopy(previous, 0, key, (block - 1) * size, size);
    }
    return Arrays.copyOf(key, bytes);
  }

  private static Mac mac(String hash, byte[] key) {
    String name = "Hmac" + inNames(hash);
    try {
      Mac mac = Mac.getInstance(name);
      // An empty key is padded with zeros as any short one is, but the JDK refuses it.
      mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, name));
      return mac;
    } catch (InvalidKeyException e) {
      throw new CryptoException("The key cannot be used for HMAC.");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + name, e);
    }
  }

  private static byte[] bigEndian(int value) {
    return new byte[] {
      (byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value
    };
  }
}
