package dev.lapidary.engine.guest.crypto;

import dev.lapidary.engine.guest.SeededRandom;
import java.security.SecureRandom;
import java.security.SecureRandomSpi;

/// A guest's seeded randomness in the form that the JDK's cryptography takes, so that keys
/// and salts follow from the seed like everything else that the guest does.
public final class SeededSecureRandom extends SecureRandom {
  private static final long serialVersionUID = 1L;

  public SeededSecureRandom(SeededRandom random) {
    super(new Source(random), null);
  }

  @Override
  public String getAlgorithm() {
    return "Seeded";
  }

  private static final class Source extends SecureRandomSpi {
    private static final long serialVersionUID = 1L;

    private final transient SeededRandom random;

    Source(SeededRandom random) {
      this.random = random;
    }

    @Override
    protected void engineSetSeed(byte[] seed) {
      // The seed is the guest's, once and for all.
    }

    @Override
    protected void engineNextBytes(byte[] bytes) {
      byte[] drawn = random.bytes(bytes.length);
      System.arraycopy(drawn, 0, bytes, 0, bytes.length);
    }

    @Override
    protected byte[] engineGenerateSeed(int count) {
      return random.bytes(count);
    }
  }
}
