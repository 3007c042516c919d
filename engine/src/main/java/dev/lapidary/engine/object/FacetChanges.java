package dev.lapidary.engine.object;

import dev.lapidary.abi.Effect.FacetChange;
import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.Outcome;
import dev.lapidary.engine.facet.Facet;
import dev.lapidary.engine.facet.FacetId;
import dev.lapidary.engine.storage.FacetDatabase;
import dev.lapidary.engine.storage.SqlException;
import dev.lapidary.engine.storage.StorageAccount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Aborts, deletes and clones facets with all below them.
///
/// Guarantee: changes that concern the same facet happen one after the other, and what is sent to a
/// facet while it is changed arrives afterwards, each in the order in which it was asked for. A
/// change is done whole or not at all ([FacetSwap]), over a crash too.
/// Thread-safe.
final class FacetChanges {
  private static final Logger LOG = LoggerFactory.getLogger(FacetChanges.class);
  private static final CompletableFuture<Void> NOTHING = CompletableFuture.completedFuture(null);
  private static final GuestError DELETED = new GuestError("Error", "Facet was deleted.", "");
  private static final GuestError CLONED_OVER =
      new GuestError("Error", "Facet was cloned-over.", "");

  private final ObjectNamespace namespace;
  private final PendingChanges pending = new PendingChanges();

  /// Changes that have ended, and whoever waits for them was not told.
  private final Deque<CompletableFuture<Void>> ended = new ArrayDeque<>();

  private boolean goingOn;

  FacetChanges(ObjectNamespace namespace) {
    this.namespace = namespace;
  }

