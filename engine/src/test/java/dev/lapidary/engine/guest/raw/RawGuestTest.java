package dev.lapidary.engine.guest.raw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.abi.cbor.CborWriter;
import dev.lapidary.engine.FacetEngine;
import dev.lapidary.engine.facet.EventUsage;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.guest.Tariff;
import dev.lapidary.engine.guest.js.JsCode;
import dev.lapidary.engine.guest.wasm.Block;
import dev.lapidary.engine.guest.wasm.Branch;
import dev.lapidary.engine.guest.wasm.Export;
import dev.lapidary.engine.guest.wasm.ExternKind;
import dev.lapidary.engine.guest.wasm.ExternType;
import dev.lapidary.engine.guest.wasm.FunctionType;
import dev.lapidary.engine.guest.wasm.Import;
import dev.lapidary.engine.guest.wasm.Instruction;
import dev.lapidary.engine.guest.wasm.Opcodes;
import dev.lapidary.engine.guest.wasm.ValueType;
import dev.lapidary.engine.object.FacetStub;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Raw Wasm guests, most of them hostile, in a real engine over real databases. */
class RawGuestTest {
  private static final int MISUSE = -21;

  @TempDir Path folder;
  private final List<String> logs = new CopyOnWriteArrayList<>();
  private FacetEngine engine;
  private int facets;

