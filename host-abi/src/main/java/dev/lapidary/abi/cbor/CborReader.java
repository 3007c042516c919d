package dev.lapidary.abi.cbor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORParser;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Reads one CBOR item that a guest wrote, and refuses whatever is not asked for.
///
/// Integers are those of 64 bits, map keys are text and occur once, nesting is bounded, and nothing
/// may follow the item. Memory is bounded by the input's own size. Not thread-safe.
public final class CborReader {
  private static final int MAX_DEPTH = 8;
  private static final int NO_TAG = -1;
  private static final CBORFactory FACTORY =
      CBORFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(32)
                  .maxNameLength(64)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private final String what;
  private final CBORParser parser;

  /// What stands at the reader's position.
  public enum Kind {
    NULL,
    UNDEFINED,
    BOOLEAN,
    INTEGER,
    REAL,
    TEXT,
    BYTES,
    ARRAY,
    MAP;

    String label() {
      return switch (this) {
        case INTEGER -> "an integer";
        case ARRAY -> "an array";
        case NULL, UNDEFINED, TEXT, BYTES -> name().toLowerCase(Locale.ROOT);
        default -> "a " + name().toLowerCase(Locale.ROOT);
      };
    }
  }

  /// @param what names the input in messages, such as `effects`
  public CborReader(String what, byte[] input) {
    this.what = what;
    try {
      this.parser = FACTORY.createParser(input);
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  /// Moves on to the next item.
  ///
  /// @throws CborException where the input ends or is no CBOR
  public CborReader next() {
    JsonToken token = advance();
    if (token == null || token == JsonToken.NOT_AVAILABLE) {
      throw endsEarly();
    }
    return this;
  }

  private CborException endsEarly() {
    return new CborException(what + ": the CBOR ends too early");
  }

  private @Nullable JsonToken advance() {
    try {
      JsonToken token = parser.nextToken();
      if (token != null && parser.getCurrentTag() != NO_TAG && !isEnd(token)) {
        throw refuse("tag " + parser.getCurrentTag() + " has no meaning here");
      }
      return token;
    } catch (IOException | RuntimeException e) {
      throw malformed(e);
    }
  }

  private static boolean isEnd(JsonToken token) {
    return token == JsonToken.END_ARRAY || token == JsonToken.END_OBJECT;
  }

  /// Moves on to the next element of the array the reader is in.
  ///
  /// @return false where the array has ended
  public boolean nextElement() {
    return next().parser.currentToken() != JsonToken.END_ARRAY;
  }

  /// Moves on to the next key of the map the reader is in; its value is at [#next].
  ///
  /// @return null where the map has ended
  public @Nullable String nextKey() {
    next();
    try {
      return parser.currentToken() == JsonToken.END_OBJECT ? null : parser.currentName();
    } catch (IOException | RuntimeException e) {
      throw malformed(e);
    }
  }

  /// Passes over the item at this position with all that is in it.
  public void skip() {
    try {
      parser.skipChildren();
    } catch (IOException | RuntimeException e) {
      throw malformed(e);
    }
  }

  /// Makes sure that the input ends here.
  public void end() {
    if (advance() != null) {
      throw refuse("bytes follow the end");
    }
  }

  /// The kind of the item at this position.
  public Kind kind() {
    return switch (parser.currentToken()) {
      case START_ARRAY -> Kind.ARRAY;
      case START_OBJECT -> Kind.MAP;
      case VALUE_STRING -> Kind.TEXT;
      case VALUE_NUMBER_INT -> Kind.INTEGER;
      case VALUE_NUMBER_FLOAT -> Kind.REAL;
      case VALUE_TRUE, VALUE_FALSE -> Kind.BOOLEAN;
      case VALUE_NULL -> parser.isUndefined() ? Kind.UNDEFINED : Kind.NULL;
      case VALUE_EMBEDDED_OBJECT -> Kind.BYTES;
      case null, default -> throw refuse("this is no value");
    };
  }

  public CborReader expect(Kind wanted) {
    Kind kind = kind();
    if (kind != wanted) {
      throw refuse("expected " + wanted.label() + ", not " + kind.label());
    }
    return this;
  }

  public boolean bool() {
    expect(Kind.BOOLEAN);
    return parser.currentToken() == JsonToken.VALUE_TRUE;
  }

  public long integer() {
    expect(Kind.INTEGER);
    try {
      return parser.getLongValue();
    } catch (IOException | RuntimeException e) {
      throw refuse("the integer does not fit into 64 bits");
    }
  }

  /// An integer from a range.
  public int integer(int least, int most) {
    long value = integer();
    if (value < least || value > most) {
      throw refuse("expected an integer from " + least + " to " + most + ", not " + value);
    }
    return (int) value;
  }

  public double real() {
    expect(Kind.REAL);
    try {
      return parser.getDoubleValue();
    } catch (IOException | RuntimeException e) {
      throw malformed(e);
    }
  }

  public String text() {
    expect(Kind.TEXT);
    try {
      return parser.getText();
    } catch (IOException | RuntimeException e) {
      throw malformed(e);
    }
  }

  public byte[] bytes() {
    expect(Kind.BYTES);
    try {
      return parser.getBinaryValue();
    } catch (IOException | RuntimeException e) {
      throw malformed(e);
    }
  }

  /// A refusal of what stands at this position.
  public CborException refuse(String why) {
    return new CborException(where() + ": " + why);
  }

  private String where() {
    String path = parser.getParsingContext().pathAsPointer().toString();
    return what + (path.isEmpty() ? "" : " at " + path) + ", byte " + offset();
  }

  private long offset() {
    return Math.max(0, parser.currentTokenLocation().getByteOffset());
  }

  /// Whatever the parser meets in bytes that are no CBOR, its own slips included.
  private CborException malformed(Exception cause) {
    return switch (cause) {
      case CborException e -> e;
      case JsonEOFException e -> endsEarly();
      case StreamConstraintsException e -> new CborException(what + ": nested or named too deeply");
      case JsonProcessingException e -> {
        String text = String.valueOf(e.getOriginalMessage());
        yield text.startsWith("Duplicate field")
            ? refuse("a key occurs twice")
            : new CborException(what + ": malformed CBOR near byte " + offsetOf(e));
      }
      default -> new CborException(what + ": malformed CBOR");
    };
  }

  private static long offsetOf(JsonProcessingException e) {
    return e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getByteOffset());
  }
}
