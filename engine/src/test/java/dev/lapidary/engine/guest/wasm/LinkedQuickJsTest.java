package dev.lapidary.engine.guest.wasm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class LinkedQuickJsTest {
  private static QuickJsInstance js;

  @BeforeAll
  static void boot() {
    js = QuickJsInstance.prebuilt();
  }

  @Test
  void evaluatesJavaScript() {
    assertThat(js.eval("[1,2,3].map(x => x * 2).join()")).isEqualTo("2,4,6");
    assertThat(js.eval("null.x")).startsWith("throws TypeError");
  }

  @Test
  void encodesAndDecodesText() {
    assertThat(js.eval("new TextEncoder().encode('aé€😀').join()"))
        .isEqualTo("97,195,169,226,130,172,240,159,152,128");
    assertThat(js.eval("new TextDecoder().decode(new Uint8Array([226,130,172]))")).isEqualTo("€");
  }

  @Test
  void keepsHeaders() {
    assertThat(js.eval("const h = new Headers({A: '1'}); h.append('a', '2'); h.get('A')"))
        .isEqualTo("1, 2");
  }

  @Test
  void clonesStructures() {
    assertThat(
            js.eval(
                """
                const source = {m: new Map([[1, new Date(0)]]), s: new Set('ab')};
                source.self = source;
                const clone = structuredClone(source);
                [clone !== source, clone.self === clone, clone.m.get(1).getTime(), [...clone.s]]
                    .join()"""))
        .isEqualTo("true,true,0,a,b");
  }

  @Test
  void digestsAndDrawsRandomBytes() {
    js.eval(
        """
        var hex = '';
        crypto.subtle.digest('SHA-256', new TextEncoder().encode('abc')).then(
            d => { hex = [...new Uint8Array(d)].map(b => b.toString(16).padStart(2, '0')).join(''); });
        0""");
    assertThat(js.eval("hex"))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(js.eval("crypto.randomUUID().length")).isEqualTo("36");
  }

  @Test
  void parsesUrlsAsNodeDoes() throws IOException {
    try (var in = requireNonNull(LinkedQuickJsTest.class.getResourceAsStream("urls.json"))) {
      JsonNode cases = new ObjectMapper().readTree(new String(in.readAllBytes(), UTF_8));
      assertThat(cases.size()).isGreaterThan(40);
      SoftAssertions all = new SoftAssertions();
      for (JsonNode c : cases) {
        String script = c.get("script").asText();
        all.assertThat(js.eval(script)).as(script).isEqualTo(c.get("expected").asText());
      }
      all.assertAll();
    }
  }

  /// The side module defines no `URL.prototype.searchParams`, and its `URLSearchParams` reads only
  /// strings: the platform around the engine provides both. Should this fail, it need not any more.
  @Test
  void leavesSearchParamsToThePlatform() {
    assertThat(js.eval("'searchParams' in URL.prototype")).isEqualTo("false");
    assertThat(js.eval("new URLSearchParams({x: '1'}).toString()")).isEmpty();
    assertThat(js.eval("new URLSearchParams([['a', 'b']]).has('a')")).isEqualTo("false");
  }

  @Test
  void callsTheHostWithTheMagicNumber() {
    AtomicLong magic = new AtomicLong();
    js.host.put(
        "call",
        (instance, args) -> {
          magic.set(args[4]);
          return new long[] {42};
        });
    js.define("hostFunction", 7);
    assertThat(js.eval("hostFunction()")).isEqualTo("42");
    assertThat(magic).hasValue(7);
  }

  @Test
  void neverAllocatesTheSideModulesData() throws IOException {
    LinkedModule linked = QuickJsBuild.link();
    QuickJsInstance fresh = QuickJsInstance.prebuilt();
    fresh.eval("new URL('http://h/?a=1').href");
    int from = linked.sideMemory();
    int length = linked.sideMemoryEnd() - from;
    byte[] before = fresh.memory.readBytes(from, length);
    for (int i = 0; i < 12_000; i++) {
      int size = i % 40 == 0 ? 60_000 : i % 1500;
      int at = (int) fresh.call("wasm_malloc", size);
      assertThat(at).isNotZero();
      assertThat(at + size <= from || at >= linked.sideMemoryEnd()).as("block at " + at).isTrue();
      fresh.memory.fill((byte) 0x55, at, at + size);
    }
    assertThat(fresh.memory.pages()).isGreaterThan(300);
    assertThat(fresh.memory.readBytes(from, length)).isEqualTo(before);
    assertThat(fresh.eval("new URL('http://h/../x').href")).isEqualTo("http://h/x");
  }

  @Test
  void startsItsHeapBelowTheSideModulesData() throws IOException {
    LinkedModule linked = QuickJsBuild.link();
    assertThat(linked.sideMemory() % 65536).isZero();
    assertThat(linked.module().memories().getFirst().limits().minimum() * 65536)
        .isGreaterThanOrEqualTo(linked.sideMemoryEnd());
    for (DataSegment segment : GuestModule.parse(QuickJsBuild.resource("quickjs.wasm")).data()) {
      var active = (DataSegment.Mode.Active) segment.mode();
      assertThat(ConstantFolder.value(active.offset()) + segment.bytes().length)
          .isLessThanOrEqualTo(linked.sideMemory());
    }
  }
}