  @BeforeEach
  void open() throws IOException {
    engine =
        FacetEngine.open(
            folder.resolve("data"),
            Limits.DEFAULT.withCpuMillis(1_000),
            (facet, level, message) -> logs.add(level + " " + message));
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private FacetStub facet(String name, byte[] wasm) {
    RawCode code = engine.wasm(wasm);
    return engine
        .namespace("Test")
        .getByName("object")
        .facet(name, () -> new FacetStart(code, null));
  }

  private FacetStub facet(TestModule module) {
    return facet("f" + facets++, module.build());
  }

  private static Response get(FacetStub facet) {
    return facet.fetch(Request.get("http://facet/")).join();
  }

  /** The results of the module's calls, and the memory at {@link TestModule#OUT}. */
  private record Answer(ByteBuffer body) {
    long result(int call) {
      return body.getLong(8 * call);
    }

    byte[] out(int length) {
      byte[] out = new byte[length];
      body.get(8 * 64, out);
      return out;
    }

    String text(int length) {
      return new String(out(length), StandardCharsets.UTF_8);
    }

    String hex(int length) {
      return HexFormat.of().formatHex(out(length));
    }
  }

  private static Answer run(FacetStub facet) {
    return new Answer(ByteBuffer.wrap(get(facet).body().bytes()).order(ByteOrder.LITTLE_ENDIAN));
  }

  private Answer run(TestModule module) {
    return run(facet(module));
  }

  private static FacetException failure(FacetStub facet) {
    try {
      throw new AssertionError("answered " + get(facet).text());
    } catch (CompletionException e) {
      return (FacetException) Objects.requireNonNull(e.getCause());
    }
  }

  private FacetException failure(TestModule module) {
    return failure(facet(module));
  }

  private void refused(byte[] wasm, String why) {
    assertThatThrownBy(() -> engine.check(engine.wasm(wasm)).join())
        .cause()
        .isInstanceOf(FacetException.class)
        .hasMessageContaining(why);
    FacetException atStart = failure(facet("refused" + facets++, wasm));
    assertThat(atStart.outcome()).isEqualTo(Outcome.NEVER_STARTED);
    assertThat(atStart).hasMessageContaining(why);
  }

  // Storage

  private static byte[] cbor(CborWriter.Content content) {
    return CborWriter.write(content);
  }

  @Test
  void sqlValuesKeepTheirTypesBothWays() {
    TestModule module = new TestModule();
    String sql = "SELECT ?, ?, ?, ?, ?, typeof(?2), typeof(?3)";
    byte[] args =
        cbor(
            out -> {
              out.writeStartArray(null, 5);
              out.writeNull();
              out.writeNumber(Long.MIN_VALUE);
              out.writeNumber(2.0);
              CborWriter.text(out, "é𝄞");
              out.writeBinary(new byte[] {0, (byte) 0xFF});
              out.writeEndArray();
            });
    int at = module.text(sql);
    int values = module.bytes(args);
    module
        .call(HostCall.SQL_EXEC, at, sql.length(), values, args.length)
        .call(HostCall.SQL_NEXT, 1, 10, TestModule.OUT, TestModule.OUT_BYTES)
        .call(HostCall.SQL_NEXT, 1, 10, TestModule.OUT + 900, 100)
        .call(HostCall.SQL_CLOSE, 1)
        .call(HostCall.SQL_CLOSE, 1);
    Answer answer = run(module);
    assertThat(answer.result(0)).isEqualTo(1);
    assertThat(answer.hex((int) answer.result(1)))
        .isEqualTo(
            "8187"
                + "f6"
                + "3b7fffffffffffffff"
                + "fb4000000000000000"
                + "66c3a9f09d849e"
                + "4200ff"
                + "67696e7465676572"
                + "647265616c");
    assertThat(answer.result(2)).isEqualTo(1); // an empty array
    assertThat(answer.result(3)).isEqualTo(0);
    assertThat(answer.result(4)).isEqualTo(MISUSE);
  }

  @Test
  void cursorsCountTheirRows() {
    TestModule module = new TestModule();
    String fill = "CREATE TABLE t (a); INSERT INTO t VALUES (1), (2), (3)";
    module
        .call(HostCall.SQL_EXEC, module.text(fill), fill.length(), 0, 0)
        .call(HostCall.SQL_ROWS_WRITTEN, 1)
        .call(HostCall.SQL_EXEC, module.text("SELECT a FROM t"), 15, 0, 0)
        .call(HostCall.SQL_NEXT, 2, 10, TestModule.OUT, 100)
        .call(HostCall.SQL_ROWS_READ, 2)
        .call(HostCall.SQL_COLUMNS, 2, TestModule.OUT, 100);
    Answer answer = run(module);
    assertThat(answer.result(1)).isEqualTo(3);
    assertThat(answer.result(4)).isEqualTo(3);
    assertThat(answer.hex((int) answer.result(5))).isEqualTo("816161");
  }

  @Test
  void rowsComeInBatchesThatFitAndALargeRowIsHeld() {
    TestModule module = new TestModule();
    String sql =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 7)"
            + " SELECT i, substr('abcdefghij', 1, 10) FROM n";
    int at = module.text(sql);
    module
        .call(HostCall.SQL_EXEC, at, sql.length(), 0, 0)
        .call(HostCall.SQL_NEXT, 1, 2, TestModule.OUT, 1000)
        .call(HostCall.SQL_NEXT, 1, 100, TestModule.OUT, 32) // two rows of 13 bytes, not three
        .call(HostCall.SQL_NEXT, 1, 1, TestModule.OUT, 5) // too small: held
        .call(HostCall.SQL_RESULT, TestModule.OUT, 13)
        .call(HostCall.SQL_RESULT, TestModule.OUT, 14)
        .call(HostCall.SQL_NEXT, 1, 100, TestModule.OUT + 100, 900)
        .call(HostCall.SQL_RESULT, TestModule.OUT, 100) // nothing is held any more
        .call(HostCall.SQL_NEXT, 1, 100, TestModule.OUT + 100, 900)
        .call(HostCall.SQL_NEXT, 1, 0, TestModule.OUT, 900);
    Answer answer = run(module);
    assertThat(answer.result(1)).isEqualTo(27);
    assertThat(answer.result(2)).isEqualTo(27);
    assertThat(answer.result(3)).isEqualTo(14);
    assertThat(answer.result(4)).isEqualTo(14);
    assertThat(answer.result(5)).isEqualTo(14);
    assertThat(answer.hex(14)).isEqualTo("8182056a6162636465666768696a");
    assertThat(answer.result(6)).isEqualTo(27);
    assertThat(answer.result(7)).isZero();
    assertThat(answer.result(8)).isEqualTo(1);
    assertThat(answer.result(9)).isEqualTo(MISUSE);
  }

