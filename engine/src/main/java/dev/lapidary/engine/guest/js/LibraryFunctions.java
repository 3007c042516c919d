package dev.lapidary.engine.guest.js;

import dev.lapidary.engine.guest.FuelTank;
import dev.lapidary.engine.guest.SeededRandom;
import dev.lapidary.engine.guest.Tariff;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.util.Map;

/// The host functions that JavaScript library code needs: cryptography, time zones, encodings. They
/// touch no storage and leave no effect.
final class LibraryFunctions {
  /// What the JDK calls an encoding, where it is not as the web does.
  private static final Map<String, String> CHARSETS =
      Map.of(
          "macintosh", "x-MacRoman",
          "windows-874", "x-windows-874",
          "big5", "Big5-HKSCS",
          "shift_jis", "windows-31j",
          "euc-kr", "x-windows-949");

  private final QuickJs js;
  private final FuelTank fuel;
  private final CryptoFunctions crypto;
  private final PromiseHook promises;

  LibraryFunctions(QuickJs js, FuelTank fuel, SeededRandom random, PromiseHook promises) {
    this.js = js;
    this.fuel = fuel;
    this.promises = promises;
    this.crypto = new CryptoFunctions(js, fuel, random);
  }

  boolean has(HostFunction function) {
    return switch (function) {
      case CRYPTO, ZONE_OFFSET, FOLLOW_PROMISES, DECODE, UTF8, TEXT -> true;
      default -> false;
    };
  }

  long perform(HostFunction function, long[] args) {
    return switch (function) {
      case CRYPTO -> crypto.perform(args);
      case ZONE_OFFSET -> zoneOffset(js.text(args[0]), JsValue.toDouble(args[1]));
      case FOLLOW_PROMISES -> promises.follow();
      case UTF8 -> js.arrayBuffer(js.utf8(args[0]));
      case TEXT -> js.textOf(args[0]);
      case DECODE ->
          decode(js.text(args[0]), js.arrayBufferBytes(args[1]), args[2] == JsValue.TRUE);
      default -> throw new IllegalStateException("not a library function: " + function);
    };
  }

  /// The offset of a time zone from UTC at a moment, in seconds; NaN for a zone that is not known.
  private long zoneOffset(String zone, double epochMillis) {
    fuel.charge(Tariff.ZONE_LOOKUP);
    return JsValue.of(TimeZones.offsetSeconds(zone, epochMillis));
  }

  /// `decode(encoding, bytes, fatal)`: text in one of the older encodings; null where the bytes are
  /// none and that is fatal.
  private long decode(String encoding, byte[] bytes, boolean fatal) {
    fuel.charge(Tariff.bytes(10L * bytes.length));
    CodingErrorAction malformed = fatal ? CodingErrorAction.REPORT : CodingErrorAction.REPLACE;
    try {
      return js.string(
          Charset.forName(CHARSETS.getOrDefault(encoding, encoding))
              .newDecoder()
              .onMalformedInput(malformed)
              .onUnmappableCharacter(malformed)
              .decode(ByteBuffer.wrap(bytes))
              .toString());
    } catch (CharacterCodingException e) {
      return JsValue.NULL;
    } catch (IllegalArgumentException e) {
      throw new HostCallException(
          HostCallException.Kind.RANGE_ERROR, "The encoding " + encoding + " is not supported.");
    }
  }
}
