package dev.lapidary.engine.guest.js;

import dev.lapidary.engine.guest.FuelTank;
import dev.lapidary.engine.guest.SeededRandom;
import dev.lapidary.engine.guest.Tariff;
import dev.lapidary.engine.guest.crypto.Aes;
import dev.lapidary.engine.guest.crypto.CryptoCost;
import dev.lapidary.engine.guest.crypto.CryptoException;
import dev.lapidary.engine.guest.crypto.Digests;
import dev.lapidary.engine.guest.crypto.EdwardsKeys;
import dev.lapidary.engine.guest.crypto.EllipticKeys;
import dev.lapidary.engine.guest.crypto.RsaKeys;
import dev.lapidary.engine.guest.crypto.Scrypt;
import dev.lapidary.engine.guest.crypto.SeededSecureRandom;
import java.math.BigInteger;
import java.security.SecureRandom;

/// The host function `crypto(operation, …)`: cryptography for the guest's `crypto.subtle` and
/// `node:crypto`. Bytes come and go as ArrayBuffers; keys are bytes that the guest holds. What an
/// operation costs is charged before it works, so it cannot outrun the turn's limits.
final class CryptoFunctions {
  private static final int MAX_BYTES = 32 * 1024 * 1024;
  private static final int MAX_ITERATIONS = 10_000_000;

  private final QuickJs js;
  private final FuelTank fuel;
  private final SecureRandom random;
  private long[] args = new long[0];

  CryptoFunctions(QuickJs js, FuelTank fuel, SeededRandom random) {
    this.js = js;
    this.fuel = fuel;
    this.random = new SeededSecureRandom(random);
  }

  long perform(long[] call) {
    args = call;
    try {
      return perform(text(0));
    } catch (CryptoException e) {
      throw new HostCallException(HostCallException.Kind.ERROR, String.valueOf(e.getMessage()));
    }
  }

  private long perform(String operation) {
    return switch (operation) {
      case "digest" -> digest();
      case "hmac" -> hmac();
      case "pbkdf2" -> pbkdf2();
      case "hkdf" -> hkdf();
      case "scrypt" -> scrypt();
      case "gcm" -> gcm();
      case "cbc" -> cbc();
      case "ctr" -> ctr();
      case "kw" -> keyWrap();
      case "ecGenerate", "ecPrivate", "ecPublic", "ecNumber", "ecPoint", "ecFor" ->
          ellipticKey(operation);
      case "ecSign", "ecVerify", "ecAgree" -> elliptic(operation);
      case "okpFor", "okpSign", "okpVerify", "okpAgree" -> edwards(operation);
      case "rsaGenerate", "rsaPrivate", "rsaPublic", "rsaFromJwk", "rsaNumbers" ->
          rsaKey(operation);
      case "rsaSign", "rsaVerify", "pssSign", "pssVerify", "oaepEncrypt", "oaepDecrypt" ->
          rsa(operation);
      case "rsaPlain" -> rsaPlain();
      default -> throw new CryptoException("Unknown operation.");
    };
  }

  private long digest() {
    byte[] data = bytes(2);
    charge(CryptoCost.bytes(data.length));
    return js.arrayBuffer(Digests.digest(text(1), data));
  }

  private long hmac() {
    byte[] data = bytes(3);
    charge(CryptoCost.bytes(data.length));
    return js.arrayBuffer(Digests.hmac(text(1), bytes(2), data));
  }

  /// `pbkdf2(hash, password, salt, iterations, bytes)`.
  private long pbkdf2() {
    String hash = text(1);
    int iterations = number(4, 1, MAX_ITERATIONS);
    int bytes = number(5, 0, 65_536);
    byte[] password = bytes(2);
    byte[] salt = bytes(3);
    charge(CryptoCost.bytes((long) password.length + salt.length));
    charge(CryptoCost.hmacs(hash, Digests.blocks(hash, bytes)));
    return js.arrayBuffer(
        Digests.pbkdf2(
            hash,
            password,
            salt,
            iterations,
            bytes,
            hmacs -> charge(CryptoCost.hmacs(hash, hmacs))));
  }

  /// `hkdf(hash, secret, salt, info, bytes)`.
  private long hkdf() {
    String hash = text(1);
    byte[] secret = bytes(2);
    byte[] salt = bytes(3);
    byte[] info = bytes(4);
    int bytes = number(5, 0, 255 * 64);
    long blocks = Digests.blocks(hash, bytes);
    charge(CryptoCost.bytes(secret.length + salt.length + blocks * info.length));
    charge(CryptoCost.hmacs(hash, blocks + 1));
    return js.arrayBuffer(Digests.hkdf(hash, secret, salt, info, bytes));
  }

