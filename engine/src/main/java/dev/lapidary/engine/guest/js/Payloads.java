package dev.lapidary.engine.guest.js;

import dev.lapidary.abi.Body;
import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.rpc.ByteStream;
import dev.lapidary.abi.rpc.Capability;
import dev.lapidary.abi.rpc.Payload;
import dev.lapidary.abi.rpc.Recipient;
import dev.lapidary.engine.guest.Outside;
import dev.lapidary.engine.guest.js.HostCallException.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Values with capabilities on their way between a guest and the host: bytes and an array of
/// numbers in JavaScript, a [Payload] in Java. Not thread-safe: part of one runtime.
final class Payloads {
  /// A value in one message, its capabilities aside.
  static final int MAX_BYTES = 32 << 20;

  private static final int MAX_CAPABILITIES = 10_000;
  private static final int MAX_TEXTS = 1_000;
  private static final int MAX_TEXT_UNITS = 1 << 20;

  private final QuickJs js;
  private final Handles handles;
  private @Nullable Outside outside;

  Payloads(QuickJs js, Handles handles) {
    this.js = js;
    this.handles = handles;
  }

  void attach(Outside reached) {
    outside = reached;
  }

  /// What lies outside of the guest.
  ///
  /// @throws HostCallException while modules are evaluated
  Outside outside() {
    if (outside == null) {
      throw new HostCallException(Kind.ERROR, "Nothing can be called while modules are evaluated.");
    }
    return outside;
  }

  // From the guest

  /// A value that leaves the guest.
  ///
  /// @param bytes an ArrayBuffer, or a string of JSON
  /// @param numbers an array: held capabilities, and what the guest exports as negative numbers
  Payload read(long bytes, long numbers) {
    if (JsValue.isString(bytes)) {
      return new Payload(Payload.Format.JSON, limited(js.utf8(bytes)), List.of());
    }
    byte[] value = limited(js.arrayBufferBytes(bytes));
    return new Payload(Payload.Format.V8, value, capabilities(numbers));
  }

  /// The same, where there may be none.
  Payload readOr(long bytes, long numbers, Payload otherwise) {
    return JsValue.isNullish(bytes) ? otherwise : read(bytes, numbers);
  }

  private static byte[] limited(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw new HostCallException(
          Kind.ERROR,
          "Serialized RPC arguments or return values are limited to 32MiB, but the size of this"
              + " value was: "
              + bytes.length
              + " bytes.");
    }
    return bytes;
  }

  private List<Capability> capabilities(long numbers) {
    int count = JsValue.isObject(numbers) ? js.length(numbers) : 0;
    if (count > MAX_CAPABILITIES) {
      throw new HostCallException(
          Kind.RANGE_ERROR,
          "A value may refer to at most " + MAX_CAPABILITIES + " stubs; this one has " + count);
    }
    List<Capability> capabilities = new ArrayList<>(count);
    try {
      for (int i = 0; i < count; i++) {
        capabilities.add(capability(js.get(numbers, i)));
      }
    } catch (RuntimeException e) {
      capabilities.forEach(Capability::release);
      throw e;
    }
    return capabilities;
  }

  private Capability capability(long number) {
    boolean exported = JsValue.tag(number) == JsValue.TAG_INT && (int) number < 0;
    if (exported) {
      return outside().export(-(int) number);
    }
    Capability held = handles.get(number, Capability.class);
    // A stream has one reader: whoever gets it.
    return held instanceof ByteStream ? handles.take(number, ByteStream.class) : held.retain();
  }

  /// The texts in an array, which may all be the same text of the guest's.
  ///
  /// @throws HostCallException where there are too many, or they are too long together
  List<String> texts(long array) {
    int count = js.length(array);
    long units = 0;
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long value = js.get(array, i);
      String text = js.exactText(value);
      js.freeValue(value);
      units += text.length();
      if (i >= MAX_TEXTS || units > MAX_TEXT_UNITS) {
        throw new HostCallException(
            Kind.RANGE_ERROR,
            "A path may have at most "
                + MAX_TEXTS
                + " names of "
                + MAX_TEXT_UNITS
                + " characters.");
      }
      texts.add(text);
    }
    return texts;
  }

  @Nullable String textOrNull(long value) {
    return JsValue.isNullish(value) ? null : js.exactText(value);
  }

  /// A body that leaves the guest: null, text, an ArrayBuffer, the number of a held stream, or that
  /// of a stream of the guest's own as a negative number.
  Body body(long value) {
    if (JsValue.isNullish(value)) {
      return Body.NONE;
    }
    if (JsValue.tag(value) == JsValue.TAG_INT) {
      int number = (int) value;
      return Body.of(number < 0 ? exportedStream(-number) : handles.take(value, ByteStream.class));
    }
    return Body.of(js.isArrayBuffer(value) ? js.arrayBufferBytes(value) : js.utf8(value));
  }

  ByteStream exportedStream(int number) {
    try {
      return outside().exportStream(number);
    } catch (IllegalArgumentException e) {
      throw new HostCallException(Kind.ERROR, String.valueOf(e.getMessage()));
    }
  }

  // To the guest. What these answer is freed with the call it is an argument of.

  long bytes(Payload payload) {
    return js.freeLater(
        payload.format() == Payload.Format.JSON
            ? js.stringFromUtf8(payload.bytes())
            : js.arrayBuffer(payload.bytes()));
  }

  /// Takes the payload's references over.
  long numbers(Payload payload) {
    return js.freeLater(array(payload));
  }

  private long array(Payload payload) {
    List<Capability> given = payload.capabilities();
    long[] numbers = new long[given.size()];
    for (int i = 0; i < numbers.length; i++) {
      try {
        numbers[i] = JsValue.of(handles.hold(given.get(i)));
      } catch (HostCallException e) {
        given.subList(i + 1, numbers.length).forEach(Capability::release);
        throw e;
      }
    }
    return js.newArray(numbers, numbers.length);
  }

  long body(Body body) {
    return switch (body) {
      case Body.Whole whole ->
          whole.bytes().length == 0 ? JsValue.NULL : js.freeLater(js.arrayBuffer(whole.bytes()));
      case Body.Streamed streamed -> JsValue.of(handles.hold(streamed.stream()));
    };
  }

  long textOrUndefined(@Nullable String text) {
    return text == null ? JsValue.UNDEFINED : js.freeLater(js.string(text));
  }

  long recipient(Recipient recipient) {
    return switch (recipient) {
      case Recipient.Self self -> JsValue.UNDEFINED;
      case Recipient.Export export -> JsValue.of(export.number());
      case Recipient.Entrypoint entrypoint -> {
        String name = entrypoint.name();
        Payload props = entrypoint.props().retain();
        long[] parts = {
          name == null ? JsValue.UNDEFINED : js.string(name),
          props.format() == Payload.Format.JSON
              ? js.stringFromUtf8(props.bytes())
              : js.arrayBuffer(props.bytes()),
          array(props)
        };
        yield js.freeLater(js.newArray(parts, parts.length));
      }
    };
  }

  /// The marks of an error as the platform reads them.
  static long marks(GuestError error) {
    int bits = 0;
    for (GuestError.Mark mark : error.details().marks()) {
      bits |=
          switch (mark) {
            case REMOTE -> 1;
            case DURABLE_OBJECT_RESET -> 2;
            case OVERLOADED -> 4;
            case RETRYABLE -> 8;
          };
    }
    return JsValue.of(bits);
  }

  long properties(GuestError error) {
    byte[] properties = error.details().properties();
    return properties.length == 0 ? JsValue.UNDEFINED : js.freeLater(js.arrayBuffer(properties));
  }
}
