package dev.lapidary.engine.guest.v8;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Request;
import dev.lapidary.engine.FacetEngine;
import dev.lapidary.engine.facet.Facet;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.guest.js.JsCode;
import dev.lapidary.engine.object.FacetStub;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Java's side of V8's format, beside the platform's own reader and writer. */
@NullUnmarked // what is not there fails the test
class ValuesTest {
  /** Writes what JavaScript makes of the body; answers what it makes of a stored value. */
  private static final String APP =
      """
      export class App {
        constructor(ctx) { this.kv = ctx.storage.kv; }
        async fetch(request) {
          const body = await request.text();
          if (body !== "") { this.kv.put("out", [eval_(body)]); return new Response("ok"); }
          return new Response(describe(this.kv.get("in")));
        }
      }
      const shared = { a: 1 };
      const buffer = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]).buffer;
      class Odd extends RangeError { constructor() { super("odd"); this.name = "Odd"; this.extra = 5; } }
      const table = {
        numbers: () => [0, -0, 1, -1, 1.5, 2 ** 30, -(2 ** 30), 2 ** 31, 2 ** 53 - 1, 2 ** 53, NaN, Infinity],
        text: () => ["", "ascii", "latin \\u00e9", "\\u4e00\\u4e8c", "\\ud83d\\ude00", "\\ud800", "x".repeat(300)],
        bigs: () => [0n, 1n, -1n, 255n, 2n ** 64n, -(2n ** 70n)],
        plain: () => ({ a: 1, 5: "five", "01": true, 4000000000: null, u: undefined, o: { l: [1, [2]] } }),
        collections: () => [new Map([[1, "x"], ["k", [2]]]), new Set([1, "2", null])],
        bytes: () => [buffer, new Uint8Array(buffer, 2, 3), new DataView(buffer, 7), new Uint16Array(buffer, 2, 1)],
        dates: () => [new Date(0), new Date(1e12 + 5), new Date(NaN)],
        holes: () => [[1, , 3], Object.assign(new Array(3), { 1: "b", named: 1 })],
        shared: () => [shared, shared],
        boxed: () => [Object(true), Object(5), Object("s"), Object(7n)],
        errors: () => [new TypeError("t"), new Odd(), new Error("c", { cause: new Error("deep") })],
        cycle: () => { const c = {}; c.c = c; return c; },
        regexp: () => /x/g,
        objectKey: () => new Map([[{}, 1]]),
        deep: () => { let v = 1; for (let i = 0; i < 600; i++) v = [v]; return v; },
        laughs: () => { let v = [1, 2, 3, 4, 5, 6, 7, 8, 9]; for (let i = 0; i < 8; i++) v = [v, v, v, v, v, v, v, v, v]; return v; },
        sparse: () => { const a = []; a[4e9] = 1; return a; },
        views: () => { const b = new Uint8Array(1 << 20); return Array.from({ length: 50 }, (_, i) => b.subarray(1 + i)); },
      };
      const eval_ = (name) => table[name]();
      function describe(v) {
        if (v instanceof Error) return v.name + "(" + v.message + "|" + Object.keys(v) + "|" + (v instanceof TypeError) + ")";
        if (v instanceof Date) return "Date " + v.getTime();
        if (v instanceof Uint8Array) return "bytes " + v.join();
        if (v instanceof Map) return "Map{" + [...v].map(([k, x]) => describe(k) + "=>" + describe(x)) + "}";
        if (v instanceof Set) return "Set{" + [...v].map(describe) + "}";
        if (Array.isArray(v)) return "[" + v.map(describe) + "]";
        if (Object.is(v, -0)) return "-0";
        if (typeof v === "bigint") return v + "n";
        if (v !== null && typeof v === "object") return "{" + Object.keys(v).map((k) => k + ":" + describe(v[k])) + "}";
        return typeof v === "string" ? JSON.stringify(v) : String(v);
      }
      """;

  @TempDir Path folder;

  @FunctionalInterface
  private interface Bench {
    void run(Guest guest) throws IOException;
  }

  private record Guest(FacetStub stub, Facet facet) {
    private String ask(String body) {
      Request request =
          new Request(
              "POST",
              "http://f/",
              List.of(),
              body.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      return stub.fetch(request).join().text();
    }

    byte[] written(String name) {
      assertThat(ask(name)).isEqualTo("ok");
      return facet.withDatabase(database -> database.keyValues().get("out")).orElseThrow().join();
    }

    @Nullable Object read(String name) {
      return ((List<?>) ValueReader.read(written(name))).getFirst();
    }

    String shows(@Nullable Object value) {
      byte[] bytes = ValueWriter.write(value);
      facet
          .withDatabase(
              database -> {
                database.keyValues().put("in", bytes);
                database.commit();
                return true;
              })
          .orElseThrow()
          .join();
      return ask("");
    }
  }