  @Test
  void errorsAreSqlitesCodesAndTheirTextWaits() {
    TestModule module = new TestModule();
    String setup = "CREATE TABLE t (a UNIQUE); INSERT INTO t VALUES (1)";
    String twice = "INSERT INTO t VALUES (1)";
    int create = module.text(setup);
    int insert = module.text(twice);
    int attach = module.text("ATTACH 'x' AS y");
    int broken = module.bytes(new byte[] {(byte) 0xC3, 0x28});
    module
        .call(HostCall.SQL_EXEC, create, setup.length(), 0, 0)
        .call(HostCall.SQL_EXEC, insert, twice.length(), 0, 0)
        .call(HostCall.SQL_RESULT, TestModule.OUT, 0)
        .call(HostCall.KV_RESULT, TestModule.OUT, 1000)
        .call(HostCall.SQL_EXEC, attach, 15, 0, 0)
        .call(HostCall.SQL_EXEC, broken, 2, 0, 0)
        .call(HostCall.SQL_EXEC, insert, twice.length(), broken, 2)
        .call(HostCall.SQL_EXEC, insert, twice.length(), insert, 0)
        .call(HostCall.SQL_CLOSE, 77)
        .call(HostCall.SQL_RELEASE)
        .call(HostCall.SQL_ROLLBACK)
        .call(HostCall.KV_SET_ALARM, 0)
        .call(HostCall.KV_GET, module.text("k".repeat(3000)), 3000, 0, 0);
    Answer answer = run(module);
    assertThat(answer.result(0)).isEqualTo(1);
    assertThat(answer.result(1)).isEqualTo(-19);
    assertThat(answer.text((int) answer.result(2)))
        .isEqualTo(
            "UNIQUE constraint failed: t.a: SQLITE_CONSTRAINT (extended:"
                + " SQLITE_CONSTRAINT_UNIQUE)");
    assertThat(answer.result(3)).isEqualTo(answer.result(2));
    assertThat(answer.result(4)).isEqualTo(-23);
    assertThat(answer.result(5)).isEqualTo(MISUSE);
    assertThat(answer.result(6)).isEqualTo(MISUSE);
    assertThat(answer.result(7)).isEqualTo(-19);
    for (int call = 8; call < 12; call++) {
      assertThat(answer.result(call)).isEqualTo(MISUSE);
    }
    assertThat(answer.result(12)).isEqualTo(-1); // the key is too long
  }

  @Test
  void savepointsNestAndMustEndWithTheTurn() {
    TestModule module = new TestModule();
    int one = module.bytes(new byte[] {1});
    int key = module.text("k");
    module
        .call(HostCall.SQL_SAVEPOINT)
        .call(HostCall.KV_PUT, key, 1, one, 1)
        .call(HostCall.SQL_SAVEPOINT)
        .call(HostCall.KV_DELETE, key, 1)
        .call(HostCall.KV_GET, key, 1, TestModule.OUT, 10)
        .call(HostCall.SQL_ROLLBACK)
        .call(HostCall.KV_GET, key, 1, TestModule.OUT, 10)
        .call(HostCall.SQL_RELEASE)
        .call(HostCall.KV_GET, key, 1, TestModule.OUT, 10)
        .call(HostCall.KV_DELETE_ALL)
        .call(HostCall.KV_GET, key, 1, TestModule.OUT, 10)
        .call(HostCall.SQL_DATABASE_SIZE);
    Answer answer = run(module);
    assertThat(answer.result(3)).isEqualTo(1);
    assertThat(answer.result(4)).isZero();
    assertThat(answer.result(6)).isEqualTo(1);
    assertThat(answer.result(8)).isEqualTo(1);
    assertThat(answer.hex(1)).isEqualTo("01");
    assertThat(answer.result(10)).isZero();
    assertThat(answer.result(11)).isPositive();

    FacetException open = failure(new TestModule().call(HostCall.SQL_SAVEPOINT));
    assertThat(open.outcome()).isEqualTo(Outcome.EXCEPTION);
    assertThat(open).hasMessageContaining("1 savepoints were left open");
  }

  @Test
  void aFailedTurnLeavesNoWrites() {
    TestModule first = new TestModule();
    int key = first.text("k");
    first.call(HostCall.KV_PUT, key, 1, first.bytes(new byte[] {1}), 1);
    first.then(Instruction.of(Opcodes.UNREACHABLE));
    failure(facet("same", first.build()));

    TestModule second = new TestModule();
    second.call(HostCall.KV_GET, second.text("k"), 1, TestModule.OUT, 10);
    engine.namespace("Test").sweep(0);
    assertThat(run(facet("same", second.build())).result(0)).isZero();
  }

  @Test
  void theAlarmIsADurableValue() {
    TestModule module = new TestModule();
    long time = 4_000_000_000_000L;
    module
        .call(HostCall.KV_GET_ALARM)
        .call(HostCall.KV_SET_ALARM, time)
        .call(HostCall.KV_GET_ALARM)
        .call(HostCall.KV_DELETE_ALARM)
        .call(HostCall.KV_GET_ALARM);
    Answer answer = run(module);
    assertThat(answer.result(0)).isZero();
    assertThat(answer.result(2)).isEqualTo(time);
    assertThat(answer.result(4)).isZero();
  }

