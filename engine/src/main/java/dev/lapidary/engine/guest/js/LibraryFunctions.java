package dev.lapidary.engine.guest.js;

import dev.lapidary.engine.guest.FuelTank;
import dev.lapidary.engine.guest.SeededRandom;
import dev.lapidary.engine.guest.Tariff;

/// The host functions that JavaScript library code needs: cryptography, time zones. They touch no storage and leave no effect.
final class LibraryFunctions {
  private final QuickJs js;
  private final FuelTank fuel;
  private final CryptoFunctions crypto;

  LibraryFunctions(QuickJs js, FuelTank fuel, SeededRandom random) {
    this.js = js;
    this.fuel = fuel;
    this.crypto = new CryptoFunctions(js, fuel, random);
  }

  boolean has(HostFunction function) {
    return switch (function) {
      case CRYPTO, ZONE_OFFSET -> true;
      default -> false;
    };
  }

  long perform(HostFunction function, long[] args) {
    return switch (function) {
      case CRYPTO -> crypto.perform(args);
      case ZONE_OFFSET -> zoneOffset(js.text(args[0]), JsValue.toDouble(args[1]));
      default -> throw new IllegalStateException("not a library function: " + function);
    };
  }

  /// The offset of a time zone from UTC at a moment, in seconds; NaN for a zone that is not known.
  private long zoneOffset(String zone, double epochMillis) {
    fuel.charge(Tariff.ZONE_LOOKUP);
    return JsValue.of(TimeZones.offsetSeconds(zone, epochMillis));
  }
}
