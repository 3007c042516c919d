package dev.lapidary.engine.object;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// A Durable Object's identity: 32 bytes, shown as 64 lower-case hex digits.
///
/// Computed as workerd does, so ids agree: with `key = SHA-256(namespace key)`, the first half is
/// `HMAC-SHA256(key, name)[0..16]` and the second half `HMAC-SHA256(key, first half)[0..16]`, which
/// ties an id to its namespace.
///
/// @param hex 64 lower-case hex digits
public record ObjectId(String hex) {
  /// Objects are spread over this many shards by their id, for ever: the shard is part of the path
  /// on disk, and later decides which node an object lives on.
  public static final int SHARDS = 16_384;

  private static final int HALF = 16;

  public ObjectId {
    if (!hex.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("Invalid Durable Object ID: must be 64 hex digits");
    }
  }

  /// The id that a name has in a namespace.
  public static ObjectId fromName(String namespaceKey, String name) {
    byte[] key = sha256(namespaceKey.getBytes(StandardCharsets.UTF_8));
    return of(key, half(key, name.getBytes(StandardCharsets.UTF_8)));
  }

  /// An id made of randomness instead of a name.
  ///
  /// @param randomness 16 bytes
  static ObjectId unique(String namespaceKey, byte[] randomness) {
    return of(sha256(namespaceKey.getBytes(StandardCharsets.UTF_8)), randomness);
  }

  /// The id that a text is.
  ///
  /// @throws IllegalArgumentException where it is none, or one of another namespace
  static ObjectId parse(String namespaceKey, String text) {
    if (!text.matches("[0-9a-fA-F]{64}")) {
      throw new IllegalArgumentException("Invalid Durable Object ID: must be 64 hex digits");
    }
    byte[] base = HexFormat.of().parseHex(text, 0, 2 * HALF);
    ObjectId id = of(sha256(namespaceKey.getBytes(StandardCharsets.UTF_8)), base);
    if (!id.hex.equalsIgnoreCase(text)) {
      throw new IllegalArgumentException("Durable Object ID is not valid for this namespace.");
    }
    return id;
  }

  private static ObjectId of(byte[] key, byte[] base) {
    byte[] id = Arrays.copyOf(base, 2 * HALF);
    System.arraycopy(half(key, base), 0, id, HALF, HALF);
    return new ObjectId(HexFormat.of().formatHex(id));
  }

  private static byte[] half(byte[] key, byte[] message) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return Arrays.copyOf(mac.doFinal(message), HALF);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HMAC-SHA256", e);
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// The shard this object belongs to, from 0 to [#SHARDS] - 1: the id's first 14 bits.
  public int shard() {
    return Integer.parseInt(hex, 0, 4, 16) >> 2;
  }

  @Override
  public String toString() {
    return hex;
  }
}
