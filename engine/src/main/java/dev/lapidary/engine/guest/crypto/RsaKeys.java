package dev.lapidary.engine.guest.crypto;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.RSAKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/// RSASSA-PKCS1-v1_5, RSA-PSS and RSA-OAEP. Private keys are PKCS #8, public keys SPKI, in
/// the JDK's own encoding; numbers are unsigned and big-endian.
public final class RsaKeys {
  public static final int MIN_BITS = 512;
  public static final int MAX_BITS = 4096;

  /// Of a public exponent, as in BoringSSL: what a longer one costs, no honest key is worth.
  private static final int MAX_EXPONENT_BITS = 33;

  private RsaKeys() {}

  /// Makes a pair of keys.
  ///
  /// @return the private and the public key
  public static byte[][] generate(int bits, BigInteger exponent, SecureRandom random) {
    if (bits < MIN_BITS || bits > MAX_BITS || bits % 8 != 0) {
      throw new CryptoException(
          "The modulus length must be a multiple of 8 from 512 to 4096 bits, not " + bits + ".");
    }
    if (!exponent.equals(RSAKeyGenParameterSpec.F4)
        && !exponent.equals(RSAKeyGenParameterSpec.F0)) {
      throw new CryptoException("The public exponent must be 3 or 65537.");
    }
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(new RSAKeyGenParameterSpec(bits, exponent), random);
      KeyPair pair = generator.generateKeyPair();
      return new byte[][] {pair.getPrivate().getEncoded(), pair.getPublic().getEncoded()};
    } catch (GeneralSecurityException e) {
      throw new CryptoException("No key of this length can be made.");
    }
  }

  /// A key after a check.
  ///
  /// @param encoded its canonical encoding
  /// @param modulus its modulus
  /// @param exponent its public exponent
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  public record Parsed(byte[] encoded, BigInteger modulus, BigInteger exponent) {}

  public static Parsed privateOf(byte[] pkcs8) {
    RSAPrivateCrtKey key = privateKey(pkcs8);
    return new Parsed(key.getEncoded(), key.getModulus(), key.getPublicExponent());
  }

  public static Parsed publicOf(byte[] spki) {
    RSAPublicKey key = publicKey(spki);
    return new Parsed(key.getEncoded(), key.getModulus(), key.getPublicExponent());
  }

  /// The private key of these numbers.
  ///
  /// @param parts n e d p q dp dq qi
  public static Parsed privateOf(BigInteger... parts) {
    try {
      return privateOf(
          factory()
              .generatePrivate(
                  new RSAPrivateCrtKeySpec(
                      parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], parts[6],
                      parts[7]))
              .getEncoded());
    } catch (InvalidKeySpecException e) {
      throw new CryptoException("Invalid RSA key in JSON Web Key.");
    }
  }

  public static Parsed publicOf(BigInteger modulus, BigInteger exponent) {
    try {
      return publicOf(
          factory().generatePublic(new RSAPublicKeySpec(modulus, exponent)).getEncoded());
    } catch (InvalidKeySpecException e) {
      throw new CryptoException("Invalid RSA key in JSON Web Key.");
    }
  }

  /// The numbers n e d p q dp dq qi of a private key.
  public static BigInteger[] numbers(byte[] pkcs8) {
    RSAPrivateCrtKey key = privateKey(pkcs8);
    return new BigInteger[] {
      key.getModulus(),
      key.getPublicExponent(),
      key.getPrivateExponent(),
      key.getPrimeP(),
      key.getPrimeQ(),
      key.getPrimeExponentP(),
      key.getPrimeExponentQ(),
      key.getCrtCoefficient()
    };
  }

  /// RSASSA-PKCS1-v1_5.
  public static byte[] sign(String hash, byte[] pkcs8, byte[] data) {
    try {
      Signature signature = Signature.getInstance(Digests.inNames(hash) + "withRSA");
      signature.initSign(privateKey(pkcs8));
      signature.update(data);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new CryptoException("Signing failed.");
    }
  }

  /// RSASSA-PKCS1-v1_5.
  public static boolean verify(String hash, byte[] spki, byte[] signed, byte[] data) {
    try {
      Signature signature = Signature.getInstance(Digests.inNames(hash) + "withRSA");
      signature.initVerify(publicKey(spki));
      signature.update(data);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  public static byte[] signPss(
      String hash, int saltBytes, byte[] pkcs8, byte[] data, SecureRandom random) {
    try {
      Signature signature = pss(hash, saltBytes);
      signature.initSign(privateKey(pkcs8), random);
      signature.update(data);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new CryptoException("Signing failed.");
    }
  }

  public static boolean verifyPss(
      String hash, int saltBytes, byte[] spki, byte[] signed, byte[] data) {
    try {
      Signature signature = pss(hash, saltBytes);
      signature.initVerify(publicKey(spki));
      signature.update(data);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static Signature pss(String hash, int saltBytes) throws GeneralSecurityException {
    Digests.bits(hash);
    Signature signature = Signature.getInstance("RSASSA-PSS");
    signature.setParameter(
        new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), saltBytes, 1));
    return signature;
  }

  public static byte[] encrypt(
      String hash, byte[] label, byte[] spki, byte[] data, SecureRandom random) {
    try {
      Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
      cipher.init(Cipher.ENCRYPT_MODE, publicKey(spki), oaep(hash, label), random);
      return cipher.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new CryptoException("Encryption failed.");
    }
  }

  public static byte[] decrypt(String hash, byte[] label, byte[] pkcs8, byte[] data) {
    try {
      Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
      cipher.init(Cipher.DECRYPT_MODE, privateKey(pkcs8), oaep(hash, label));
      return cipher.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new CryptoException("Decryption failed.");
    }
  }

  /// RSAES-PKCS1-v1_5 with the public key, or the padding of signatures with the private one.
  public static byte[] encryptPlain(
      KeyKind kind, byte[] encoded, byte[] data, SecureRandom random) {
    return plain(Cipher.ENCRYPT_MODE, kind, encoded, data, random);
  }

  /// Undoes what [#encryptPlain] does with the other key of the pair.
  public static byte[] decryptPlain(
      KeyKind kind, byte[] encoded, byte[] data, SecureRandom random) {
    return plain(Cipher.DECRYPT_MODE, kind, encoded, data, random);
  }

  /// Which key of a pair.
  public enum KeyKind {
    PRIVATE,
    PUBLIC
  }

  private static byte[] plain(
      int mode, KeyKind kind, byte[] encoded, byte[] data, SecureRandom random) {
    Key key = kind == KeyKind.PRIVATE ? privateKey(encoded) : publicKey(encoded);
    try {
      Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding");
      cipher.init(mode, key, random);
      return cipher.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new CryptoException(
          mode == Cipher.ENCRYPT_MODE ? "Encryption failed." : "Decryption failed.");
    }
  }

  private static OAEPParameterSpec oaep(String hash, byte[] label) {
    Digests.bits(hash);
    return new OAEPParameterSpec(
        hash, "MGF1", new MGF1ParameterSpec(hash), new PSource.PSpecified(label));
  }

  private static RSAPrivateCrtKey privateKey(byte[] pkcs8) {
    try {
      if (factory().generatePrivate(new PKCS8EncodedKeySpec(pkcs8))
          instanceof RSAPrivateCrtKey key) {
        return checked(key, key.getPublicExponent());
      }
    } catch (InvalidKeySpecException e) {
      // The same answer.
    }
    throw new CryptoException("Invalid PKCS8 input.");
  }

  private static RSAPublicKey publicKey(byte[] spki) {
    try {
      RSAPublicKey key = (RSAPublicKey) factory().generatePublic(new X509EncodedKeySpec(spki));
      return checked(key, key.getPublicExponent());
    } catch (InvalidKeySpecException e) {
      throw new CryptoException("Invalid SPKI input.");
    }
  }

  private static <K extends RSAKey> K checked(K key, BigInteger exponent) {
    int bits = key.getModulus().bitLength();
    if (bits < MIN_BITS || bits > MAX_BITS) {
      throw new CryptoException("An RSA key has 512 to 4096 bits, not " + bits + ".");
    }
    if (exponent.bitLength() > MAX_EXPONENT_BITS) {
      throw new CryptoException(
          "The public exponent of an RSA key has at most " + MAX_EXPONENT_BITS + " bits.");
    }
    return key;
  }

  private static KeyFactory factory() {
    try {
      return KeyFactory.getInstance("RSA");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has RSA keys", e);
    }
  }
}
