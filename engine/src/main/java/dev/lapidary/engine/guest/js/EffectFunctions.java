package dev.lapidary.engine.guest.js;

import dev.lapidary.abi.Body;
import dev.lapidary.abi.Effect;
import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.Header;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.Response;
import dev.lapidary.abi.rpc.Payload;
import dev.lapidary.abi.rpc.WebSocket;
import dev.lapidary.engine.guest.EffectMemory;
import dev.lapidary.engine.guest.LogLines;
import dev.lapidary.engine.guest.MemoryBudget;
import dev.lapidary.engine.guest.TurnFailed;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The host functions by which JavaScript asks for effects. They collect what the turn wants;
/// nothing leaves before the turn ends.
final class EffectFunctions {
  private static final int MAX_STATUS_TEXT = 1_024;
  private static final int MAX_HEADERS = 1_000;
  private static final int MAX_HEADER_CHARS = 64 * 1024;
  private static final int MAX_PROPERTIES_BYTES = 64 * 1024;

  /// Effects of one turn: each is memory of the host's.
  private static final int MAX_EFFECTS = 100_000;

  private static final int EFFECT_BYTES = 100;

  private final QuickJs js;
  private final Limits limits;
  private final Payloads payloads;
  private final LogLines lines;
  private final EffectMemory memory;
  private List<Effect> effects = new ArrayList<>();
  private long replied;
  private long sent;
  private int timersStarted;

  /// @param memory what the effects hold until they have left
  EffectFunctions(QuickJs js, Limits limits, Payloads payloads, MemoryBudget memory) {
    this.memory = new EffectMemory(memory);
    this.js = js;
    this.payloads = payloads;
    this.limits = limits;
    this.lines = new LogLines(limits.logBytes());
  }

  /// Hands the collected effects over and starts anew.
  List<Effect> take() {
    List<Effect> taken = effects;
    effects = new ArrayList<>();
    lines.reset();
    replied = 0;
    sent = 0;
    timersStarted = 0;
    return taken;
  }

  /// Takes an effect over, with what it holds; its texts count as sent.
  ///
  /// @throws TurnFailed where the turn wants too many
  void add(Effect effect) {
    try {
      countSent(EffectText.length(effect));
    } catch (HostCallException e) {
      effect.discard();
      throw e;
    }
    keep(effect);
  }

  /// Takes an effect over, with what it holds.
  private void keep(Effect effect) {
    if (effects.size() >= MAX_EFFECTS) {
      effect.discard();
      throw new TurnFailed(
          Outcome.EXCEEDED_MEMORY,
          "One turn asked for more than " + MAX_EFFECTS + " things to be done outside.");
    }
    try {
      memory.add(EFFECT_BYTES + EffectText.length(effect));
    } catch (TurnFailed e) {
      effect.discard();
      throw e;
    }
    effects.add(effect);
  }

  /// `reply(requestId, status, statusText, flatHeaders, body, socket)`.
  void reply(long[] args) {
    int status = (int) JsValue.toDouble(args[1]);
    Body body = payloads.body(args[4]);
    if (body instanceof Body.Whole whole) {
      countReplied(whole.bytes().length);
    }
    keep(
        new Effect.Reply(
            id(args[0]),
            new Response(
                status, headers(args[3]), body, webSocket(args[5]), statusText(args[2]), null)));
  }

  /// The phrase that leaves with a response: none where it is too long, or HTTP cannot carry it.
  private String statusText(long value) {
    String text = js.text(value);
    boolean fit =
        text.length() <= MAX_STATUS_TEXT
            && text.chars().allMatch(c -> c == '\t' || (c >= ' ' && c <= 0xff && c != 0x7f));
    return fit ? text : "";
  }

  /// The WebSocket end that leaves with a response; null for 0.
  private @Nullable WebSocket webSocket(long number) {
    if (JsValue.isNullish(number) || JsValue.toDouble(number) == 0) {
      return null;
    }
    try {
      return payloads.outside().sockets().release((int) JsValue.toDouble(number));
    } catch (IllegalArgumentException e) {
      throw new HostCallException(HostCallException.Kind.ERROR, String.valueOf(e.getMessage()));
    }
  }

  private void countReplied(int bytes) {
    replied += bytes;
    if (replied > limits.responseBodyBytes()) {
      throw new HostCallException(
          HostCallException.Kind.RANGE_ERROR,
          "The response bodies of this turn have %d bytes; the limit is %d bytes."
              .formatted(replied, limits.responseBodyBytes()));
    }
    memory.add(bytes);
  }

  /// `chunk(stream, bytes)`.
  void chunk(int stream, byte[] bytes) {
    countReplied(bytes.length);
    keep(new Effect.OfStream.Chunk(stream, bytes));
  }

