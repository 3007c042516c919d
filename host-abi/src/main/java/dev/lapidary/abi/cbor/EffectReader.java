package dev.lapidary.abi.cbor;

import dev.lapidary.abi.Effect;
import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.Header;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.Response;
import dev.lapidary.abi.cbor.CborReader.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Reads the effects of one turn as `ABI.md` has them. Used once; not thread-safe.
public final class EffectReader {
  /// Effects of one turn.
  public static final int MAX_EFFECTS = 20_000;

  private static final int MAX_HEADERS = 1_000;
  private static final int MAX_HEADER_CHARS = 64 * 1024;

  /// What effects may hold beside response bodies and log text, in bytes.
  private static final int OVERHEAD_BYTES = 4 << 20;

  private final CborReader in;
  private final Limits limits;
  private long bodyBytes;

  private EffectReader(CborReader in, Limits limits) {
    this.in = in;
    this.limits = limits;
  }

  /// The most bytes that one turn's effects may have as CBOR.
  public static long maxBytes(Limits limits) {
    return (long) limits.responseBodyBytes() + limits.logBytes() + OVERHEAD_BYTES;
  }

  /// Reads one turn's effects, in their order.
  ///
  /// @throws CborException telling what is wrong and where
  public static List<Effect> read(byte[] cbor, Limits limits) {
    if (cbor.length > maxBytes(limits)) {
      throw new CborException(
          "effects: %d bytes are over the limit of %d".formatted(cbor.length, maxBytes(limits)));
    }
    return new EffectReader(new CborReader("effects", cbor), limits).effects();
  }

  private List<Effect> effects() {
    List<Effect> effects = new ArrayList<>();
    int timers = 0;
    in.next().expect(Kind.ARRAY);
    while (in.nextElement()) {
      if (effects.size() == MAX_EFFECTS) {
        throw in.refuse("a turn has at most " + MAX_EFFECTS + " effects");
      }
      Effect effect = new Fields().effect();
      if (effect instanceof Effect.StartTimer && ++timers > limits.timers()) {
        throw in.refuse("at most " + limits.timers() + " timers may be started");
      }
      effects.add(effect);
    }
    in.end();
    return effects;
  }

  /// The fields of one effect, in whatever order they come.
  private final class Fields {
    private @Nullable String type;
    private @Nullable Long id;
    private @Nullable Integer status;
    private @Nullable List<Header> headers;
    private byte @Nullable [] body;
    private @Nullable String name;
    private @Nullable String message;
    private @Nullable String stack;
    private Effect.@Nullable Level level;
    private @Nullable Long delay;
    private @Nullable String unknown;
    private int seen;

    Effect effect() {
      in.expect(Kind.MAP);
      for (String key = in.nextKey(); key != null; key = in.nextKey()) {
        in.next();
        seen++;
        switch (key) {
          case "type" -> type = in.text();
          case "id" -> id = in.integer();
          case "status" -> status = in.integer(200, 599);
          case "headers" -> headers = readHeaders();
          case "body" -> body = readBody();
          case "name" -> name = in.text();
          case "message" -> message = in.text();
          case "stack" -> stack = in.text();
          case "level" -> level = readLevel();
          case "delay" -> delay = (long) in.integer(0, Integer.MAX_VALUE);
          default -> {
            unknown = unknown == null ? key : unknown;
            in.skip();
          }
        }
      }
      Effect effect = build(require("type", type));
      if (unknown != null) {
        throw in.refuse("the effect \"" + type + "\" has no key \"" + shorten(unknown) + "\"");
      }
      return effect;
    }

    private Effect build(String wanted) {
      Effect effect =
          switch (wanted) {
            case "reply" -> reply();
            case "failure" -> failure();
            case "done" -> new Effect.Done(takenId());
            case "log" ->
                new Effect.Log(
                    optional(level, Effect.Level.LOG), taken(require("message", message)));
            case "startTimer" -> new Effect.StartTimer(takenId(), taken(require("delay", delay)));
            case "cancelTimer" -> new Effect.CancelTimer(takenId());
            default -> throw in.refuse("there is no effect \"" + shorten(wanted) + "\"");
          };
      if (unknown == null && seen != 1) {
        throw in.refuse("the effect \"" + wanted + "\" has a key that belongs to another");
      }
      return effect;
    }

    private Effect reply() {
      long to = takenId();
      int code = taken(require("status", status));
      List<Header> lines = optional(headers, List.of());
      return new Effect.Reply(to, new Response(code, lines, optional(body, new byte[0])));
    }

    private Effect failure() {
      long to = takenId();
      GuestError error =
          new GuestError(
              optional(name, "Error"), taken(require("message", message)), optional(stack, ""));
      return new Effect.Failure(to, Outcome.EXCEPTION, error);
    }

    private long takenId() {
      return taken(require("id", id));
    }

    /// Every field that an effect uses is taken once; what is left is foreign to it.
    private <T> T taken(T value) {
      seen--;
      return value;
    }

    private <T> T optional(@Nullable T value, T otherwise) {
      return value == null ? otherwise : taken(value);
    }

    private <T> T require(String key, @Nullable T value) {
      if (value == null) {
        throw in.refuse("the key \"" + key + "\" is missing");
      }
      return value;
    }
  }

  private List<Header> readHeaders() {
    List<Header> headers = new ArrayList<>();
    int chars = 0;
    in.expect(Kind.ARRAY);
    while (in.nextElement()) {
      if (headers.size() == MAX_HEADERS) {
        throw in.refuse("a response has at most " + MAX_HEADERS + " headers");
      }
      in.expect(Kind.ARRAY);
      Header header = new Header(headerText(), headerText());
      if (in.nextElement()) {
        throw notAPair();
      }
      chars += header.name().length() + header.value().length();
      if (chars > MAX_HEADER_CHARS) {
        throw in.refuse("headers have at most " + MAX_HEADER_CHARS + " characters");
      }
      headers.add(header);
    }
    return headers;
  }

  private String headerText() {
    if (!in.nextElement()) {
      throw notAPair();
    }
    return in.text();
  }

  private CborException notAPair() {
    return in.refuse("a header is an array of a name and a value");
  }

  private byte[] readBody() {
    byte[] body = in.kind() == Kind.TEXT ? in.text().getBytes(StandardCharsets.UTF_8) : in.bytes();
    bodyBytes += body.length;
    if (bodyBytes > limits.responseBodyBytes()) {
      throw in.refuse(
          "the response bodies of this turn have more than %d bytes"
              .formatted(limits.responseBodyBytes()));
    }
    return body;
  }

  private Effect.Level readLevel() {
    String word = in.text();
    for (Effect.Level level : Effect.Level.values()) {
      if (level.name().toLowerCase(Locale.ROOT).equals(word)) {
        return level;
      }
    }
    throw in.refuse("there is no level \"" + shorten(word) + "\"");
  }

  private static String shorten(String word) {
    return word.length() <= 40 ? word : word.substring(0, 40) + "…";
  }
}
