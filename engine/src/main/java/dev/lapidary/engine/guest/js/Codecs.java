package dev.lapidary.engine.guest.js;

import dev.lapidary.engine.guest.FuelTank;
import dev.lapidary.engine.guest.Tariff;
import java.util.HashMap;
import java.util.Map;

/// The compressors and decompressors that one guest has open. Their memory is native, so they are
/// few; their work is charged before their output is seen, so that a bomb burns its sender's fuel.
/// Not thread-safe: part of one runtime.
final class Codecs implements AutoCloseable {
  static final int MAX_OPEN = 64;

  /// Most that one call gives.
  private static final int OUTPUT_BYTES = 64 * 1024;

  private final FuelTank fuel;
  /// Input that waits in all of them, but for a first.
  private static final long MAX_UNREAD = 64L << 20;

  /// Bytes handed over since the last time that all output was taken, by number.
  private final Map<Integer, Long> inputs = new HashMap<>();

  private long unread;
  private final Map<Integer, Codec> open = new HashMap<>();
  private int last;

  Codecs(FuelTank fuel) {
    this.fuel = fuel;
  }

  /// @param format 0 zlib, 1 raw deflate, 2 gzip
  /// @param mode 0 compresses, 1 decompresses
  int open(int format, int mode) {
    if (open.size() >= MAX_OPEN) {
      throw new HostCallException(
          HostCallException.Kind.ERROR,
          "Too many compression streams are open: at most " + MAX_OPEN + " may be.");
    }
    fuel.charge(Tariff.CODEC);
    Codec.Format kind =
        switch (format) {
          case 0 -> Codec.Format.ZLIB;
          case 1 -> Codec.Format.RAW;
          default -> Codec.Format.GZIP;
        };
    open.put(++last, mode == 0 ? new Codec.Compressor(kind) : new Codec.Decompressor(kind));
    return last;
  }

  private Codec codec(int number) {
    Codec codec = open.get(number);
    if (codec == null) {
      throw new HostCallException(
          HostCallException.Kind.ERROR, "The compression stream is closed.");
    }
    return codec;
  }

  /// Hands input over; the output is read until there is none.
  ///
  /// @throws HostCallException where too much input waits already
  void write(int number, byte[] input, boolean last) {
    Codec codec = codec(number);
    if (unread > 0 && unread + input.length > MAX_UNREAD) {
      throw new HostCallException(
          HostCallException.Kind.RANGE_ERROR, "Too much waits to be compressed or decompressed.");
    }
    codec.write(input, last);
    inputs.merge(number, (long) input.length, Long::sum);
    unread += input.length;
  }

  private void forget(int number) {
    Long read = inputs.remove(number);
    unread -= read == null ? 0 : read;
  }

  /// Takes output.
  ///
  /// @return the next output, empty where there is none before more input
  byte[] read(int number) {
    Codec codec = codec(number);
    byte[] output = codec.read(OUTPUT_BYTES);
    fuel.charge(codec.price(output.length));
    if (output.length == 0) {
      forget(number);
    }
    return output;
  }

  void close(int number) {
    Codec codec = open.remove(number);
    forget(number);
    if (codec != null) {
      codec.close();
    }
  }

  @Override
  public void close() {
    open.values().forEach(Codec::close);
    open.clear();
  }
}
