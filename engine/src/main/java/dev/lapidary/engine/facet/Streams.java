package dev.lapidary.engine.facet;

import dev.lapidary.abi.Body;
import dev.lapidary.abi.Effect;
import dev.lapidary.abi.Event;
import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.rpc.ByteStream;
import dev.lapidary.engine.guest.MemoryBudget;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The streams of bytes that one life of a facet reads and hands out.
///
/// Guarantee: nothing moves that was not asked for. A guest gets a chunk for each one it pulls, and
/// makes one for each that its reader pulls, so what is in flight is one chunk a stream. Lives in
/// its facet's mailbox, but for the streams it hands out.
final class Streams {
  /// Streams that a life has handed out and nobody has read to the end.
  static final int MAX_EXPORTED = 1_000;

  private static final String NO_ROOM = "The stream's chunk needs more memory than there is.";

  private final Inbox inbox;
  private final MemoryBudget memory;
  private final Map<Integer, GuestStream> exported = new HashMap<>();
  private final Set<Integer> pulling = new HashSet<>();
  private @Nullable FacetException end;

  /// @param memory what a chunk counts as until its reader wants the next one
  Streams(Inbox inbox, MemoryBudget memory) {
    this.inbox = inbox;
    this.memory = memory;
  }

  /// A way to a stream of the guest's.
  ///
  /// @throws IllegalArgumentException where there are too many
  ByteStream export(int number) {
    if (exported.size() >= MAX_EXPORTED) {
      throw new IllegalArgumentException(
          "Too many streams are open: at most " + MAX_EXPORTED + " may be.");
    }
    GuestStream stream = new GuestStream(number);
    exported.put(number, stream);
    return stream;
  }

  /// A body that the life hands out is the response to one of its requests: whoever gives it up is
  /// that request's client.
  void answers(Body body, long request) {
    if (body instanceof Body.Streamed streamed
        && streamed.stream() instanceof GuestStream own
        && exported.get(own.number) == own) {
      own.request = request;
    }
  }

  void release(Effect.OfStream effect) {
    switch (effect) {
      case Effect.OfStream.Pull pull -> pull(pull.stream(), pull.source());
      case Effect.OfStream.Cancel cancel -> cancel.source().cancel(cancel.reason());
      case Effect.OfStream.Chunk chunk -> {
        GuestStream stream = exported.get(chunk.export());
        if (stream != null) {
          stream.give(chunk.bytes());
        }
      }
      case Effect.OfStream.End over -> {
        GuestStream stream = exported.remove(over.export());
        if (stream != null) {
          stream.over = true;
          stream.answer(Optional.empty());
        }
      }
      case Effect.OfStream.Fail fail -> {
        GuestStream stream = exported.remove(fail.export());
        if (stream != null) {
          stream.fail(new FacetException(Outcome.EXCEPTION, fail.error()));
        }
      }
    }
  }

  private void pull(int number, ByteStream source) {
    if (!pulling.add(number)) {
      return; // a stream has one reader, who waits
    }
    CompletableFuture<Optional<byte[]>> read = source.read();
    CompletableFuture<?> ignored =
        read.whenComplete(
            (chunk, failure) ->
                inbox.post(
                    instance -> {
                      pulling.remove(number);
                      instance.streamed(event(number, read));
                    },
                    () -> source.cancel("Its reader has ended.")));
  }

  private static Event.OfStream event(int number, CompletableFuture<Optional<byte[]>> read) {
    if (read.isCompletedExceptionally()) {
      return new Event.OfStream.Failed(number, error(read));
    }
    return read.join()
        .<Event.OfStream>map(bytes -> new Event.OfStream.Chunk(number, bytes))
        .orElseGet(() -> new Event.OfStream.Ended(number));
  }

  private static GuestError error(CompletableFuture<?> failed) {
    return !failed.isCancelled() && failed.exceptionNow() instanceof FacetException known
        ? known.error()
        : new GuestError("Error", "Network connection lost.", "");
  }

  /// Whether nobody waits for a chunk and nothing is left of what was handed out.
  boolean isEmpty() {
    return exported.isEmpty() && pulling.isEmpty();
  }

  /// Ends all that was handed out; the first reason counts.
  void end(FacetException reason) {
    if (end == null) {
      end = reason;
    }
    List<GuestStream> open = List.copyOf(exported.values());
    exported.clear();
    open.forEach(stream -> stream.fail(reason));
  }

  /// A stream that the guest handed out. Its state lives in the facet's mailbox.
  private final class GuestStream implements ByteStream {
    private final int number;
    private @Nullable CompletableFuture<Optional<byte[]>> reader;
    private @Nullable FacetException failure;
    private boolean over;

    /// The request that it answers; 0 where it answers none.
    private long request;
    /// Bytes of the chunk that the reader has.
    private long held;

    GuestStream(int number) {
      this.number = number;
    }

    @Override
    public CompletableFuture<Optional<byte[]>> read() {
      CompletableFuture<Optional<byte[]>> answer = new CompletableFuture<>();
      inbox.post(instance -> wanted(instance, answer), () -> answer.completeExceptionally(ended()));
      return answer;
    }

    private FacetException ended() {
      FacetException known = failure == null ? end : failure;
      return known == null
          ? new FacetException(Outcome.ABORTED, "The stream's Worker or Durable Object has ended.")
          : known;
    }

    private void wanted(FacetInstance instance, CompletableFuture<Optional<byte[]>> answer) {
      letGo();
      if (failure != null) {
        answer.completeExceptionally(failure);
      } else if (over) {
        answer.complete(Optional.empty());
      } else if (reader != null) {
        answer.completeExceptionally(
            new FacetException(Outcome.EXCEPTION, "The stream is being read already."));
      } else {
        reader = answer;
        instance.streamed(new Event.OfStream.Wanted(number));
      }
    }

    private void give(byte[] chunk) {
      letGo();
      if (memory.reserve(chunk.length)) {
        held = chunk.length;
        answer(Optional.of(chunk));
      } else {
        exported.remove(number);
        fail(new FacetException(Outcome.EXCEEDED_MEMORY, NO_ROOM));
        inbox.post(
            instance -> instance.streamed(new Event.OfStream.Cancelled(number, NO_ROOM)), () -> {});
      }
    }

    private void letGo() {
      memory.release(held);
      held = 0;
    }

    private void answer(Optional<byte[]> chunk) {
      CompletableFuture<Optional<byte[]>> waiting = reader;
      reader = null;
      if (waiting != null) {
        waiting.complete(chunk);
      }
    }

    private void fail(FacetException reason) {
      letGo();
      failure = reason;
      CompletableFuture<Optional<byte[]>> waiting = reader;
      reader = null;
      if (waiting != null) {
        waiting.completeExceptionally(reason);
      }
    }

    @Override
    public void cancel(String reason) {
      inbox.post(
          instance -> {
            if (exported.remove(number) != null) {
              fail(new FacetException(Outcome.EXCEPTION, reason));
              instance.streamed(new Event.OfStream.Cancelled(number, reason));
              if (request != 0) {
                instance.clientGone(request);
              }
            }
          },
          () -> {});
    }
  }
}