  /// Sends something to a facet, at once where nothing is under way that concerns it.
  <T> CompletableFuture<T> send(FacetId facet, Supplier<CompletableFuture<T>> work) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    synchronized (this) {
      if (pending.await(facet, () -> forward(work, answer))) {
        return answer;
      }
    }
    return work.get();
  }

  /// Completed once nothing is under way at a facet or below it.
  synchronized CompletableFuture<Void> settled(FacetId facet) {
    return all(pending.overlapping(facet));
  }

  private static CompletableFuture<Void> all(Collection<? extends CompletableFuture<?>> futures) {
    return CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new));
  }

  private static <T> void forward(
      Supplier<CompletableFuture<T>> work, CompletableFuture<T> answer) {
    CompletableFuture<?> ignored =
        attempt(work)
            .whenComplete(
                (value, failure) -> {
                  if (failure == null) {
                    answer.complete(value);
                  } else {
                    answer.completeExceptionally(failure);
                  }
                });
  }

  private static <T> CompletableFuture<T> attempt(Supplier<CompletableFuture<T>> work) {
    try {
      return work.get();
    } catch (RuntimeException | Error e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /// Lets what has waited long enough begin, one after the other: changes that waited for those
  /// that have ended, in turn with what is sent to facets. What begins may end at once; so only one
  /// thread goes on at a time, and never from within itself.
  private void goOn() {
    synchronized (this) {
      if (goingOn) {
        return;
      }
      goingOn = true;
    }
    while (true) {
      CompletableFuture<Void> over;
      Runnable next;
      synchronized (this) {
        over = ended.poll();
        next = pending.next();
        if (over == null && next == null) {
          goingOn = false;
          return;
        }
      }
      if (next != null) {
        send(next);
      }
      if (over != null) {
        over.complete(null);
      }
    }
  }

  private void send(Runnable next) {
    try {
      next.run();
    } catch (RuntimeException | Error e) {
      LOG.error("what was sent to a facet failed", e);
    } finally {
      synchronized (this) {
        pending.sent();
      }
    }
  }

  /// Makes a change, after those that concern the same facets.
  ///
  /// @return completed once it is done and on disk; fails with [FacetException] where it could not
  ///     be done
  CompletableFuture<Void> change(FacetId parent, FacetChange change) {
    return switch (change) {
      case FacetChange.Abort abort -> {
        namespace.ifAwake(
            parent, object -> object.abort(parent.child(abort.name()), abort.reason()));
        yield NOTHING;
      }
      case FacetChange.Delete delete -> told(delete(parent.child(delete.name())));
      case FacetChange.DeleteAll all ->
          told(
              begin(
                  List.of(new PendingChanges.Area(parent, false)),
                  () -> {
                    List<FacetId> tree = subtree(parent);
                    return deleteAll(tree.subList(Math.min(1, tree.size()), tree.size()), DELETED);
                  }));
      case FacetChange.Clone clone ->
          told(clone(parent.child(clone.source()), parent.child(clone.target())));
    };
  }

  /// What can be told of a failure to those who asked for the change.
  private static CompletableFuture<Void> told(CompletableFuture<Void> change) {
    return change.exceptionallyCompose(
        failure -> {
          Throwable cause = failure.getCause() == null ? failure : failure.getCause();
          String why = cause instanceof SqlException sql ? ": " + sql.getMessage() : ".";
          return CompletableFuture.failedFuture(
              new FacetException(Outcome.ABORTED, "Facets could not be deleted or cloned" + why));
        });
  }

  private List<FacetId> subtree(FacetId top) {
    return namespace.ask(top, object -> object.subtree(top));
  }

  CompletableFuture<Void> begin(
      List<PendingChanges.Area> areas, Supplier<CompletableFuture<Void>> change) {
    PendingChanges.Change entry;
    Set<CompletableFuture<Void>> earlier = new HashSet<>();
    synchronized (this) {
      areas.forEach(area -> earlier.addAll(pending.overlapping(area.top())));
      entry = pending.add(areas);
    }
    CompletableFuture<Void> changed =
        earlier.isEmpty() ? attempt(change) : all(earlier).thenCompose(over -> attempt(change));
    return changed.whenComplete((done, failure) -> ended(entry, failure));
  }

  private void ended(PendingChanges.Change change, @Nullable Throwable failure) {
    if (failure != null) {
      LOG.error("facets could not be deleted or cloned: {}", change.areas(), failure);
    }
    synchronized (this) {
      pending.remove(change);
      ended.add(change.done());
    }
    goOn();
  }

  /// Deletes a facet and all below it; fails where that cannot be done.
  CompletableFuture<Void> delete(FacetId top) {
    return begin(
        List.of(new PendingChanges.Area(top, true)), () -> deleteAll(subtree(top), DELETED));
  }

  /// Deletes facets, all of them or none.
  private CompletableFuture<Void> deleteAll(List<FacetId> facets, GuestError reason) {
    List<Path> files = facets.stream().map(namespace::file).toList();
    if (files.stream().filter(Files::exists).count() < 2) {
      return takeAll(files.stream().map(FacetSwap.Step.Delete::new).toList(), facets, reason);
    }
    FacetSwap swap = namespace.swap();
    files.forEach(swap::delete);
    return swap(swap, facets, reason);
  }

  /// Decides on a swap and does it, each step while its facet is closed.
  ///
  /// @param facets those whose databases it is about, in the order of its steps
  private CompletableFuture<Void> swap(FacetSwap swap, List<FacetId> facets, GuestError reason) {
    if (facets.isEmpty()) {
      swap.close();
      return NOTHING;
    }
    CompletableFuture<Void> swapped =
        attempt(
            () -> {
              swap.decide(account(facets.getFirst()));
              return takeAll(swap.steps(), facets, reason);
            });
    return swapped.whenComplete((done, failure) -> swap.close());
  }

  private CompletableFuture<Void> takeAll(
      List<? extends FacetSwap.Step> steps, List<FacetId> facets, GuestError reason) {
    List<CompletableFuture<?>> taken = new ArrayList<>();
    for (int i = 0; i < facets.size(); i++) {
      taken.add(take(steps.get(i), facets.get(i), reason));
    }
    return all(taken);
  }

  private CompletableFuture<?> take(FacetSwap.Step step, FacetId id, GuestError reason) {
    return with(
        id,
        facet ->
            facet.withClosedFile(
                reason,
                file -> {
                  step.take(account(id));
                  namespace.alarmBook().changed(id, OptionalLong.empty());
                  return true;
                }));
  }

  private StorageAccount account(FacetId id) {
    return namespace.ask(id, DurableObject::account);
  }

  private CompletableFuture<Void> clone(FacetId source, FacetId target) {
    if (source.equals(target)) {
      namespace.ifAwake(target, object -> object.abort(target, CLONED_OVER));
      return NOTHING;
    }
    return begin(
        List.of(new PendingChanges.Area(source, true), new PendingChanges.Area(target, true)),
        () -> {
          List<FacetId> sources = subtree(source).stream().filter(this::isStored).toList();
          List<FacetId> targets =
              sources.stream().map(facet -> moved(facet, source, target)).toList();
          targets.forEach(namespace::make);
          FacetSwap swap = namespace.swap();
          List<CompletableFuture<?>> copied = new ArrayList<>();
          for (int i = 0; i < sources.size(); i++) {
            copied.add(copy(sources.get(i), swap.replace(namespace.file(targets.get(i)))));
          }
          List<FacetId> all = new ArrayList<>(targets);
          for (FacetId old : subtree(target)) {
            if (!targets.contains(old)) {
              swap.delete(namespace.file(old));
              all.add(old);
            }
          }
          return all(copied)
              .whenComplete((done, failure) -> closeAfter(failure, swap))
              .thenCompose(done -> swap(swap, all, CLONED_OVER));
        });
  }

  private static void closeAfter(@Nullable Throwable failure, FacetSwap swap) {
    if (failure != null) {
      swap.close();
    }
  }

  private boolean isStored(FacetId facet) {
    return namespace
        .ask(facet, object -> object.status(facet))
        .filter(status -> status.running() || status.storedBytes() > 0)
        .isPresent();
  }

  private static FacetId moved(FacetId facet, FacetId source, FacetId target) {
    List<String> path = new ArrayList<>(target.path());
    path.addAll(facet.path().subList(source.path().size(), facet.path().size()));
    return new FacetId(facet.objectId(), facet.objectName(), path);
  }

  private CompletableFuture<?> copy(FacetId source, Path copy) {
    return with(
        source,
        facet ->
            facet.withDatabase(
                database -> {
                  database.timeTravel().copyTo(copy);
                  if (database.scheduledAlarm().isPresent()) {
                    forgetAlarm(copy);
                  }
                  return true;
                }));
  }

  /// An alarm is the original's: it runs once, there.
  private void forgetAlarm(Path copy) {
    try (FacetDatabase database =
        FacetDatabase.openWithoutHistory(copy, namespace.host().limits())) {
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