  /// Counts what is sent to others in this turn.
  Payload sent(Payload payload) {
    try {
      count(payload.bytes().length);
    } catch (HostCallException | TurnFailed e) {
      payload.release();
      throw e;
    }
    return payload;
  }

  /// Counts what is sent to others in this turn.
  Body sent(Body body) {
    if (body instanceof Body.Whole whole) {
      count(whole.bytes().length);
    }
    return body;
  }

  void count(long bytes) {
    countSent(bytes);
    memory.add(bytes);
  }

  private void countSent(long bytes) {
    sent += bytes;
    if (sent > limits.calls().sentBytes()) {
      throw new HostCallException(
          HostCallException.Kind.RANGE_ERROR,
          "What this turn sends has %d bytes; the limit is %d bytes."
              .formatted(sent, limits.calls().sentBytes()));
    }
  }

  /// What was taken has left.
  void left() {
    memory.release();
  }

  List<Header> headers(long flat) {
    int count = js.length(flat) / 2;
    if (count > MAX_HEADERS) {
      throw new HostCallException(
          HostCallException.Kind.RANGE_ERROR,
          "The response has " + count + " headers; the limit is " + MAX_HEADERS + ".");
    }
    List<Header> headers = new ArrayList<>(count);
    int chars = 0;
    for (int i = 0; i < count; i++) {
      Header header = new Header(element(flat, 2 * i), element(flat, 2 * i + 1));
      chars += header.name().length() + header.value().length();
      if (chars > MAX_HEADER_CHARS) {
        throw new HostCallException(
            HostCallException.Kind.RANGE_ERROR,
            "The response's headers have more than " + MAX_HEADER_CHARS + " characters.");
      }
      headers.add(header);
    }
    return headers;
  }

  private String element(long array, int index) {
    long value = js.get(array, index);
    String text = js.text(value);
    js.freeValue(value);
    return text;
  }

  /// `fail(requestId, name, message, stack, properties)`.
  void fail(long[] args) {
    GuestError error = errorWithProperties(args, 1);
    keep(new Effect.Failure(id(args[0]), outcome(error), error));
  }

  /// `name, message, stack, properties` from an index on.
  GuestError errorWithProperties(long[] args, int from) {
    GuestError error = error(args, from);
    if (!js.isArrayBuffer(args[from + 3])) {
      return error;
    }
    byte[] properties = js.arrayBufferBytes(args[from + 3]);
    return properties.length <= MAX_PROPERTIES_BYTES
        ? error.with(new GuestError.Details(properties, Set.of(), ""))
        : error;
  }

  /// `done(alarmId)`.
  void done(long[] args) {
    keep(new Effect.Done(id(args[0])));
  }

  /// A limit of the engine's that JavaScript saw as an exception still counts as that limit.
  static Outcome outcome(GuestError error) {
    boolean stack =
        error.message().startsWith("Maximum call stack size exceeded")
            || error.message().startsWith("stack overflow");
    return stack ? Outcome.EXCEEDED_STACK : Outcome.EXCEPTION;
  }

  private GuestError error(long[] args, int from) {
    return new GuestError(js.text(args[from]), js.text(args[from + 1]), js.text(args[from + 2]));
  }

  /// `log(level, text)`.
  void log(long[] args) {
    int level = (int) JsValue.toDouble(args[0]);
    log(level(level), js.text(args[1]));
  }

  private static Effect.Level level(int number) {
    return switch (number) {
      case 0 -> Effect.Level.DEBUG;
      case 2 -> Effect.Level.INFO;
      case 3 -> Effect.Level.WARN;
      case 4 -> Effect.Level.ERROR;
      default -> Effect.Level.LOG;
    };
  }

  void log(Effect.Level level, String message) {
    Effect.Log line = lines.admit(level, message);
    if (line != null) {
      effects.add(line);
    }
  }

  /// `abort(name, message, stack)`: what to throw through the guest, which cannot catch it.
  TurnFailed abort(long[] args) {
    return new TurnFailed(Outcome.ABORTED, error(args, 0));
  }

  /// `setTimer(id, delayMs)`.
  void setTimer(long[] args) {
    if (++timersStarted > limits.timers()) {
      throw new HostCallException(
          HostCallException.Kind.ERROR,
          "Too many timers: at most " + limits.timers() + " may be waiting.");
    }
    double delay = JsValue.toDouble(args[1]);
    long millis = delay > 0 ? (long) Math.min(delay, Integer.MAX_VALUE) : 0;
    keep(new Effect.StartTimer(id(args[0]), millis));
  }

  /// `clearTimer(id)`.
  void clearTimer(long[] args) {
    keep(new Effect.CancelTimer(id(args[0])));
  }

  private static long id(long value) {
    return (long) JsValue.toDouble(value);
  }
}
