package dev.lapidary.engine.facet;

import java.util.concurrent.CompletableFuture;

/// An alarm on its way to a facet. Both futures complete normally, never exceptionally.
///
/// @param delivered the handler's first turn has ended, whether or not the handler has
/// @param result how the run ended
public record AlarmRun(CompletableFuture<Void> delivered, CompletableFuture<AlarmResult> result) {

  AlarmRun() {
    this(new CompletableFuture<>(), new CompletableFuture<>());
  }

  void end(AlarmResult.Kind kind, long scheduledMillis) {
    result.complete(new AlarmResult(kind, scheduledMillis));
  }
}
