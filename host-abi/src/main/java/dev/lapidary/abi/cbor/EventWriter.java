package dev.lapidary.abi.cbor;

import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import dev.lapidary.abi.Event;
import dev.lapidary.abi.Header;
import dev.lapidary.abi.Request;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/// Writes events as `ABI.md` has them. Thread-safe.
public final class EventWriter {
  private EventWriter() {}

  /// The event that a guest's first turn has, before any other.
  ///
  /// @param time the turn's time in milliseconds since 1970
  /// @param className which of the module's classes is wanted, where the caller named one
  public static byte[] start(
      long time, String objectId, Optional<String> objectName, Optional<String> className) {
    return write(
        3 + present(objectName) + present(className),
        out -> {
          head(out, "start", time);
          textField(out, "objectId", objectId);
          if (objectName.isPresent()) {
            textField(out, "objectName", objectName.get());
          }
          if (className.isPresent()) {
            textField(out, "class", className.get());
          }
        });
  }

  private static int present(Optional<String> value) {
    return value.isPresent() ? 1 : 0;
  }

  /// A request, timer or alarm; raw guests know no other events.
  ///
  /// @param time the turn's time in milliseconds since 1970
  /// @throws IllegalArgumentException for any other event
  public static byte[] event(long time, Event event) {
    return switch (event) {
      case Event.Fetch fetch -> fetch(time, fetch);
      case Event.TimerFired timer ->
          write(
              3,
              out -> {
                head(out, "timer", time);
                out.writeNumberField("id", timer.id());
              });
      case Event.Alarm alarm ->
          write(
              5,
              out -> {
                head(out, "alarm", time);
                out.writeNumberField("id", alarm.id());
                out.writeNumberField("scheduled", alarm.scheduledMillis());
                out.writeNumberField("retry", alarm.retryCount());
              });
      default -> throw new IllegalArgumentException("raw guests know no such event");
    };
  }

  private static byte[] fetch(long time, Event.Fetch fetch) {
    Request request = fetch.request();
    return write(
        7,
        out -> {
          head(out, "fetch", time);
          out.writeNumberField("id", fetch.id());
          textField(out, "method", request.method());
          textField(out, "url", request.url());
          out.writeFieldName("headers");
          out.writeStartArray(null, request.headers().size());
          for (Header header : request.headers()) {
            out.writeStartArray(null, 2);
            CborWriter.text(out, header.name().toLowerCase(Locale.ROOT));
            CborWriter.text(out, header.value());
            out.writeEndArray();
          }
          out.writeEndArray();
          out.writeBinaryField("body", request.body().bytes());
        });
  }

  private static void head(CBORGenerator out, String type, long time) throws IOException {
    textField(out, "type", type);
    out.writeNumberField("time", time);
  }

  private static void textField(CBORGenerator out, String name, String text) throws IOException {
    out.writeFieldName(name);
    CborWriter.text(out, text);
  }

  private static byte[] write(int fields, CborWriter.Content content) {
    return CborWriter.write(
        out -> {
          out.writeStartObject(null, fields);
          content.writeTo(out);
          out.writeEndObject();
        });
  }
}