  @Test
  void listOptionsSelectOrderAndBound() {
    TestModule module = new TestModule();
    byte[] options =
        cbor(
            out -> {
              out.writeStartObject(null, 3);
              out.writeStringField("prefix", "k");
              out.writeBooleanField("reverse", true);
              out.writeNumberField("limit", 2);
              out.writeEndObject();
            });
    byte[] unknown = HexFormat.of().parseHex("a1" + "656c696d6974" + "00");
    int at = module.bytes(options);
    int one = module.bytes(new byte[] {1});
    for (String key : List.of("j", "k1", "k2", "k3", "l")) {
      module.call(HostCall.KV_PUT, module.text(key), key.length(), one, 1);
    }
    module
        .call(HostCall.KV_LIST, at, options.length, TestModule.OUT, 100)
        .call(HostCall.KV_LIST, module.bytes(unknown), unknown.length, TestModule.OUT, 100)
        .call(HostCall.KV_LIST, 0, 0, TestModule.OUT + 100, 8);
    Answer answer = run(module);
    assertThat(answer.hex((int) answer.result(5))).isEqualTo("82" + "82626b3301" + "82626b3201");
    assertThat(answer.result(6)).isEqualTo(MISUSE);
    assertThat(answer.result(7)).isEqualTo(5); // [["j", 1]]: the next does not fit
  }

  // Values that JavaScript and raw guests share

  private static final String JAVASCRIPT =
      """
      export class App {
        constructor(ctx) { this.kv = ctx.storage.kv; }
        fetch(request) {
          if (request.method === "PUT") {
            const values = { undef: undefined, nul: null, yes: true, no: false, int: -7, least: -(2 ** 31), whole: 3e9, zero: -0,
              real: 1.5, latin: "hé", wide: "h\\u4e2d\\ud83d\\ude00", lone: "x\\ud800", big: 2n ** 60n, small: -(2n ** 63n),
              huge: 2n ** 64n, bytes: new Uint8Array([1, 2, 255]), part: new Uint8Array([1, 2, 3, 4]).subarray(1, 3),
              buffer: new Uint8Array([9]).buffer, map: new Map([["a", 1]]) };
            for (const [key, value] of Object.entries(values)) this.kv.put(key, value);
            return new Response("");
          }
          return Response.json(Array.from(this.kv.list(), ([key, v]) => [key, typeof v === "bigint" ? v + "n"
            : v instanceof Uint8Array ? ["u8", ...v] : v instanceof Map ? ["map", ...v] : v === undefined ? "undefined" : v]));
        }
      }
      """;

  private FacetStub javaScript(String facet) {
    JsCode code = engine.load(engine.module("app.js", JAVASCRIPT), null).join();
    return engine
        .namespace("Test")
        .getByName("object")
        .facet(facet, () -> new FacetStart(code, null));
  }

  private record Stored(String key, String cbor) {}

  private static final List<Stored> STORED =
      List.of(
          new Stored("undef", "f6"),
          new Stored("nul", "f6"),
          new Stored("yes", "f5"),
          new Stored("no", "f4"),
          new Stored("int", "26"),
          new Stored("least", "3a7fffffff"),
          new Stored("whole", "1ab2d05e00"),
          new Stored("zero", "fb8000000000000000"),
          new Stored("real", "fb3ff8000000000000"),
          new Stored("latin", "6368c3a9"),
          new Stored("wide", "6868e4b8adf09f9880"),
          new Stored("lone", "6478efbfbd"),
          new Stored("big", "1b1000000000000000"),
          new Stored("small", "3b7fffffffffffffff"),
          new Stored("huge", "da0056380f"),
          new Stored("bytes", "430102ff"),
          new Stored("part", "420203"),
          new Stored("buffer", "4109"),
          new Stored("map", "da0056380f"),
          new Stored("none", ""));

  @Test
  void whatJavaScriptStoredIsReadAsTheContractSays() {
    javaScript("js").fetch(new Request("PUT", "http://f/", List.of(), new byte[0])).join();
    engine.namespace("Test").sweep(0);
    TestModule module = new TestModule();
    int room = 40;
    for (int i = 0; i < STORED.size(); i++) {
      String key = STORED.get(i).key();
      module.call(HostCall.KV_GET, module.text(key), key.length(), TestModule.OUT + room * i, room);
    }
    Answer answer = run(facet("js", module.build()));
    byte[] out = answer.out(TestModule.OUT_BYTES);
    for (int i = 0; i < STORED.size(); i++) {
      Stored stored = STORED.get(i);
      String hex = HexFormat.of().formatHex(out, room * i, room * i + (int) answer.result(i));
      if (stored.cbor().startsWith("da")) {
        assertThat(hex).as(stored.key()).startsWith(stored.cbor());
      } else {
        assertThat(hex).as(stored.key()).isEqualTo(stored.cbor());
      }
    }
  }

