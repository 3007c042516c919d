package dev.lapidary.abi.cbor;

import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import dev.lapidary.abi.Effect;
import dev.lapidary.abi.Header;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a guest would write. */
final class Cbor {
  private Cbor() {}

  /** Maps, lists, text, bytes, numbers, booleans and null as CBOR. */
  static byte[] of(Object value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (CBORGenerator out = new CBORFactory().createGenerator(bytes)) {
      write(out, value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(CBORGenerator out, Object value) throws IOException {
    switch (value) {
      case null -> out.writeNull();
      case String text -> out.writeString(text);
      case byte[] bytes -> out.writeBinary(bytes);
      case Integer number -> out.writeNumber(number);
      case Long number -> out.writeNumber(number);
      case Double number -> out.writeNumber(number);
      case Boolean flag -> out.writeBoolean(flag);
      case List<?> list -> {
        out.writeStartArray(null, list.size());
        for (Object element : list) {
          write(out, element);
        }
        out.writeEndArray();
      }
      case Map<?, ?> map -> {
        out.writeStartObject(null, map.size());
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          out.writeFieldName((String) entry.getKey());
          write(out, entry.getValue());
        }
        out.writeEndObject();
      }
      default -> throw new IllegalArgumentException(value.getClass().getName());
    }
  }

  static Map<String, Object> map(Effect effect) {
    return switch (effect) {
      case Effect.Reply reply ->
          Map.of(
              "type", "reply",
              "id", reply.id(),
              "status", reply.response().status(),
              "headers", reply.response().headers().stream().map(Cbor::pair).toList(),
              "body", reply.response().body().bytes());
      case Effect.Failure failure ->
          Map.of(
              "type", "failure",
              "id", failure.id(),
              "name", failure.error().name(),
              "message", failure.error().message(),
              "stack", failure.error().stack());
      case Effect.Done done -> Map.of("type", "done", "id", done.id());
      case Effect.Log log ->
          Map.of(
              "type", "log",
              "level", log.level().name().toLowerCase(Locale.ROOT),
              "message", log.message());
      case Effect.StartTimer timer ->
          Map.of("type", "startTimer", "id", timer.id(), "delay", timer.delayMillis());
      case Effect.CancelTimer timer -> Map.of("type", "cancelTimer", "id", timer.id());
      default -> throw new IllegalArgumentException("raw guests have no such effect: " + effect);
    };
  }

  private static List<String> pair(Header header) {
    return List.of(header.name(), header.value());
  }
}