  /// `scrypt(password, salt, cost, blockSize, parallelization, bytes)`.
  private long scrypt() {
    byte[] password = bytes(1);
    byte[] salt = bytes(2);
    int bytes = number(6, 0, 65_536);
    charge(CryptoCost.bytes((long) password.length + salt.length));
    charge(CryptoCost.hmacs("SHA-256", Digests.blocks("SHA-256", bytes)));
    return js.arrayBuffer(
        Scrypt.derive(
            password,
            salt,
            number(3, 0, 1 << 30),
            number(4, 0, 1 << 30),
            number(5, 0, 1 << 30),
            bytes,
            blocks -> charge(CryptoCost.scrypt(blocks))));
  }

  /// `gcm(encrypt, key, iv, additional, tagBits, data)`.
  private long gcm() {
    byte[] additional = bytes(4);
    byte[] data = bytes(6);
    charge(CryptoCost.bytes((long) additional.length + data.length));
    return js.arrayBuffer(
        Aes.gcm(direction(1), bytes(2), bytes(3), additional, number(5, 32, 128), data));
  }

  /// `cbc(encrypt, key, iv, data)`.
  private long cbc() {
    byte[] data = bytes(4);
    charge(CryptoCost.bytes(data.length));
    return js.arrayBuffer(Aes.cbc(direction(1), bytes(2), bytes(3), data));
  }

  /// `ctr(key, counter, counterBits, data)`.
  private long ctr() {
    byte[] data = bytes(4);
    charge(CryptoCost.bytes(data.length));
    return js.arrayBuffer(Aes.ctr(bytes(1), bytes(2), number(3, 1, 128), data));
  }

  /// `kw(wrap, key, data)`.
  private long keyWrap() {
    byte[] data = bytes(3);
    charge(CryptoCost.bytes(8L * data.length));
    return js.arrayBuffer(Aes.keyWrap(direction(1), bytes(2), data));
  }

  /// Keys of a curve, whose name is the first argument.
  private long ellipticKey(String operation) {
    String curve = text(1);
    EllipticKeys keys = EllipticKeys.of(curve);
    charge(operation.equals("ecFor") ? CryptoCost.point(curve) : CryptoCost.curve(curve));
    return switch (operation) {
      case "ecGenerate" -> pair(keys.generate(random));
      case "ecPrivate" -> js.arrayBuffer(keys.privateOf(bytes(2)));
      case "ecPublic" -> js.arrayBuffer(keys.publicOf(bytes(2)));
      case "ecNumber" -> js.arrayBuffer(keys.checkedNumber(bytes(2)));
      case "ecPoint" -> js.arrayBuffer(keys.checkedPoint(bytes(2)));
      default -> js.arrayBuffer(keys.publicFor(bytes(2)));
    };
  }

  private long elliptic(String operation) {
    String curve = text(1);
    EllipticKeys keys = EllipticKeys.of(curve);
    charge(3 * CryptoCost.curve(curve));
    return switch (operation) {
      case "ecAgree" -> js.arrayBuffer(keys.agree(bytes(2), bytes(3)));
      case "ecSign" -> {
        byte[] data = bytes(4);
        charge(CryptoCost.bytes(data.length));
        yield js.arrayBuffer(keys.sign(text(2), bytes(3), data, random));
      }
      default -> {
        byte[] data = bytes(5);
        charge(CryptoCost.bytes(data.length));
        yield JsValue.of(keys.verify(text(2), bytes(3), bytes(4), data));
      }
    };
  }

  private long edwards(String operation) {
    EdwardsKeys keys = EdwardsKeys.of(text(1));
    charge(2 * CryptoCost.curve("P-256"));
    return switch (operation) {
      case "okpFor" -> js.arrayBuffer(keys.publicFor(bytes(2)));
      case "okpAgree" -> js.arrayBuffer(keys.agree(bytes(2), bytes(3)));
      case "okpSign" -> {
        byte[] data = bytes(3);
        charge(CryptoCost.bytes(2L * data.length));
        yield js.arrayBuffer(keys.sign(bytes(2), data));
      }
      default -> {
        byte[] data = bytes(4);
        charge(CryptoCost.bytes(data.length));
        yield JsValue.of(keys.verify(bytes(2), bytes(3), data));
      }
    };
  }

  private long rsaKey(String operation) {
    if (operation.equals("rsaGenerate")) {
      int bits = number(1, RsaKeys.MIN_BITS, RsaKeys.MAX_BITS);
      charge(CryptoCost.rsaGenerate(bits));
      return pair(RsaKeys.generate(bits, integer(bytes(2)), random));
    }
    if (operation.equals("rsaFromJwk")) {
      return fromJwk();
    }
    byte[] encoded = bytes(1);
    charge(CryptoCost.rsaPublic(encoded.length));
    return switch (operation) {
      case "rsaPrivate" -> parsed(RsaKeys.privateOf(encoded));
      case "rsaPublic" -> parsed(RsaKeys.publicOf(encoded));
      default -> numbers(RsaKeys.numbers(encoded));
    };
  }

