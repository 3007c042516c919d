package dev.lapidary.abi.cbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapidary.abi.Effect;
import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.Header;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.Response;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class EffectReaderTest {
  private static final int FUZZ_ROUNDS = 20_000;

  private static List<Effect> read(Object value) {
    return EffectReader.read(Cbor.of(value), Limits.DEFAULT);
  }

  @Test
  void theContractsExampleIsRead() {
    byte[] example =
        HexFormat.of()
            .parseHex(
                "81a4" // [{
                    + "6474797065"
                    + "657265706c79" // "type": "reply",
                    + "626964"
                    + "01" // "id": 1,
                    + "66737461747573"
                    + "18c8" // "status": 200,
                    + "64626f6479"
                    + "426869"); // "body": h'6869'}]
    Effect.Reply reply = (Effect.Reply) EffectReader.read(example, Limits.DEFAULT).getFirst();
    assertThat(reply.id()).isEqualTo(1);
    assertThat(reply.response().status()).isEqualTo(200);
    assertThat(reply.response().text()).isEqualTo("hi");
  }

  @Test
  void anyListOfEffectsIsReadAsItWasWritten() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      List<Effect> effects = randomEffects(random);
      List<Effect> back = read(effects.stream().map(Cbor::map).toList());
      assertThat(back)
          .as("seed %d", seed)
          .usingRecursiveComparison() // bodies are arrays
          .isEqualTo(effects);
    }
  }

  @Test
  void arraysMapsAndStringsOfUnknownLengthAreRead() {
    byte[] effects =
        HexFormat.of().parseHex("9fbf6474797065636c6f67676d6573736167657f6161" + "6162ffffff");
    assertThat(EffectReader.read(effects, Limits.DEFAULT))
        .containsExactly(new Effect.Log(Effect.Level.LOG, "ab"));
  }

  @Test
  void aTextBodyBecomesUtf8() {
    Effect.Reply reply =
        (Effect.Reply)
            read(List.of(Map.of("type", "reply", "id", 1, "status", 200, "body", "ü"))).getFirst();
    assertThat(reply.response().body().bytes()).isEqualTo("ü".getBytes(StandardCharsets.UTF_8));
  }

  static Stream<Arguments> refusals() {
    Map<String, Object> log = Map.of("type", "log", "message", "m");
    return Stream.of(
        Arguments.of(Map.of(), "effects, byte 0: expected an array, not a map"),
        Arguments.of(List.of(1), "effects at /0, byte 1: expected a map, not an integer"),
        Arguments.of(List.of(log, Map.of("type", "fly")), "there is no effect \"fly\""),
        Arguments.of(
            List.of(Map.of("type", "fly", "wings", List.of(2))), "there is no effect \"fly\""),
        Arguments.of(List.of(Map.of("id", 1)), "the key \"type\" is missing"),
        Arguments.of(
            List.of(Map.of("type", "log", "message", "m", "mood", List.of(Map.of("a", 1)))),
            "the effect \"log\" has no key \"mood\""),
        Arguments.of(
            List.of(Map.of("type", "log", "message", "m", "status", 200)),
            "the effect \"log\" has a key that belongs to another"),
        Arguments.of(List.of(Map.of("type", "log")), "the key \"message\" is missing"),
        Arguments.of(
            List.of(Map.of("type", "log", "message", new byte[1])), "expected text, not bytes"),
        Arguments.of(
            List.of(Map.of("type", "log", "message", "m", "level", "loud")),
            "there is no level \"loud\""),
        Arguments.of(
            List.of(Map.of("type", "reply", "id", 1, "status", 101)),
            "expected an integer from 200 to 599, not 101"),
        Arguments.of(
            List.of(Map.of("type", "reply", "id", 1.5, "status", 200)),
            "expected an integer, not a real"),
        Arguments.of(
            List.of(Map.of("type", "startTimer", "id", 1, "delay", -1)),
            "expected an integer from 0 to 2147483647, not -1"),
        Arguments.of(
            List.of(
                Map.of("type", "reply", "id", 1, "status", 200, "headers", List.of(List.of("a")))),
            "a header is an array of a name and a value"),
        Arguments.of(
            List.of(
                Map.of(
                    "type",
                    "reply",
                    "id",
                    1,
                    "status",
                    200,
                    "headers",
                    List.of(List.of("a", "b", "c")))),
            "a header is an array of a name and a value"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void whatTheContractDoesNotAllowIsRefusedByName(Object value, String why) {
    assertThatThrownBy(() -> read(value))
        .isInstanceOf(CborException.class)
        .hasMessageContaining(why);
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        Arguments.of("", "ends too early"),
        Arguments.of("81", "early"),
        Arguments.of("8000", "bytes follow the end"),
        Arguments.of("80ff", "effects"),
        Arguments.of("ff", "effects"),
        Arguments.of("81a2", "early"),
        Arguments.of("9b7fffffffffffffff", "effects"),
        Arguments.of("5b7fffffffffffffff", "effects"),
        Arguments.of("81a1647479706563ffffff", "effects"),
        Arguments.of("81818181818181818181818181", "effects"),
        Arguments.of("818181818181818181818181", "effects"),
        Arguments.of("c180", "tag 1 has no meaning"),
        Arguments.of("81d9d9f7a0", "tag 55799 has no meaning"),
        Arguments.of(
            "81a3647479706563" + "6c6f67" + "647479706563" + "6c6f67", "a key occurs twice"),
        Arguments.of("1c", "effects"),
        Arguments.of(
            "81a2" + "6474797065" + "6b63616e63656c54696d6572" + "626964" + "1bffffffffffffffff",
            "the integer does not fit into 64 bits"));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void bytesThatAreNoEffectsAreRefused(String hex, String why) {
    assertThatThrownBy(() -> EffectReader.read(HexFormat.of().parseHex(hex), Limits.DEFAULT))
        .isInstanceOf(CborException.class)
        .hasMessageContaining(why);
  }

  @Test
  void oneMoreThanTheLimitIsRefused() {
    Limits limits = Limits.DEFAULT;
    assertThatThrownBy(
            () ->
                read(repeat(EffectReader.MAX_EFFECTS + 1, Map.of("type", "cancelTimer", "id", 1))))
        .hasMessageContaining("at most 20000 effects");
    assertThatThrownBy(
            () ->
                read(
                    repeat(limits.timers() + 1, Map.of("type", "startTimer", "id", 1, "delay", 1))))
        .hasMessageContaining("at most 10000 timers");
    byte[] half = new byte[limits.responseBodyBytes() / 2 + 1];
    assertThatThrownBy(
            () -> read(repeat(2, Map.of("type", "reply", "id", 1, "status", 200, "body", half))))
        .hasMessageContaining("more than 33554432 bytes");
    assertThatThrownBy(
            () ->
                EffectReader.read(
                    new byte[(int) EffectReader.maxBytes(limits) + 1], Limits.DEFAULT))
        .hasMessageContaining("are over the limit of");
    assertThatThrownBy(
            () ->
                read(
                    List.of(
                        Map.of(
                            "type",
                            "reply",
                            "id",
                            1,
                            "status",
                            200,
                            "headers",
                            repeat(1_001, List.of("a", "b"))))))
        .hasMessageContaining("at most 1000 headers");
    assertThatThrownBy(
            () ->
                read(
                    List.of(
                        Map.of(
                            "type",
                            "reply",
                            "id",
                            1,
                            "status",
                            200,
                            "headers",
                            List.of(List.of("a", "b".repeat(70_000)))))))
        .hasMessageContaining("at most 65536 characters");
  }

  @Test
  void randomAndDamagedBytesAreReadOrRefusedAndNothingElse() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < FUZZ_ROUNDS; round++) {
      byte[] input;
      if (round % 4 == 0) {
        input = new byte[random.nextInt(40)];
        random.nextBytes(input);
      } else {
        input = Cbor.of(randomEffects(random).stream().map(Cbor::map).toList());
        damage(input, random);
        input =
            Arrays.copyOf(
                input, random.nextInt(4) == 0 ? random.nextInt(input.length + 9) : input.length);
      }
      try {
        assertThat(EffectReader.read(input, Limits.DEFAULT)).isNotNull();
      } catch (CborException e) {
        assertThat(e).hasMessageStartingWith("effects");
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed + ": " + HexFormat.of().formatHex(input), e);
      }
    }
  }

  private static void damage(byte[] input, Random random) {
    for (int hits = 1 + random.nextInt(4); hits > 0 && input.length > 0; hits--) {
      input[random.nextInt(input.length)] = (byte) random.nextInt(256);
    }
  }

  private static List<Object> repeat(int times, Object value) {
    return new ArrayList<>(java.util.Collections.nCopies(times, value));
  }

  private static List<Effect> randomEffects(Random random) {
    List<Effect> effects = new ArrayList<>();
    for (int count = random.nextInt(6); count > 0; count--) {
      effects.add(randomEffect(random));
    }
    return effects;
  }

  private static Effect randomEffect(Random random) {
    long id = random.nextLong();
    return switch (random.nextInt(6)) {
      case 0 -> {
        byte[] body = new byte[random.nextInt(300)];
        random.nextBytes(body);
        yield new Effect.Reply(
            id,
            new Response(
                200 + random.nextInt(400), List.of(new Header("x-a", text(random))), body));
      }
      case 1 ->
          new Effect.Failure(
              id, Outcome.EXCEPTION, new GuestError(text(random), text(random), text(random)));
      case 2 -> new Effect.Log(List.of(Effect.Level.values()).get(random.nextInt(5)), text(random));
      case 3 -> new Effect.StartTimer(id, random.nextInt(Integer.MAX_VALUE));
      case 4 -> new Effect.Done(id);
      default -> new Effect.CancelTimer(id);
    };
  }

  private static String text(Random random) {
    return random
        .ints(random.nextInt(30), 0, 0x110000)
        .filter(c -> !(c >= 0xD800 && c < 0xE000))
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
