package dev.lapidary.engine.guest.raw;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapidary.abi.cbor.CborException;
import dev.lapidary.abi.cbor.CborReader;
import dev.lapidary.abi.cbor.CborWriter;
import dev.lapidary.engine.guest.V8Encoder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KvValueTest {
  private static final List<byte[]> STORED =
      List.of(
          V8Encoder.ofNull(),
          V8Encoder.ofUndefined(),
          V8Encoder.of(true),
          V8Encoder.of(-77),
          V8Encoder.of(1e300),
          V8Encoder.of("latin é"),
          V8Encoder.of("wide 中😀"),
          V8Encoder.ofBigInt(Long.MIN_VALUE),
          V8Encoder.of(new byte[] {1, 2, 3}),
          HexFormat.of().parseHex("ff0f6f22016149027b01"));

  private static byte[] read(byte[] stored) {
    return CborWriter.write(KvValue.content(stored));
  }

  @Test
  void whatIsReadCanBeStoredAgain() {
    for (byte[] stored : STORED) {
      byte[] cbor = read(stored);
      boolean undefined = Arrays.equals(stored, V8Encoder.ofUndefined());
      assertThat(KvValue.stored(cbor)).isEqualTo(undefined ? V8Encoder.ofNull() : stored);
    }
  }

  @Test
  void integersOfAllSizesComeBackExactly() {
    Random random = new Random(5);
    for (int i = 0; i < 5_000; i++) {
      long value = random.nextLong() >> random.nextInt(64);
      byte[] cbor = CborWriter.write(out -> out.writeNumber(value));
      assertThat(read(KvValue.stored(cbor))).as("%d", value).isEqualTo(cbor);
    }
    for (long value : new long[] {0, 1L << 53, -(1L << 53), (1L << 53) + 1, Long.MAX_VALUE}) {
      byte[] cbor = CborWriter.write(out -> out.writeNumber(value));
      assertThat(read(KvValue.stored(cbor))).as("%d", value).isEqualTo(cbor);
    }
  }

  @Test
  void damagedStoredValuesAreReadAsSomethingThatCanBeStoredAgain() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 20_000; round++) {
      byte[] stored = damaged(STORED.get(random.nextInt(STORED.size())), random, 2);
      CborReader in = new CborReader("value", untagged(read(stored)));
      assertThat(in.next().kind()).as("seed %d", seed).isNotNull();
      in.end();
    }
  }

  private static byte[] untagged(byte[] cbor) {
    return cbor[0] == (byte) 0xDA ? Arrays.copyOfRange(cbor, 5, cbor.length) : cbor;
  }

  @Test
  void damagedCborIsStoredSoThatItCanBeReadOrRefused() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 20_000; round++) {
      byte[] cbor = damaged(read(STORED.get(random.nextInt(STORED.size()))), random, 0);
      try {
        byte[] stored = KvValue.stored(cbor);
        assertThat(V8Encoder.startsAsEncoded(stored)).as("seed %d", seed).isTrue();
        assertThat(read(stored)).isNotEmpty();
      } catch (CborException | HostCallException e) {
        assertThat(e.getMessage()).isNotEmpty();
      }
    }
  }

  private static byte[] damaged(byte[] bytes, Random random, int from) {
    byte[] damaged = Arrays.copyOf(bytes, Math.max(from, bytes.length - random.nextInt(3)));
    for (int hits = 1 + random.nextInt(3); hits > 0 && damaged.length > from; hits--) {
      damaged[from + random.nextInt(damaged.length - from)] = (byte) random.nextInt(256);
    }
    return damaged;
  }
}