  private void withGuest(Bench bench) throws IOException {
    try (FacetEngine engine =
        FacetEngine.open(folder, Limits.DEFAULT, (facet, level, message) -> {})) {
      JsCode code = engine.load(engine.module("app.js", APP), null).join();
      FacetStub stub =
          engine.namespace("N").getByName("o").facet("f", () -> new FacetStart(code, null));
      assertThat(stub.fetch(Request.get("http://f/")).join().text()).isEqualTo("undefined");
      bench.run(new Guest(stub, engine.namespace("N").awake().getFirst()));
    }
  }

  private static List<@Nullable Object> list(@Nullable Object... items) {
    return new ArrayList<>(Arrays.asList(items));
  }

  @Test
  void javaReadsWhatThePlatformWrites() throws IOException {
    withGuest(
        guest -> {
          assertThat(guest.read("numbers"))
              .isEqualTo(
                  list(
                      0L,
                      -0.0,
                      1L,
                      -1L,
                      1.5,
                      1L << 30,
                      -(1L << 30),
                      1L << 31,
                      (1L << 53) - 1,
                      0x1p53,
                      Double.NaN,
                      Double.POSITIVE_INFINITY));
          assertThat(guest.read("text"))
              .isEqualTo(list("", "ascii", "latin é", "一二", "😀", "\ud800", "x".repeat(300)));
          assertThat(guest.read("bigs"))
              .isEqualTo(
                  list(
                      BigInteger.ZERO,
                      BigInteger.ONE,
                      BigInteger.ONE.negate(),
                      BigInteger.valueOf(255),
                      BigInteger.ONE.shiftLeft(64),
                      BigInteger.ONE.shiftLeft(70).negate()));
          Map<String, @Nullable Object> plain = new LinkedHashMap<>();
          plain.put("5", "five");
          plain.put("4000000000", null);
          plain.put("a", 1L);
          plain.put("01", true);
          plain.put("u", null);
          plain.put("o", Map.of("l", list(1L, list(2L))));
          assertThat(guest.read("plain")).isEqualTo(plain);
          assertThat(guest.read("collections"))
              .isEqualTo(
                  list(
                      Map.of(1L, "x", "k", list(2L)),
                      new java.util.HashSet<>(Arrays.asList(1L, "2", null))));
          assertThat((List<?>) guest.read("bytes"))
              .map(bytes -> HexFormat.of().formatHex((byte[]) bytes))
              .containsExactly("0102030405060708", "030405", "08", "0304");
          assertThat(guest.read("dates"))
              .isEqualTo(list(Instant.EPOCH, Instant.ofEpochMilli(1_000_000_000_005L), null));
          assertThat(guest.read("holes"))
              .isEqualTo(list(list(1L, null, 3L), list(null, "b", null)));
          assertThat(guest.read("boxed")).isEqualTo(list(true, 5L, "s", BigInteger.valueOf(7)));
          List<?> shared = (List<?>) guest.read("shared");
          assertThat(shared.get(0)).isSameAs(shared.get(1));
        });
  }

  @Test
  void errorsKeepTheirClassMessageStackAndProperties() throws IOException {
    withGuest(
        guest -> {
          List<?> errors = (List<?>) guest.read("errors");
          ErrorValue first = (ErrorValue) errors.get(0);
          assertThat(first.name()).isEqualTo("TypeError");
          assertThat(first.message()).isEqualTo("t");
          assertThat(first.stack()).contains("app.js");
          ErrorValue odd = (ErrorValue) errors.get(1);
          assertThat(odd.name()).isEqualTo("Odd");
          assertThat(odd.properties()).containsEntry("extra", 5L);
          ErrorValue caused = (ErrorValue) errors.get(2);
          assertThat(caused.properties().get("cause"))
              .isInstanceOfSatisfying(
                  ErrorValue.class, cause -> assertThat(cause.message()).isEqualTo("deep"));
          assertThat(guest.shows(new ErrorValue("TypeError", "from Java", "", Map.of("x", 1))))
              .isEqualTo("TypeError(from Java|x|true)");
          assertThat(guest.shows(new ErrorValue("Own", "m"))).isEqualTo("Own(m|name|false)");
        });
  }

