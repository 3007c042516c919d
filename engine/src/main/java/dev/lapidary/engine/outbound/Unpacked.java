package dev.lapidary.engine.outbound;

import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.rpc.ByteStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/// A stream that arrives compressed. Each read unpacks one chunk on a thread of its own, so a few
/// bytes that stand for a gigabyte hold neither memory nor an event loop. Thread-safe.
final class Unpacked implements ByteStream {
  private static final int CHUNK = 64 * 1024;
  private static final int INPUT = 8 * 1024;
  private static final int ZLIB = 8;

  private final ByteStream packed;
  private final String encoding;
  private final long most;

  /// Made by the first read; null once it is closed.
  private @Nullable InputStream bytes;

  private final Arriving arriving;
  private boolean begun;
  private long total;
  private volatile @Nullable String cancelled;

  /// @param encoding one that [#knows] tells of
  /// @param most bytes that it may be, unpacked
  Unpacked(ByteStream packed, String encoding, long most) {
    this.packed = packed;
    this.arriving = new Arriving(packed);
    this.encoding = encoding.toLowerCase(Locale.ROOT);
    this.most = most;
  }

  /// Whether a content encoding can be unpacked.
  static boolean knows(String encoding) {
    return switch (encoding.toLowerCase(Locale.ROOT)) {
      case "gzip", "x-gzip", "deflate", "x-deflate" -> true;
      default -> false;
    };
  }

  @Override
  public CompletableFuture<Optional<byte[]>> read() {
    CompletableFuture<Optional<byte[]>> answer = new CompletableFuture<>();
    Thread ignored = Thread.ofVirtual().name("unpack").start(() -> read(answer));
    return answer;
  }

  private void read(CompletableFuture<Optional<byte[]>> answer) {
    Optional<byte[]> chunk;
    try {
      chunk = next();
    } catch (FacetException e) {
      answer.completeExceptionally(e);
      return;
    } catch (IOException | RuntimeException e) {
      packed.cancel("It cannot be unpacked.");
      answer.completeExceptionally(Internet.failure("Network connection lost."));
      return;
    }
    answer.complete(chunk);
  }

  private synchronized Optional<byte[]> next() throws IOException {
    String reason = cancelled;
    if (reason != null) {
      throw Internet.failure(reason);
    }
    if (!begun) {
      begun = true;
      bytes = open();
    }
    InputStream from = bytes;
    if (from == null) {
      return Optional.empty();
    }
    byte[] chunk = new byte[CHUNK];
    int count = from.read(chunk);
    if (count < 0) {
      close();
      if (arriving.read() >= 0) {
        packed.cancel("What follows is not read."); // or its connection would stay
      }
      return Optional.empty();
    }
    total += count;
    if (total > most) {
      String why = "The body has more than " + most + " bytes.";
      cancel(why);
      throw Internet.failure(why);
    }
    return Optional.of(count == CHUNK ? chunk : Arrays.copyOf(chunk, count));
  }

  /// Null where there is nothing to unpack.
  private @Nullable InputStream open() throws IOException {
    PushbackInputStream in = new PushbackInputStream(arriving, 1);
    int first = in.read();
    if (first < 0) {
      return null;
    }
    in.unread(first);
    if (encoding.endsWith("gzip")) {
      return new GZIPInputStream(in, INPUT);
    }
    boolean bare = (first & 15) != ZLIB; // as many servers send it
    return new InflaterInputStream(in, new Inflater(bare), INPUT) {
      @Override
      public void close() throws IOException {
        inf.end();
        super.close();
      }
    };
  }

  private synchronized void close() {
    InputStream from = bytes;
    bytes = null;
    if (from != null) {
      try {
        from.close();
      } catch (IOException e) {
        // it is over anyway
      }
    }
  }

  @Override
  public void cancel(String reason) {
    cancelled = reason;
    packed.cancel(reason);
    Thread ignored = Thread.ofVirtual().name("unpack").start(this::close); // a read may go on
  }

  /// What arrives, as Java reads it.
  private static final class Arriving extends InputStream {
    private final ByteStream source;
    private byte[] chunk = new byte[0];
    private int at;

    Arriving(ByteStream source) {
      this.source = source;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 255;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, into.length);
      while (at == chunk.length) {
        Optional<byte[]> next = pull();
        if (next.isEmpty()) {
          return -1;
        }
        chunk = next.get();
        at = 0;
      }
      int count = Math.min(length, chunk.length - at);
      System.arraycopy(chunk, at, into, offset, count);
      at += count;
      return count;
    }

    private Optional<byte[]> pull() throws IOException {
      try {
        return source.read().join();
      } catch (CompletionException e) {
        if (e.getCause() instanceof FacetException known) {
          throw known;
        }
        throw new IOException(e);
      }
    }

    @Override
    public int available() {
      return chunk.length - at;
    }
  }
}