  @Test
  void whatARawGuestStoredJavaScriptReads() {
    TestModule module = new TestModule();
    store(module, "a", "f6");
    store(module, "b", "f7");
    store(module, "c", "f5");
    store(module, "d", "1903e8");
    store(module, "e", "1b0020000000000000"); // 2^53
    store(module, "f", "1b0020000000000001");
    store(module, "g", "3b7fffffffffffffff");
    store(module, "h", "f93e00"); // half precision 1.5
    store(module, "i", "6878e4b8adf09f9880");
    store(module, "j", "430001ff");
    store(module, "k", "40");
    store(module, "l", "da0056380f" + "49ff0f3b2201614902" + "3a01"); // too long: refused below
    store(module, "m", "80");
    store(module, "n", "c101");
    store(module, "o", "da0056380f" + "4101");
    store(module, "p", "");
    store(module, "q", "61ff");
    store(module, "r", "da0056380f" + "4a" + "ff0f3b22016149023a02");
    Answer answer = run(facet("shared", module.build()));
    for (int i = 0; i < 18; i++) {
      boolean wrong = i >= 11 && i <= 16;
      assertThat(answer.result(i)).as("store %d", i).isEqualTo(wrong ? MISUSE : 0);
    }
    engine.namespace("Test").sweep(0);
    assertThat(get(javaScript("shared")).text())
        .isEqualTo(
            "[[\"a\",null],[\"b\",\"undefined\"],[\"c\",true],[\"d\",1000],"
                + "[\"e\",9007199254740992],[\"f\",\"9007199254740993n\"],"
                + "[\"g\",\"-9223372036854775808n\"],[\"h\",1.5],[\"i\",\"x中😀\"],"
                + "[\"j\",[\"u8\",0,1,255]],[\"k\",[\"u8\"]],[\"r\",[\"map\",[\"a\",1]]]]");
  }

  private static void store(TestModule module, String key, String hex) {
    byte[] value = HexFormat.of().parseHex(hex);
    module.call(HostCall.KV_PUT, module.text(key), key.length(), module.bytes(value), value.length);
  }

  // WASI

