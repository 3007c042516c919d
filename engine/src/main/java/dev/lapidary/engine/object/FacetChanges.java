package dev.lapidary.engine.object;

import dev.lapidary.abi.Effect.FacetChange;
import dev.lapidary.abi.GuestError;
import dev.lapidary.engine.facet.Facet;
import dev.lapidary.engine.facet.FacetId;
import dev.lapidary.engine.storage.DatabaseFiles;
import dev.lapidary.engine.storage.FacetDatabase;
import dev.lapidary.engine.storage.StorageAccount;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Aborts, deletes and clones facets with all below them, and knows which of that is under way, so
/// that what is sent to such a facet afterwards can wait. Thread-safe.
final class FacetChanges {
  private static final Logger LOG = LoggerFactory.getLogger(FacetChanges.class);
  private static final CompletableFuture<Void> NOTHING = CompletableFuture.completedFuture(null);
  private static final GuestError DELETED = new GuestError("Error", "Facet was deleted.", "");
  private static final GuestError CLONED_OVER =
      new GuestError("Error", "Facet was cloned-over.", "");

  private final ObjectNamespace namespace;
  private final List<UnderWay> underWay = new ArrayList<>();

  private record UnderWay(FacetId subtree, CompletableFuture<Void> done) {}

  FacetChanges(ObjectNamespace namespace) {
    this.namespace = namespace;
  }

  /// Completed once nothing is under way that concerns a facet.
  synchronized CompletableFuture<Void> concerning(FacetId facet) {
    if (underWay.isEmpty()) {
      return NOTHING;
    }
    CompletableFuture<?>[] changes =
        underWay.stream()
            .filter(change -> facet.isWithin(change.subtree))
            .map(UnderWay::done)
            .toArray(CompletableFuture<?>[]::new);
    return changes.length == 0 ? NOTHING : CompletableFuture.allOf(changes);
  }

  void change(FacetId parent, FacetChange change) {
    switch (change) {
      case FacetChange.Abort abort ->
          namespace.ifAwake(
              parent, object -> object.abort(parent.child(abort.name()), abort.reason()));
      case FacetChange.Delete delete -> {
        FacetId top = parent.child(delete.name());
        CompletableFuture<?> ignored = begin(top, () -> deleteAll(subtree(top), DELETED));
      }
      case FacetChange.DeleteAll all -> {
        List<FacetId> below = subtree(parent);
        if (below.size() > 1) {
          for (FacetId facet : below.subList(1, below.size())) {
            CompletableFuture<?> ignored = begin(facet, () -> delete(facet, DELETED));
          }
        }
      }
      case FacetChange.Clone clone ->
          clone(parent.child(clone.source()), parent.child(clone.target()));
    }
  }

  private List<FacetId> subtree(FacetId top) {
    return namespace.ask(top, object -> object.subtree(top));
  }

  private CompletableFuture<?> begin(
      FacetId subtree, Supplier<? extends CompletableFuture<?>> change) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    UnderWay entry = new UnderWay(subtree, done);
    synchronized (this) {
      underWay.add(entry);
    }
    CompletableFuture<?> ended;
    try {
      ended = change.get();
    } catch (RuntimeException e) {
      ended = CompletableFuture.failedFuture(e);
    }
    CompletableFuture<?> ignored =
        ended.whenComplete(
            (result, failure) -> {
              if (failure != null) {
                LOG.error("facet {} could not be deleted or cloned", subtree, failure);
              }
              synchronized (this) {
                underWay.remove(entry);
              }
              done.complete(null);
            });
    return ended;
  }

  /// Deletes a facet and all below it; fails where that cannot be done.
  CompletableFuture<Void> delete(FacetId top) {
    return begin(top, () -> deleteAll(subtree(top), DELETED)).thenApply(done -> null);
  }

  private CompletableFuture<Void> deleteAll(List<FacetId> facets, GuestError reason) {
    return CompletableFuture.allOf(
        facets.stream().map(facet -> delete(facet, reason)).toArray(CompletableFuture<?>[]::new));
  }

  private CompletableFuture<?> delete(FacetId id, GuestError reason) {
    return with(
        id,
        facet ->
            facet.withClosedFile(
                reason,
                file -> {
                  DatabaseFiles.delete(file, account(id));
                  namespace.alarmBook().changed(id, OptionalLong.empty());
                  return true;
                }));
  }

  private StorageAccount account(FacetId id) {
    return namespace.ask(id, DurableObject::account);
  }

  private void clone(FacetId source, FacetId target) {
    if (source.equals(target)) {
      namespace.ifAwake(target, object -> object.abort(target, CLONED_OVER));
      return;
    }
    List<FacetId> from = subtree(source);
    begin(
        target,
        () ->
            deleteAll(subtree(target), CLONED_OVER)
                .thenCompose(
                    deleted ->
                        CompletableFuture.allOf(
                            from.stream()
                                .map(facet -> copy(facet, moved(facet, source, target)))
                                .toArray(CompletableFuture<?>[]::new))));
  }

  private static FacetId moved(FacetId facet, FacetId source, FacetId target) {
    List<String> path = new ArrayList<>(target.path());
    path.addAll(facet.path().subList(source.path().size(), facet.path().size()));
    return new FacetId(facet.objectId(), facet.objectName(), path);
  }

  private CompletableFuture<?> copy(FacetId source, FacetId target) {
    Path scratch = namespace.scratchFile();
    CompletableFuture<@Nullable Boolean> copied =
        with(
            source,
            facet ->
                facet.withDatabase(
                    database -> {
                      database.timeTravel().copyTo(scratch);
                      return true;
                    }));
    return copied.thenCompose(there -> there == null ? NOTHING : install(scratch, target));
  }

  private CompletableFuture<Void> install(Path copy, FacetId target) {
    namespace.make(target);
    CompletableFuture<@Nullable Boolean> installed =
        with(
            target,
            facet ->
                facet.withClosedFile(
                    CLONED_OVER,
                    file -> {
                      DatabaseFiles.install(copy, file, account(target));
                      forgetAlarm(file, target);
                      return true;
                    }));
    return CompletableFuture.allOf(installed);
  }

  /// An alarm is the original's: it runs once, there.
  private void forgetAlarm(Path file, FacetId target) {
    try (FacetDatabase database =
        FacetDatabase.open(file, namespace.host().limits(), account(target))) {
      if (database.dropAlarm(Long.MAX_VALUE)) {
        database.commit();
      }
    }
  }

  /// Asks a facet that was used before; null where there is none.
  private <T> CompletableFuture<@Nullable T> with(
      FacetId id, Function<Facet, Optional<CompletableFuture<T>>> question) {
    Optional<Facet> facet = namespace.existing(id);
    while (facet.isPresent()) {
      Optional<CompletableFuture<T>> answer = question.apply(facet.get());
      if (answer.isPresent()) {
        return answer.get().thenApply(value -> value);
      }
      facet = namespace.existing(id);
    }
    return CompletableFuture.completedFuture(null);
  }
}