  /// `rsaFromJwk([n, e])` or `rsaFromJwk([n, e, d, p, q, dp, dq, qi])`.
  private long fromJwk() {
    int count = js.length(args[1]);
    BigInteger[] parts = new BigInteger[count == 8 ? 8 : 2];
    for (int i = 0; i < parts.length; i++) {
      long element = js.get(args[1], i);
      parts[i] = integer(js.arrayBufferBytes(element));
      js.freeValue(element);
    }
    charge(CryptoCost.rsaPublic(parts[0].bitLength() / 8));
    return parsed(count == 8 ? RsaKeys.privateOf(parts) : RsaKeys.publicOf(parts[0], parts[1]));
  }

  private long rsa(String operation) {
    String hash = text(1);
    byte[] key = bytes(3);
    byte[] data = bytes(4);
    charge(CryptoCost.bytes(data.length));
    charge(
        operation.endsWith("Verify") || operation.endsWith("Encrypt")
            ? CryptoCost.rsaPublic(key.length)
            : CryptoCost.rsaPrivate(key.length));
    return switch (operation) {
      case "rsaSign" -> js.arrayBuffer(RsaKeys.sign(hash, key, data));
      case "rsaVerify" -> JsValue.of(RsaKeys.verify(hash, key, bytes(5), data));
      case "pssSign" -> js.arrayBuffer(RsaKeys.signPss(hash, number(2, 0, 512), key, data, random));
      case "pssVerify" ->
          JsValue.of(RsaKeys.verifyPss(hash, number(2, 0, 512), key, bytes(5), data));
      case "oaepEncrypt" -> js.arrayBuffer(RsaKeys.encrypt(hash, bytes(2), key, data, random));
      default -> js.arrayBuffer(RsaKeys.decrypt(hash, bytes(2), key, data));
    };
  }

  /// `rsaPlain(encrypt, private, key, data)`.
  private long rsaPlain() {
    RsaKeys.KeyKind kind =
        args[2] == JsValue.TRUE ? RsaKeys.KeyKind.PRIVATE : RsaKeys.KeyKind.PUBLIC;
    byte[] key = bytes(3);
    byte[] data = bytes(4);
    charge(
        kind == RsaKeys.KeyKind.PRIVATE
            ? CryptoCost.rsaPrivate(key.length)
            : CryptoCost.rsaPublic(key.length));
    return js.arrayBuffer(
        direction(1) == Aes.Direction.ENCRYPT
            ? RsaKeys.encryptPlain(kind, key, data, random)
            : RsaKeys.decryptPlain(kind, key, data, random));
  }

  private long parsed(RsaKeys.Parsed key) {
    return array(
        js.arrayBuffer(key.encoded()),
        JsValue.of(key.modulus().bitLength()),
        js.arrayBuffer(unsigned(key.exponent())));
  }

  private long numbers(BigInteger[] numbers) {
    long[] values = new long[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      values[i] = js.arrayBuffer(unsigned(numbers[i]));
    }
    return array(values);
  }

  private long pair(byte[][] keys) {
    return array(js.arrayBuffer(keys[0]), js.arrayBuffer(keys[1]));
  }

  private long array(long... values) {
    return js.newArray(values, values.length);
  }

  private static byte[] unsigned(BigInteger value) {
    byte[] bytes = value.toByteArray();
    return bytes.length > 1 && bytes[0] == 0
        ? java.util.Arrays.copyOfRange(bytes, 1, bytes.length)
        : bytes;
  }

  private static BigInteger integer(byte[] bytes) {
    if (bytes.length > 2 * RsaKeys.MAX_BITS / 8) {
      throw new CryptoException("The number is too long.");
    }
    return new BigInteger(1, bytes);
  }

  private void charge(long nanos) {
    fuel.charge(Tariff.nanos(nanos));
  }

  private String text(int index) {
    return js.text(args[index]);
  }

  private Aes.Direction direction(int index) {
    return args[index] == JsValue.TRUE ? Aes.Direction.ENCRYPT : Aes.Direction.DECRYPT;
  }

  private int number(int index, int least, int most) {
    double value = JsValue.toDouble(args[index]);
    if (!(value >= least && value <= most)) {
      throw new CryptoException(
          "A parameter is out of range: it must be from " + least + " to " + most + ".");
    }
    return (int) value;
  }

  private byte[] bytes(int index) {
    if (!js.isArrayBuffer(args[index])) {
      return new byte[0];
    }
    byte[] bytes = js.arrayBufferBytes(args[index]);
    if (bytes.length > MAX_BYTES) {
      throw new CryptoException("One operation works on at most 32 MiB.");
    }
    return bytes;
  }
}
