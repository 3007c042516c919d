package dev.lapidary.abi.cbor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapidary.abi.Event;
import dev.lapidary.abi.Header;
import dev.lapidary.abi.Request;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EventWriterTest {
  @Test
  void theContractsExampleIsWrittenByteForByte() {
    assertThat(HexFormat.of().formatHex(EventWriter.event(1000, new Event.TimerFired(7))))
        .isEqualTo(
            "a3" // {
                + "6474797065"
                + "6574696d6572" // "type": "timer",
                + "6474696d65"
                + "1903e8" // "time": 1000,
                + "626964"
                + "07"); // "id": 7}
  }

  @Test
  void aRequestCrossesWholeWithHeaderNamesInLowerCase() {
    byte[] body = new byte[70_000];
    new Random(3).nextBytes(body);
    List<Header> headers =
        List.of(new Header("X-Ü", "ä; b"), new Header("cookie", "a"), new Header("cookie", "b"));
    Event event =
        new Event.Fetch(1L << 40, new Request("PATCH", "http://h/ä?x=%20", headers, body));
    Map<String, Object> read = readMap(EventWriter.event(-5, event));
    assertThat(read.keySet())
        .containsExactly("type", "time", "id", "method", "url", "headers", "body");
    assertThat(read)
        .containsEntry("type", "fetch")
        .containsEntry("time", -5L)
        .containsEntry("id", 1L << 40)
        .containsEntry("method", "PATCH")
        .containsEntry("url", "http://h/ä?x=%20")
        .containsEntry("body", body)
        .containsEntry(
            "headers",
            List.of(List.of("x-ü", "ä; b"), List.of("cookie", "a"), List.of("cookie", "b")));
  }

  @Test
  void anAlarmSaysWhenItWasDueAndHowOftenItWasTried() {
    assertThat(readMap(EventWriter.event(9, new Event.Alarm(3, 8, 2))))
        .isEqualTo(Map.of("type", "alarm", "time", 9L, "id", 3L, "scheduled", 8L, "retry", 2L));
  }

  @Test
  void longTextHasItsLengthBeforeItAndHalfAPairIsReplaced() {
    Request request = Request.get("é𝄞".repeat(20_000) + '\uD800');
    String hex = HexFormat.of().formatHex(EventWriter.event(0, new Event.Fetch(1, request)));
    assertThat(hex).contains("7a0001d4c3" + "c3a9f09d849e").contains("f09d849eefbfbd");
  }

  @Test
  void theStartSaysWhoTheFacetIs() {
    assertThat(readMap(EventWriter.start(9, "ab", Optional.of("alice"), Optional.empty())))
        .isEqualTo(Map.of("type", "start", "time", 9L, "objectId", "ab", "objectName", "alice"));
    assertThat(readMap(EventWriter.start(9, "ab", Optional.empty(), Optional.of("App"))))
        .isEqualTo(Map.of("type", "start", "time", 9L, "objectId", "ab", "class", "App"));
  }

  private static Map<String, Object> readMap(byte[] cbor) {
    CborReader in = new CborReader("event", cbor);
    in.next().expect(CborReader.Kind.MAP);
    Map<String, Object> map = new LinkedHashMap<>();
    for (String key = in.nextKey(); key != null; key = in.nextKey()) {
      map.put(key, value(in.next()));
    }
    in.end();
    return map;
  }

  private static Object value(CborReader in) {
    return switch (in.kind()) {
      case INTEGER -> in.integer();
      case TEXT -> in.text();
      case BYTES -> in.bytes();
      case ARRAY -> {
        List<Object> list = new ArrayList<>();
        while (in.nextElement()) {
          list.add(value(in));
        }
        yield list;
      }
      default -> throw new AssertionError(in.kind());
    };
  }
}
