package dev.lapidary.engine.guest.js;

import dev.lapidary.abi.Effect;
import dev.lapidary.abi.rpc.WebSocket;
import dev.lapidary.engine.guest.MemoryBudget;
import dev.lapidary.engine.guest.Sockets;
import dev.lapidary.engine.guest.js.HostCallException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The host functions of WebSockets. What is sent and closed leaves as effects.
final class SocketFunctions {
  private static final Set<HostFunction> FUNCTIONS =
      EnumSet.range(HostFunction.SOCKET_PAIR, HostFunction.SOCKET_TIMEOUT);

  private static final int MAX_REASON_BYTES = 123;

  private final QuickJs js;
  private final Payloads payloads;
  private final EffectFunctions effects;
  private final MemoryBudget memory;

  /// The text that was sent last, held so that nothing else can have its place, and as a message:
  /// who sends to many sends the same.
  private long lastText = JsValue.UNDEFINED;

  private WebSocket.@Nullable Message lastMessage;

  SocketFunctions(QuickJs js, Payloads payloads, EffectFunctions effects, MemoryBudget memory) {
    this.js = js;
    this.payloads = payloads;
    this.effects = effects;
    this.memory = memory;
  }

  private Sockets sockets() {
    return payloads.outside().sockets();
  }

  boolean has(HostFunction function) {
    return FUNCTIONS.contains(function);
  }

  /// Performs one; the answer is a JavaScript value.
  long perform(HostFunction function, long[] args) {
    try {
      return answer(function, args);
    } catch (IllegalArgumentException e) {
      throw new HostCallException(Kind.ERROR, String.valueOf(e.getMessage()));
    }
  }

  private long answer(HostFunction function, long[] args) {
    return switch (function) {
      case SOCKET_PAIR -> JsValue.of(sockets().open(memory));
      case SOCKETS -> numbers(sockets().open(payloads.textOrNull(args[0])));
      case SOCKET_TAGS -> texts(sockets().tags(number(args[0])));
      case SOCKET_STATE -> {
        int number = number(args[0]);
        int state = sockets().peerClosed(number) ? 1 : 0;
        yield JsValue.of(sockets().closed(number) ? state | 2 : state);
      }
      case SOCKET_ATTACHMENT -> attachment(args);
      case SOCKET_AUTO_RESPONSE -> autoResponse(args);
      case SOCKET_AUTO_RESPONSE_TIME -> {
        OptionalLong millis = sockets().respondedMillis(number(args[0]));
        yield millis.isEmpty() ? JsValue.UNDEFINED : JsValue.of(millis.getAsLong());
      }
      case SOCKET_TIMEOUT -> timeout(args);
      default -> {
        act(function, args);
        yield JsValue.UNDEFINED;
      }
    };
  }

  private void act(HostFunction function, long[] args) {
    int number = number(args[0]);
    switch (function) {
      case SOCKET_ACCEPT -> sockets().accept(number);
      case SOCKET_HIBERNATE ->
          sockets().hibernate(number, payloads.texts(args[1]), bytesOrNull(args[2]));
      case SOCKET_SEND -> effects.add(new Effect.OfSocket.Send(number, message(args[1])));
      case SOCKET_CLOSE ->
          effects.add(
              new Effect.OfSocket.Close(number, code(number(args[1])), reason(js.text(args[2]))));
      default -> throw new IllegalStateException("not a function of WebSockets: " + function);
    }
  }

  /// What a close frame can say, and what stands for none.
  private static int code(int code) {
    boolean valid = code >= 1_000 && code < 5_000 && code != 1_004 && code != 1_015;
    if (!valid) {
      throw new IllegalArgumentException("Invalid WebSocket close code: " + code + ".");
    }
    return code;
  }

  private static String reason(String reason) {
    if (reason.getBytes(StandardCharsets.UTF_8).length > MAX_REASON_BYTES) {
      throw new IllegalArgumentException(
          "A WebSocket's close reason has at most " + MAX_REASON_BYTES + " bytes.");
    }
    return reason;
  }

  private static int number(long value) {
    return (int) JsValue.toDouble(value);
  }

  private long numbers(List<Integer> numbers) {
    long[] values = new long[numbers.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = JsValue.of(numbers.get(i));
    }
    return js.newArray(values, values.length);
  }

  private long texts(List<String> texts) {
    long[] values = new long[texts.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = js.string(texts.get(i));
    }
    return js.newArray(values, values.length);
  }

  private byte @Nullable [] bytesOrNull(long value) {
    return js.isArrayBuffer(value) ? js.arrayBufferBytes(value) : null;
  }

  /// `socketAttachment(number, bytes)`: sets it, or without bytes answers with it.
  private long attachment(long[] args) {
    byte[] given = bytesOrNull(args[1]);
    if (given != null) {
      sockets().attach(number(args[0]), given);
      return JsValue.UNDEFINED;
    }
    byte[] kept = sockets().attachment(number(args[0]));
    return kept == null ? JsValue.UNDEFINED : js.arrayBuffer(kept);
  }

  /// `socketAutoResponse(request, response)`: sets it, or null nothing, or asks.
  private long autoResponse(long[] args) {
    if (JsValue.isUndefined(args[0])) {
      Sockets.AutoResponse set = sockets().autoResponse();
      return set == null ? JsValue.UNDEFINED : texts(List.of(set.request(), set.response()));
    }
    sockets()
        .respond(
            JsValue.isNullish(args[0])
                ? null
                : new Sockets.AutoResponse(js.text(args[0]), js.text(args[1])));
    return JsValue.UNDEFINED;
  }

  /// `socketTimeout(ms)`: sets it, or without a number asks.
  private long timeout(long[] args) {
    if (JsValue.isUndefined(args[0])) {
      return JsValue.of(sockets().eventTimeoutMillis());
    }
    sockets().setEventTimeoutMillis(number(args[0]));
    return JsValue.UNDEFINED;
  }

  private WebSocket.Message message(long value) {
    if (js.isArrayBuffer(value)) {
      WebSocket.Message message = new WebSocket.Message.Binary(js.arrayBufferBytes(value));
      effects.count(message.size());
      return message;
    }
    if (lastMessage == null || lastText != value) {
      js.freeValue(lastText);
      lastText = js.dup(value);
      lastMessage = new WebSocket.Message.Text(js.utf8(value));
      effects.count(lastMessage.size());
    }
    return lastMessage;
  }
}
