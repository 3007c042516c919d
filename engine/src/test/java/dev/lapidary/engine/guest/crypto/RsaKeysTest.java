package dev.lapidary.engine.guest.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.RSAPublicKeySpec;
import org.junit.jupiter.api.Test;

class RsaKeysTest {
  private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(2_047).setBit(0);

  private static byte[] spki(BigInteger exponent) throws GeneralSecurityException {
    return KeyFactory.getInstance("RSA")
        .generatePublic(new RSAPublicKeySpec(MODULUS, exponent))
        .getEncoded();
  }

  @Test
  void aPublicExponentThatMakesVerifyingDearIsRefused() throws GeneralSecurityException {
    BigInteger huge = BigInteger.ONE.shiftLeft(2_000).setBit(0);
    byte[] key = spki(huge);
    assertThatThrownBy(() -> RsaKeys.publicOf(key)).hasMessageContaining("at most 33 bits");
    assertThatThrownBy(() -> RsaKeys.publicOf(MODULUS, huge)).hasMessageContaining("33 bits");
    assertThatThrownBy(() -> RsaKeys.verify("SHA-256", key, new byte[256], new byte[1]))
        .isInstanceOf(CryptoException.class);
    assertThatThrownBy(() -> RsaKeys.publicOf(spki(BigInteger.ONE.shiftLeft(33).setBit(0))))
        .isInstanceOf(CryptoException.class);
  }

  @Test
  void anOrdinaryOneIsTaken() throws GeneralSecurityException {
    BigInteger large = BigInteger.ONE.shiftLeft(32).setBit(0);
    for (BigInteger exponent : new BigInteger[] {BigInteger.valueOf(65_537), large}) {
      assertThat(RsaKeys.publicOf(spki(exponent)).exponent()).isEqualTo(exponent);
    }
  }
}
