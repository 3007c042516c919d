package dev.lapidary.engine.guest.js;

import dev.lapidary.engine.guest.Tariff;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/// One stream that is compressed or decompressed. Input is handed over by `write`, then output is
/// read until it is empty.
sealed interface Codec extends AutoCloseable {
  byte[] NOTHING = new byte[0];

  /// The formats of CompressionStream, in the order of their numbers.
  enum Format {
    ZLIB,
    RAW,
    GZIP
  }

  void write(byte[] input, boolean last);

  /// At most so many bytes of output; empty where there is none before more input.
  byte[] read(int most);

  /// What the last read cost in fuel.
  long price(int output);

  @Override
  void close();

  private static HostCallException broken(String message) {
    return new HostCallException(HostCallException.Kind.TYPE_ERROR, message);
  }

  /// Compresses.
  final class Compressor implements Codec {
    private static final byte[] GZIP_HEAD = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};

    private final Format format;
    private final Deflater deflater;
    private final CRC32 crc = new CRC32();
    private long taken;
    private long charged;
    private byte[] pending;
    private boolean last;
    private boolean trailed;

    Compressor(Format format) {
      this.format = format;
      this.deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, format != Format.ZLIB);
      this.pending = format == Format.GZIP ? GZIP_HEAD : NOTHING;
    }

    @Override
    public void write(byte[] input, boolean end) {
      crc.update(input);
      taken += input.length;
      deflater.setInput(input);
      if (end) {
        last = true;
        deflater.finish();
      }
    }

    @Override
    public byte[] read(int most) {
      if (pending.length > 0) {
        byte[] head = pending;
        pending = NOTHING;
        return head;
      }
      byte[] output = new byte[most];
      int length = deflater.deflate(output);
      if (length == 0 && last && format == Format.GZIP && !trailed) {
        trailed = true;
        return trailer();
      }
      return length == most ? output : Arrays.copyOf(output, length);
    }

    private byte[] trailer() {
      byte[] trailer = new byte[8];
      for (int i = 0; i < 4; i++) {
        trailer[i] = (byte) (crc.getValue() >> (8 * i));
        trailer[4 + i] = (byte) (taken >> (8 * i));
      }
      return trailer;
    }

    @Override
    public long price(int output) {
      long fresh = deflater.getBytesRead() - charged;
      charged += fresh;
      return fresh * Tariff.COMPRESSED_BYTE + Tariff.bytes(output);
    }

    @Override
    public void close() {
      deflater.end();
    }
  }

  /// Decompresses; refuses what is damaged, too short or too long.
  final class Decompressor implements Codec {
    private static final int MAX_HEAD = 70_000;

    private final Format format;
    private final Inflater inflater;
    private final CRC32 crc = new CRC32();
    private final ByteArrayOutputStream head = new ByteArrayOutputStream();
    private final ByteArrayOutputStream tail = new ByteArrayOutputStream();
    private byte[] input = NOTHING;
    private long charged;
    private boolean begun;
    private boolean last;

    Decompressor(Format format) {
      this.format = format;
      this.inflater = new Inflater(format != Format.ZLIB);
      this.begun = format != Format.GZIP;
    }

    @Override
    public void write(byte[] bytes, boolean end) {
      last |= end;
      if (inflater.finished()) {
        trail(bytes, 0, bytes.length);
      } else if (begun) {
        feed(bytes, 0);
      } else {
        begin(bytes);
      }
    }

    private void feed(byte[] bytes, int from) {
      input = bytes;
      inflater.setInput(bytes, from, bytes.length - from);
    }

    private void begin(byte[] more) {
      head.writeBytes(more);
      byte[] bytes = head.toByteArray();
      int length = headLength(bytes);
      if (length >= 0) {
        begun = true;
        feed(bytes, length);
      } else if (bytes.length > MAX_HEAD) {
        throw broken("Decompression failed.");
      }
    }

    /// @return the length of a gzip member's head, -1 where there is more of it to come
    private static int headLength(byte[] bytes) {
      byte[] magic = {0x1f, (byte) 0x8b, 8};
      for (int i = 0; i < Math.min(3, bytes.length); i++) {
        if (bytes[i] != magic[i]) {
          throw broken("Decompression failed.");
        }
      }
      if (bytes.length < 10) {
        return -1;
      }
      int flags = bytes[3];
      if ((flags & 0xe0) != 0) {
        throw broken("Decompression failed.");
      }
      int at = 10;
      if ((flags & 4) != 0) {
        if (bytes.length < at + 2) {
          return -1;
        }
        at += 2 + ((bytes[at] & 0xff) | ((bytes[at + 1] & 0xff) << 8));
      }
      for (int flag : new int[] {8, 16}) {
        if ((flags & flag) != 0) {
          while (at < bytes.length && bytes[at] != 0) {
            at++;
          }
          at++;
        }
      }
      if ((flags & 2) != 0) {
        at += 2;
      }
      return at <= bytes.length ? at : -1;
    }

    @Override
    public byte[] read(int most) {
      byte[] output = NOTHING;
      if (begun && !inflater.finished()) {
        output = inflate(most);
      }
      if (output.length == 0 && last && !(inflater.finished() && trailed())) {
        throw broken("Called close() on a decompression stream with incomplete data");
      }
      return output;
    }

    private byte[] inflate(int most) {
      byte[] output = new byte[most];
      int length;
      try {
        length = inflater.inflate(output);
      } catch (DataFormatException e) {
        throw broken("Decompression failed.");
      }
      if (inflater.needsDictionary()) {
        throw broken("Decompression failed.");
      }
      crc.update(output, 0, length);
      if (inflater.finished()) {
        finish();
      }
      return length == most ? output : Arrays.copyOf(output, length);
    }

    /// What follows the compressed data is the trailer, and must be no more.
    private void finish() {
      int left = inflater.getRemaining();
      trail(input, input.length - left, left);
      input = NOTHING;
    }

    private void trail(byte[] bytes, int from, int length) {
      tail.write(bytes, from, length);
      int expected = format == Format.GZIP ? 8 : 0;
      if (tail.size() > expected) {
        throw broken("Trailing bytes after end of compressed data");
      }
      if (format == Format.GZIP && tail.size() == 8) {
        checkTrailer(tail.toByteArray());
      }
    }

    private void checkTrailer(byte[] trailer) {
      for (int i = 0; i < 4; i++) {
        if (trailer[i] != (byte) (crc.getValue() >> (8 * i))
            || trailer[4 + i] != (byte) (inflater.getBytesWritten() >> (8 * i))) {
          throw broken("Decompression failed.");
        }
      }
    }

    private boolean trailed() {
      return format != Format.GZIP || tail.size() == 8;
    }

    @Override
    public long price(int output) {
      long fresh = inflater.getBytesRead() - charged;
      charged += fresh;
      return (fresh + output) * Tariff.DECOMPRESSED_BYTE + Tariff.bytes(output);
    }

    @Override
    public void close() {
      inflater.end();
    }
  }
}
