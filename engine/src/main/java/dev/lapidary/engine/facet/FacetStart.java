package dev.lapidary.engine.facet;

import dev.lapidary.abi.rpc.Payload;
import dev.lapidary.engine.guest.Group;
import dev.lapidary.engine.guest.GuestCode;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a facet is started with.
///
/// @param code the loaded code
/// @param className the class it exports; null picks `App`, else the only one
/// @param props what the class finds in `ctx.props`
/// @param idText what it sees as its id; null for its object's
/// @param worker what the code belongs to
public record FacetStart(
    GuestCode code,
    @Nullable String className,
    Payload props,
    @Nullable String idText,
    WorkerContext worker) {

  public FacetStart(GuestCode code, @Nullable String className) {
    this(code, className, Payload.UNDEFINED, null, WorkerContext.NONE);
  }

  /// Whom it shares memory and turns with.
  Group group() {
    Group known = worker.group();
    return known == null ? Group.of(code.codeId()) : known;
  }

  /// The same, seen under another id.
  public FacetStart withId(@Nullable String text) {
    return new FacetStart(code, className, props, text, worker);
  }

  /// Answers with what to run, each time a facet that is not running gets an event. May be called
  /// from any thread and may load code; what it throws fails the event and is forgotten.
  @FunctionalInterface
  public interface Initializer {
    FacetStart start();

    /// The same for those who wait for others to answer. Returns at once.
    default CompletableFuture<FacetStart> begin() {
      try {
        return CompletableFuture.completedFuture(start());
      } catch (RuntimeException e) {
        return CompletableFuture.failedFuture(e);
      }
    }

    /// One that answers later.
    static Initializer later(Supplier<CompletableFuture<FacetStart>> source) {
      return new Initializer() {
        @Override
        public FacetStart start() {
          return source.get().join();
        }

        @Override
        public CompletableFuture<FacetStart> begin() {
          return source.get();
        }
      };
    }
  }
}
