package dev.lapidary.engine.guest.crypto;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.KeyAgreement;

/// Ed25519 and X25519. Keys of either kind are their 32 bytes.
@SuppressWarnings("ImmutableEnumChecker") // never written to
public enum EdwardsKeys {
  ED25519("Ed25519", "70"),
  X25519("X25519", "6e");

  private static final int BYTES = 32;

  private final String algorithm;
  private final byte[] pkcs8;
  private final byte[] spki;

  EdwardsKeys(String algorithm, String oid) {
    this.algorithm = algorithm;
    this.pkcs8 = HexFormat.of().parseHex("302e020100300506032b65" + oid + "04220420");
    this.spki = HexFormat.of().parseHex("302a300506032b65" + oid + "032100");
  }

  /// The keys of a curve.
  ///
  /// @throws CryptoException for a curve that there is not
  public static EdwardsKeys of(String curve) {
    return switch (curve) {
      case "Ed25519" -> ED25519;
      case "X25519" -> X25519;
      default -> throw new CryptoException("Unrecognized curve: " + curve);
    };
  }

  /// The public key that belongs to a private one.
  public byte[] publicFor(byte[] seed) {
    require(seed);
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(255, new Fixed(seed));
      byte[] encoded = generator.generateKeyPair().getPublic().getEncoded();
      return Arrays.copyOfRange(encoded, encoded.length - BYTES, encoded.length);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }

  /// Ed25519 alone.
  public byte[] sign(byte[] seed, byte[] data) {
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(privateKey(seed));
      signature.update(data);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new CryptoException("Signing failed.");
    }
  }

  /// Ed25519 alone.
  public boolean verify(byte[] point, byte[] signed, byte[] data) {
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initVerify(publicKey(point));
      signature.update(data);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /// X25519 alone.
  public byte[] agree(byte[] seed, byte[] point) {
    try {
      KeyAgreement agreement = KeyAgreement.getInstance(algorithm);
      agreement.init(privateKey(seed));
      agreement.doPhase(publicKey(point), true);
      return agreement.generateSecret();
    } catch (GeneralSecurityException e) {
      throw new CryptoException("The keys do not agree.");
    }
  }

  private PrivateKey privateKey(byte[] seed) throws GeneralSecurityException {
    return KeyFactory.getInstance(algorithm)
        .generatePrivate(new PKCS8EncodedKeySpec(joined(pkcs8, seed)));
  }

  private PublicKey publicKey(byte[] point) throws GeneralSecurityException {
    return KeyFactory.getInstance(algorithm)
        .generatePublic(new X509EncodedKeySpec(joined(spki, point)));
  }

  private static byte[] joined(byte[] prefix, byte[] key) {
    require(key);
    byte[] all = Arrays.copyOf(prefix, prefix.length + BYTES);
    System.arraycopy(key, 0, all, prefix.length, BYTES);
    return all;
  }

  private static void require(byte[] key) {
    if (key.length != BYTES) {
      throw new CryptoException("A key of this curve has 32 bytes.");
    }
  }

  /// What the generator draws its private key from: one that is known.
  private static final class Fixed extends SecureRandom {
    private static final long serialVersionUID = 1L;

    private final byte[] seed;

    Fixed(byte[] seed) {
      this.seed = seed;
    }

    @Override
    public void nextBytes(byte[] bytes) {
      System.arraycopy(seed, 0, bytes, 0, bytes.length);
    }
  }
}
