package dev.lapidary.engine.guest.crypto;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.EllipticCurve;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import javax.crypto.KeyAgreement;

/// ECDSA and ECDH on the curves P-256, P-384 and P-521. A private key is its number, as long as the
/// field; a public key is its uncompressed point, `04 x y`.
public final class EllipticKeys {
  private static final BigInteger TWO = BigInteger.TWO;
  private static final BigInteger THREE = BigInteger.valueOf(3);

  private final ECParameterSpec parameters;
  private final BigInteger prime;
  private final int bytes;

  private EllipticKeys(ECParameterSpec parameters) {
    this.parameters = parameters;
    this.prime = ((ECFieldFp) parameters.getCurve().getField()).getP();
    this.bytes = (prime.bitLength() + 7) / 8;
  }

  private static final class Curves {
    static final EllipticKeys P256 = make("secp256r1");
    static final EllipticKeys P384 = make("secp384r1");
    static final EllipticKeys P521 = make("secp521r1");

    private static EllipticKeys make(String name) {
      try {
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec(name));
        return new EllipticKeys(parameters.getParameterSpec(ECParameterSpec.class));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every JDK has " + name, e);
      }
    }
  }

  /// The keys of a curve.
  ///
  /// @throws CryptoException for a curve that there is not
  public static EllipticKeys of(String curve) {
    return switch (curve) {
      case "P-256" -> Curves.P256;
      case "P-384" -> Curves.P384;
      case "P-521" -> Curves.P521;
      default -> throw new CryptoException("Unrecognized or unimplemented EC curve: " + curve);
    };
  }

  /// Makes a pair of keys.
  ///
  /// @return the private number and the public point
  public byte[][] generate(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(parameters, random);
      KeyPair pair = generator.generateKeyPair();
      return new byte[][] {
        fixed(((ECPrivateKey) pair.getPrivate()).getS()),
        raw(((ECPublicKey) pair.getPublic()).getW())
      };
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK makes EC keys", e);
    }
  }

  /// The private number in a PKCS #8 key of this curve.
  public byte[] privateOf(byte[] pkcs8) {
    try {
      ECPrivateKey key = (ECPrivateKey) factory().generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      requireCurve(key.getParams());
      return checkedNumber(fixed(key.getS()));
    } catch (InvalidKeySpecException e) {
      throw new CryptoException("Invalid PKCS8 input.");
    }
  }

  /// The point in an SPKI key of this curve.
  public byte[] publicOf(byte[] spki) {
    try {
      ECPublicKey key = (ECPublicKey) factory().generatePublic(new X509EncodedKeySpec(spki));
      requireCurve(key.getParams());
      return checkedPoint(raw(key.getW()));
    } catch (InvalidKeySpecException e) {
      throw new CryptoException("Invalid SPKI input.");
    }
  }

  private void requireCurve(ECParameterSpec other) {
    if (!other.getOrder().equals(parameters.getOrder())) {
      throw new CryptoException("The key is not of the curve that was asked for.");
    }
  }

  /// The same number, after a check.
  public byte[] checkedNumber(byte[] number) {
    BigInteger value = new BigInteger(1, number);
    if (number.length != bytes
        || value.signum() == 0
        || value.compareTo(parameters.getOrder()) >= 0) {
      throw new CryptoException("The private key is not a number of this curve.");
    }
    return number;
  }

  /// The same point, after a check that it is on the curve.
  public byte[] checkedPoint(byte[] raw) {
    if (raw.length != 1 + 2 * bytes || raw[0] != 4) {
      throw new CryptoException("The public key is not an uncompressed point of this curve.");
    }
    EllipticCurve curve = parameters.getCurve();
    ECPoint point = point(raw);
    BigInteger x = point.getAffineX();
    BigInteger y = point.getAffineY();
    BigInteger right = x.pow(3).add(curve.getA().multiply(x)).add(curve.getB()).mod(prime);
    if (x.compareTo(prime) >= 0
        || y.compareTo(prime) >= 0
        || !y.multiply(y).mod(prime).equals(right)) {
      throw new CryptoException("The public key is not a point of this curve.");
    }
    return raw;
  }

  /// The public point that belongs to a private number.
  public byte[] publicFor(byte[] number) {
    BigInteger d = new BigInteger(1, checkedNumber(number));
    ECPoint sum = ECPoint.POINT_INFINITY;
    for (int bit = d.bitLength() - 1; bit >= 0; bit--) {
      sum = add(sum, sum);
      if (d.testBit(bit)) {
        sum = add(sum, parameters.getGenerator());
      }
    }
    return raw(sum);
  }

  private ECPoint add(ECPoint p, ECPoint q) {
    if (p.equals(ECPoint.POINT_INFINITY)) {
      return q;
    }
    BigInteger px = p.getAffineX();
    BigInteger py = p.getAffineY();
    boolean same = p.equals(q);
    if (!same && px.equals(q.getAffineX())) {
      return ECPoint.POINT_INFINITY;
    }
    BigInteger slope =
        same
            ? px.pow(2)
                .multiply(THREE)
                .add(parameters.getCurve().getA())
                .multiply(py.multiply(TWO).modInverse(prime))
            : q.getAffineY().subtract(py).multiply(q.getAffineX().subtract(px).modInverse(prime));
    BigInteger x = slope.pow(2).subtract(px).subtract(q.getAffineX()).mod(prime);
    BigInteger y = slope.multiply(px.subtract(x)).subtract(py).mod(prime);
    return new ECPoint(x, y);
  }

  /// The signature as `r s`.
  public byte[] sign(String hash, byte[] number, byte[] data, SecureRandom random) {
    try {
      Signature signature = signature(hash);
      signature.initSign(privateKey(number), random);
      signature.update(data);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new CryptoException("Signing failed.");
    }
  }

  public boolean verify(String hash, byte[] point, byte[] signed, byte[] data) {
    try {
      Signature signature = signature(hash);
      signature.initVerify(publicKey(point));
      signature.update(data);
      return signed.length == 2 * bytes && signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static Signature signature(String hash) throws GeneralSecurityException {
    return Signature.getInstance(Digests.inNames(hash) + "withECDSAinP1363Format");
  }

  /// The shared x coordinate.
  public byte[] agree(byte[] number, byte[] point) {
    try {
      KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
      agreement.init(privateKey(number));
      agreement.doPhase(publicKey(point), true);
      return agreement.generateSecret();
    } catch (GeneralSecurityException e) {
      throw new CryptoException("The keys do not agree.");
    }
  }

  private PrivateKey privateKey(byte[] number) throws InvalidKeySpecException {
    return factory()
        .generatePrivate(
            new ECPrivateKeySpec(new BigInteger(1, checkedNumber(number)), parameters));
  }

  private PublicKey publicKey(byte[] raw) throws InvalidKeySpecException {
    return factory().generatePublic(new ECPublicKeySpec(point(checkedPoint(raw)), parameters));
  }

  private ECPoint point(byte[] raw) {
    return new ECPoint(
        new BigInteger(1, Arrays.copyOfRange(raw, 1, 1 + bytes)),
        new BigInteger(1, Arrays.copyOfRange(raw, 1 + bytes, raw.length)));
  }

  private byte[] raw(ECPoint point) {
    byte[] raw = new byte[1 + 2 * bytes];
    raw[0] = 4;
    System.arraycopy(fixed(point.getAffineX()), 0, raw, 1, bytes);
    System.arraycopy(fixed(point.getAffineY()), 0, raw, 1 + bytes, bytes);
    return raw;
  }

  private byte[] fixed(BigInteger value) {
    byte[] number = value.toByteArray();
    byte[] padded = new byte[bytes];
    int length = Math.min(number.length, bytes);
    System.arraycopy(number, number.length - length, padded, bytes - length, length);
    return padded;
  }

  private static KeyFactory factory() {
    try {
      return KeyFactory.getInstance("EC");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has EC keys", e);
    }
  }
}