  @Test
  void wasiShowsAFrozenClockSeededRandomnessAndNoWorld() {
    TestModule module = new TestModule();
    int vectors = module.bytes(new byte[16]);
    int message = module.text("one\ntwo");
    module.put(
        vectors,
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(message).putInt(7).array());
    module
        .call(HostCall.CLOCK_TIME_GET, 0, 0, TestModule.OUT)
        .call(HostCall.CLOCK_TIME_GET, 1, 0, TestModule.OUT + 8)
        .call(HostCall.RANDOM_GET, TestModule.OUT + 16, 16)
        .call(HostCall.RANDOM_GET, TestModule.OUT, 65_537)
        .call(HostCall.ENVIRON_SIZES_GET, TestModule.OUT + 32, TestModule.OUT + 36)
        .call(HostCall.FD_WRITE, 2, vectors, 1, TestModule.OUT + 40)
        .call(HostCall.FD_WRITE, 3, vectors, 1, TestModule.OUT + 40)
        .call(HostCall.FD_WRITE, 1, vectors, -1, TestModule.OUT + 40)
        .call(HostCall.FD_PRESTAT_GET, 3, TestModule.OUT)
        .call(HostCall.FD_CLOSE, 0)
        .call(HostCall.FD_FDSTAT_GET, 1, TestModule.OUT + 48)
        .call(HostCall.FD_SEEK, 1, 0, 0, 0)
        .call(HostCall.SCHED_YIELD);
    long before = System.currentTimeMillis();
    Answer answer = run(module);
    ByteBuffer out =
        ByteBuffer.wrap(answer.out(TestModule.OUT_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(out.getLong(0) / 1_000_000).isBetween(before, System.currentTimeMillis());
    assertThat(out.getLong(8)).isEqualTo(out.getLong(0));
    assertThat(out.getLong(16)).isNotZero();
    assertThat(answer.result(3)).isEqualTo(28);
    assertThat(out.getInt(40)).isEqualTo(7);
    assertThat(logs).containsSubsequence("ERROR one", "ERROR two");
    assertThat(answer.result(6)).isEqualTo(8);
    assertThat(answer.result(7)).isEqualTo(28);
    assertThat(answer.result(8)).isEqualTo(8);
    assertThat(answer.result(9)).isEqualTo(8);
    assertThat(out.get(48)).isEqualTo((byte) 2);
    assertThat(answer.result(11)).isEqualTo(70);
    assertThat(answer.result(12)).isZero();
  }

  // What is refused at the door

  static Stream<Arguments> foreignImports() {
    return Stream.of(
        Arguments.of("env", "abort"),
        Arguments.of("sql", "attach"),
        Arguments.of("kv", "watch"),
        Arguments.of("wasi_snapshot_preview1", "path_open"),
        Arguments.of("wasi_snapshot_preview1", "sock_send"),
        Arguments.of("lapidary", "fuel"));
  }

  @ParameterizedTest
  @MethodSource("foreignImports")
  void aForeignImportIsRefusedByItsName(String module, String name) {
    TestModule guest = new TestModule();
    guest.imports(module, name, FunctionType.EMPTY);
    refused(guest.build(), "import of");
    refused(guest.build(), module + "." + name);
  }

  @Test
  void anImportOfAnotherTypeOrKindIsRefused() {
    TestModule guest = new TestModule();
    guest.imports("kv", "get", TestModule.type("ii", "i"));
    refused(
        guest.build(),
        "import of kv.get has the type (i32, i32) -> (i32); it is offered as (i32, i32, i32,"
            + " i32) -> (i64)");
    TestModule global = new TestModule();
    global.imports(new Import("kv", "get", new ExternType.GlobalType(ValueType.I32, false)));
    refused(global.build(), "kv.get is not offered");
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "abi", "alloc", "turn"})
  void aMissingExportIsRefusedByItsName(String name) {
    TestModule guest = new TestModule();
    guest.omitted.add(name);
    refused(guest.build(), "the module does not export \"" + name + "\"");
  }

  @Test
  void exportsOfAnotherKindOrTypeAreRefused() {
    TestModule guest = new TestModule();
    guest.omitted.add("alloc");
    guest.omitted.add("memory");
    guest.extraExports.add(new Export("memory", ExternKind.GLOBAL, 0));
    guest.omitted.remove("memory");
    refused(guest.build(), "memory");
    TestModule program = new TestModule();
    program.extraExports.add(new Export("_start", ExternKind.FUNCTION, 0));
    refused(program.build(), "build a reactor instead");
    TestModule narrow = new TestModule();
    narrow.turnType = TestModule.type("i", "I");
    refused(narrow.build(), "export turn has the type (i32) -> (i64)");
  }

  @Test
  void anotherVersionIsRefusedWithBothNumbers() {
    TestModule guest = new TestModule();
    guest.version = 7;
    refused(guest.build(), "version 7 of the contract; this host offers version 1");
  }

  @Test
  void bytesThatAreNoModuleAreRefused() {
    refused(new byte[0], "");
    refused("export class App {}".getBytes(StandardCharsets.UTF_8), "");
    byte[] half = new TestModule().build();
    refused(Arrays.copyOf(half, half.length / 2), "");
  }

  @Test
  void storageCannotBeUsedBeforeTheFirstTurn() {
    TestModule guest = new TestModule();
    int size = guest.imports("sql", "database_size", TestModule.type("", "I"));
    Block works = new Block(Block.Kind.IF, FunctionType.EMPTY);
    works.body().add(Instruction.of(Opcodes.UNREACHABLE));
    guest.starting(
        Instruction.of(Opcodes.CALL, size),
        Instruction.i64(MISUSE),
        Instruction.of(0x52), // i64.ne
        works);
    assertThat(engine.check(engine.wasm(guest.build())).join()).isEmpty();
    assertThat(get(facet(guest)).status()).isEqualTo(200);
  }

  @Test
  void aStartFunctionThatTrapsOrNeverEndsIsRefused() {
    refused(new TestModule().starting(Instruction.of(Opcodes.UNREACHABLE)).build(), "unreachable");
    TestModule endless = new TestModule().starting(endlessLoop());
    assertThatThrownBy(() -> engine.check(engine.wasm(endless.build())).join())
        .hasMessageContaining("exceeded CPU time limit");
  }

  @Test
  void whatAGuestPrintedBeforeItCouldNotStartIsTold() {
    TestModule guest = new TestModule();
    int write = guest.imports("wasi_snapshot_preview1", "fd_write", TestModule.type("iiii", "i"));
    int vector = guest.bytes(new byte[8]);
    int message = guest.text("no table today");
    guest.put(
        vector,
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(message).putInt(14).array());
    guest.starting(
        Instruction.i32(2),
        Instruction.i32(vector),
        Instruction.i32(1),
        Instruction.i32(TestModule.OUT),
        Instruction.of(Opcodes.CALL, write),
        Instruction.of(Opcodes.DROP),
        Instruction.of(Opcodes.UNREACHABLE));
    refused(guest.build(), "unreachable instruction\nno table today");
  }

  // What is stopped

  private static Block endlessLoop() {
    Block loop = new Block(Block.Kind.LOOP, FunctionType.EMPTY);
    loop.body().add(Branch.to(loop));
    return loop;
  }

  private void trapped(TestModule module, String why) {
    FacetException trap = failure(module);
    assertThat(trap.outcome()).isEqualTo(Outcome.EXCEPTION);
    assertThat(trap.error().name()).isEqualTo("RuntimeError");
    assertThat(trap.error().message()).contains(why);
  }

  @Test
  void trapsAreTheGuestsExceptionAndNameTheCause() {
    trapped(new TestModule().then(Instruction.of(Opcodes.UNREACHABLE)), "unreachable");
    trapped(
        new TestModule()
            .then(Instruction.i64(1), Instruction.i64(0), Instruction.of(0x80)), // i64.div_u
        "integer divide by zero");
    trapped(
        new TestModule().then(Instruction.i32(-4), Instruction.of(0x29)), // i64.load
        "out of bounds memory access");
    trapped(new TestModule().call(HostCall.PROC_EXIT, 3).then(Instruction.i64(0)), "proc_exit(3)");
  }

  @Test
  void afterATrapAFreshInstanceGoesOn() {
    TestModule guest = new TestModule().then(Instruction.of(Opcodes.UNREACHABLE));
    FacetStub facet = facet(guest);
    failure(facet);
    assertThat(failure(facet)).hasMessageContaining("unreachable");
    assertThat(logs).anyMatch(line -> line.startsWith("ERROR Reset: RuntimeError"));
  }

  static Stream<Arguments> badRanges() {
    int end = TestModule.MEMORY;
    return Stream.of(
        Arguments.of(HostCall.SQL_EXEC, end, 1),
        Arguments.of(HostCall.SQL_EXEC, end - 1, 2),
        Arguments.of(HostCall.KV_GET, -1, 1),
        Arguments.of(HostCall.KV_PUT, 0, -1),
        Arguments.of(HostCall.KV_LIST, 8, Integer.MAX_VALUE),
        Arguments.of(HostCall.KV_DELETE, Integer.MAX_VALUE, Integer.MAX_VALUE),
        Arguments.of(HostCall.SQL_RESULT, Integer.MIN_VALUE, Integer.MIN_VALUE),
        Arguments.of(HostCall.KV_RESULT, end - 8, 9));
  }

  @ParameterizedTest
  @MethodSource("badRanges")
  void aRangeOutsideOfMemoryTraps(HostCall call, int at, int length) {
    boolean pair = call.type.params().size() == 2;
    TestModule module = new TestModule();
    trapped(
        pair ? module.call(call, at, length) : module.call(call, at, length, 0, 0),
        "out of bounds memory access");
  }

  @Test
  void aRangeForResultsOutsideOfMemoryTrapsEvenIfNothingWouldBeWritten() {
    int end = TestModule.MEMORY;
    trapped(new TestModule().call(HostCall.KV_GET, 0, 1, end, 1), "out of bounds");
    trapped(new TestModule().call(HostCall.KV_LIST, 0, 0, 8, -1), "out of bounds");
    trapped(new TestModule().call(HostCall.SQL_NEXT, 1, 1, end - 1, 2), "out of bounds");
    trapped(new TestModule().call(HostCall.KV_PUT, 0, 1, end, 1), "out of bounds");
    trapped(new TestModule().call(HostCall.SQL_EXEC, 0, 0, -5, 4), "out of bounds");
  }

  @Test
  void wasiTrapsOnRangesOutsideOfMemoryToo() {
    int end = TestModule.MEMORY;
    trapped(new TestModule().call(HostCall.RANDOM_GET, end - 4, 8), "out of bounds");
    trapped(new TestModule().call(HostCall.CLOCK_TIME_GET, 0, 0, -8), "out of bounds");
    trapped(new TestModule().call(HostCall.ARGS_SIZES_GET, 0, end), "out of bounds");
    trapped(new TestModule().call(HostCall.FD_WRITE, 1, end - 4, 1, 0), "out of bounds");
    TestModule vector = new TestModule();
    int at = vector.bytes(HexFormat.of().parseHex("00000100ffffff7f"));
    trapped(vector.call(HostCall.FD_WRITE, 1, at, 1, 0), "out of bounds");
  }

  @Test
  void anAllocatorThatLiesIsFoundOut() {
    for (int at : new int[] {TestModule.MEMORY, -1, TestModule.MEMORY - 8, Integer.MIN_VALUE}) {
      TestModule guest = new TestModule();
      guest.alloc = List.of(Instruction.i32(at));
      assertThat(failure(guest)).hasMessageContaining("alloc answered");
    }
    TestModule none = new TestModule();
    none.alloc = List.of(Instruction.i32(0));
    assertThat(failure(none)).hasMessageContaining("alloc answered 0");
  }

  @Test
  void effectsOutsideOfMemoryOrOverTheLimitAreRefused() {
    trapped(
        new TestModule().then(Instruction.i64((long) TestModule.MEMORY << 32 | 1)),
        "turn answered");
    trapped(new TestModule().then(Instruction.i64(-1)), "turn answered");
    trapped(new TestModule().then(Instruction.i64(0xFFFF_FFFFL)), "turn answered");
    TestModule huge = new TestModule();
    huge.then(
        Instruction.i32(1000),
        Instruction.of(Opcodes.MEMORY_GROW),
        Instruction.of(Opcodes.DROP),
        Instruction.i64(60_000_000));
    trapped(huge, "turn answered 60000000 bytes of effects; the limit is");
  }

  @Test
  void malformedAndUnknownEffectsFailTheTurnByName() {
    FacetException unknown =
        failure(
            new TestModule().effects(HexFormat.of().parseHex("81a1" + "6474797065" + "63666c79")));
    assertThat(unknown.outcome()).isEqualTo(Outcome.EXCEPTION);
    assertThat(unknown).hasMessageContaining("there is no effect \"fly\"");
    assertThat(failure(new TestModule().effects(new byte[] {(byte) 0xFF})))
        .hasMessageContaining("effects");
    assertThat(failure(new TestModule().effects(new byte[] {(byte) 0x80, 0})))
        .hasMessageContaining("bytes follow the end");
  }

  @Test
  void aFailureOfTheGuestsOwnKeepsItsInstanceAndWrites() {
    byte[] failure =
        cbor(
            out -> {
              out.writeStartArray(null, 1);
              out.writeStartObject(null, 4);
              out.writeStringField("type", "failure");
              out.writeNumberField("id", 1);
              out.writeStringField("name", "TypeError");
              out.writeStringField("message", "no");
              out.writeEndObject();
              out.writeEndArray();
            });
    FacetException thrown = failure(new TestModule().effects(failure));
    assertThat(thrown.outcome()).isEqualTo(Outcome.EXCEPTION);
    assertThat(thrown.error().summary()).isEqualTo("TypeError: no");
    assertThat(logs).containsExactly("ERROR Uncaught TypeError: no");
  }

  @Test
  void anEndlessLoopIsStopped() {
    FacetException stopped = failure(new TestModule().then(endlessLoop(), Instruction.i64(0)));
    assertThat(stopped.outcome()).isEqualTo(Outcome.EXCEEDED_CPU);
  }

  @Test
  void endlessRecursionIsStopped() {
    TestModule guest = new TestModule();
    guest.then(
        Instruction.i32(0),
        Instruction.i32(0),
        Instruction.of(Opcodes.CALL, 2), // turn itself
        Instruction.i64(1),
        Instruction.of(Opcodes.I64_ADD));
    assertThat(failure(guest).outcome()).isEqualTo(Outcome.EXCEEDED_STACK);
  }

  @Test
  void memoryBeyondTheLimitFailsTheTurnEvenIfTheGuestGoesOn() {
    FacetException stopped =
        failure(
            new TestModule()
                .then(
                    Instruction.i32(60_000),
                    Instruction.of(Opcodes.MEMORY_GROW),
                    Instruction.of(Opcodes.DROP),
                    Instruction.i64(0)));
    assertThat(stopped.outcome()).isEqualTo(Outcome.EXCEEDED_MEMORY);
  }

  @Test
  void equalEventsBurnEqualFuelAndWhatIsUsedIsTold() {
    List<EventUsage> used = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      TestModule guest = new TestModule();
      String sql = "CREATE TABLE t (a); INSERT INTO t VALUES (1), (2); SELECT * FROM t";
      guest.call(HostCall.SQL_EXEC, guest.text(sql), sql.length(), 0, 0);
      FacetStub facet = facet(guest);
      get(facet);
      used.add(Objects.requireNonNull(facet.stat().orElseThrow().usage().lastEvent()));
    }
    assertThat(used.get(0).used().fuel())
        .isEqualTo(used.get(1).used().fuel())
        .isGreaterThan(Tariff.CALL);
    assertThat(used.get(0).used().rowsWritten())
        .isEqualTo(used.get(1).used().rowsWritten())
        .isPositive();
    assertThat(used.get(0).memoryBytes()).isEqualTo(TestModule.MEMORY);
  }

  @Test
  void anEndlessQueryIsStopped() {
    String sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT sum(i) FROM n";
    TestModule guest = new TestModule();
    guest.call(HostCall.SQL_EXEC, guest.text(sql), sql.length(), 0, 0);
    assertThat(failure(guest).outcome()).isEqualTo(Outcome.EXCEEDED_CPU);
  }
}