  @Test
  void thePlatformReadsWhatJavaWrites() throws IOException {
    withGuest(
        guest -> {
          assertThat(
                  guest.shows(
                      list(
                          null,
                          true,
                          1,
                          -5L,
                          1.5,
                          -0.0,
                          1L << 40,
                          (short) 3,
                          'c',
                          "一二",
                          "é",
                          BigInteger.ONE.shiftLeft(70).negate(),
                          Instant.ofEpochMilli(7),
                          new byte[] {1, 2},
                          new Object[] {1, "x"})))
              .isEqualTo(
                  "[null,true,1,-5,1.5,-0,1099511627776,3,\"c\",\"一二\",\"é\","
                      + "-1180591620717411303424n,Date 7,bytes 1,2,[1,\"x\"]]");
          Map<String, @Nullable Object> object = new LinkedHashMap<>();
          object.put("__proto__", "own");
          object.put("7", List.of());
          object.put("", Set.of(1));
          assertThat(guest.shows(object)).isEqualTo("{7:[],__proto__:\"own\",:Set{1}}");
          assertThat(guest.shows(Map.of(1, "x"))).isEqualTo("Map{1=>\"x\"}");
        });
  }

  @Test
  void hostileValuesAreRefusedWithAReason() throws IOException {
    withGuest(
        guest -> {
          Map<String, String> refused =
              Map.of(
                  "cycle", "contains itself",
                  "regexp", "RegExp",
                  "objectKey", "key is an object",
                  "deep", "nested",
                  "laughs", "parts",
                  "sparse", "parts",
                  "views", "32 MiB");
          refused.forEach(
              (name, reason) -> {
                byte[] bytes = guest.written(name);
                assertThatThrownBy(() -> ValueReader.read(bytes))
                    .as(name)
                    .isInstanceOf(MalformedValueException.class)
                    .hasMessageContaining(reason);
              });
        });
  }

  @Test
  void whatJavaScriptCannotHoldIsNotWritten() {
    List<Object> endless = new ArrayList<>();
    endless.add(endless);
    for (Object bad : List.of(1L << 53, new Object(), endless, new byte[33 << 20])) {
      assertThatThrownBy(() -> ValueWriter.write(bad)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void damagedBytesEndInAValueOrARefusal() {
    long seed = Long.getLong("lapidary.seed", new Random().nextLong());
    Random random = new Random(seed);
    int refused = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = ValueWriter.write(value(random, 0));
      for (int i = random.nextInt(4); i >= 0 && bytes.length > 2; i--) {
        bytes[2 + random.nextInt(bytes.length - 2)] = (byte) random.nextInt();
      }
      if (random.nextInt(3) == 0) {
        bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
      }
      try {
        ValueReader.read(bytes);
      } catch (MalformedValueException e) {
        refused++;
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed + ", bytes " + HexFormat.of().formatHex(bytes), e);
      }
    }
    assertThat(refused).as("seed %d", seed).isBetween(5_000, 20_000);
  }

  @Test
  void randomValuesSurvive() {
    long seed = Long.getLong("lapidary.seed", new Random().nextLong());
    Random random = new Random(seed);
    for (int round = 0; round < 3_000; round++) {
      Object value = value(random, 0);
      assertThat(ValueReader.read(ValueWriter.write(value)))
          .as("seed %d, round %d", seed, round)
          .isEqualTo(value);
    }
  }

  private static @Nullable Object value(Random random, int depth) {
    return switch (random.nextInt(depth > 4 ? 7 : 10)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> (long) random.nextInt() << random.nextInt(20);
      case 3 -> random.nextDouble();
      case 4 -> text(random);
      case 5 -> new BigInteger(random.nextInt(200), random).negate();
      case 6 -> Instant.ofEpochMilli(random.nextLong() >> 16);
      case 7 -> random.ints(random.nextInt(5)).mapToObj(i -> value(random, depth + 1)).toList();
      case 8 -> {
        Map<Object, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
          map.put(random.nextBoolean() ? text(random) : "k" + i, value(random, depth + 1));
        }
        yield map;
      }
      default -> Set.of(text(random), random.nextLong() >> 20);
    };
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    int range = random.nextBoolean() ? 128 : 0x10000;
    random.ints(random.nextInt(12), 0, range).forEach(c -> text.append((char) c));
    return text.toString();
  }
}
