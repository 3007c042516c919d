package dev.lapidary.abi;

import dev.lapidary.abi.rpc.ByteStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/// The body of a request or response: bytes that are all there, or that arrive over time.
@SuppressWarnings("ClassInitializationDeadlock") // no method of its parts starts the interface
public sealed interface Body {
  /// No body.
  @SuppressWarnings("ClassInitializationDeadlock") // Whole initializes nothing
  Body NONE = new Whole(new byte[0]);

  /// All bytes at once.
  ///
  /// @param bytes owned by this record, never written to again; empty where there is no body
  @SuppressWarnings("ArrayRecordComponent") // a body is moved, not compared
  record Whole(byte[] bytes) implements Body {}

  /// Bytes that arrive over time. Whoever holds the body reads or cancels it, once.
  ///
  /// @param length how many bytes there will be, where that is known
  record Streamed(ByteStream stream, OptionalLong length) implements Body {}

  static Body of(byte[] bytes) {
    return new Whole(bytes);
  }

  static Body of(String text) {
    return new Whole(text.getBytes(StandardCharsets.UTF_8));
  }

  static Body of(ByteStream stream) {
    return new Streamed(stream, OptionalLong.empty());
  }

  /// The bytes, where they are all there.
  ///
  /// @throws IllegalStateException where they arrive over time
  default byte[] bytes() {
    if (this instanceof Whole whole) {
      return whole.bytes();
    }
    throw new IllegalStateException("this body is a stream");
  }

  /// All bytes, once they have arrived.
  ///
  /// @param limit in bytes; a longer stream is cancelled and fails with [FacetException]
  default CompletableFuture<byte[]> collect(long limit) {
    return switch (this) {
      case Whole whole -> CompletableFuture.completedFuture(whole.bytes());
      case Streamed streamed -> new BodyCollector(streamed.stream(), limit).collect();
    };
  }

  /// Gives up what was not read.
  default void discard(String reason) {
    if (this instanceof Streamed streamed) {
      streamed.stream().cancel(reason);
    }
  }
}
