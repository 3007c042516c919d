package dev.lapidary.engine.object;

import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.Limits;
import dev.lapidary.engine.facet.Facet;
import dev.lapidary.engine.facet.FacetId;
import dev.lapidary.engine.storage.FacetDatabase;
import dev.lapidary.engine.storage.ImportedDatabase;
import dev.lapidary.engine.storage.Repair;
import dev.lapidary.engine.storage.TimeTravel;
import dev.lapidary.engine.storage.history.RestorePoint;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/// What is stored for one facet: its history, copies of its database, its repair. Wakes no facet.
///
/// What cannot be done fails with [dev.lapidary.engine.storage.SqlException], which says why; a
/// facet that never was with [NoSuchFacetException]. Thread-safe; may touch the disk before it
/// answers.
public final class FacetStorage {
  private static final GuestError REPLACED =
      new GuestError("Error", "Durable Object reset because its storage was replaced.", "");

  private final ObjectNamespace namespace;
  private final FacetId id;

  FacetStorage(ObjectNamespace namespace, FacetId id) {
    this.namespace = namespace;
    this.id = id;
  }

  /// A restore that is done.
  ///
  /// @param bookmark where the database was taken back to; empty where a file was put in its place
  /// @param undo takes it back to what it was right before
  public record Restored(Optional<String> bookmark, String undo) {}

  /// The latest points that the database can be taken back to, the newest first.
  ///
  /// @param untilMillis none after this time
  public CompletableFuture<List<RestorePoint>> restorePoints(long untilMillis, int limit) {
    return travel(travel -> travel.restorePoints(untilMillis, limit));
  }

  /// The bookmark of the last commit up to a time.
  public CompletableFuture<String> bookmarkForTime(long epochMillis) {
    return travel(travel -> travel.bookmarkForTime(epochMillis));
  }

  /// Takes the database back to a bookmark now, and resets the facet if it runs.
  public CompletableFuture<Restored> restore(String bookmark) {
    return travel(travel -> travel.restoreNext(bookmark))
        .thenCompose(undo -> replaced(new Restored(Optional.of(bookmark), undo)));
  }

  /// Writes a consistent copy of the database to a file that is not there yet.
  public CompletableFuture<Path> exportTo(Path target) {
    return travel(
        travel -> {
          travel.copyTo(target);
          return target;
        });
  }

  /// Puts a SQLite file in the database's place, once it is found fit, and resets the facet if it
  /// runs. Makes the facet where there is none. The file is used up.
  public CompletableFuture<Restored> importFrom(Path file) {
    Limits limits = namespace.host().limits();
    return CompletableFuture.supplyAsync(
            () -> ImportedDatabase.check(file, limits), namespace.host().threads())
        .thenCompose(
            imported ->
                ask(
                    this::made,
                    facet -> facet.withDatabase(db -> db.timeTravel().importNext(imported))))
        .thenCompose(undo -> replaced(new Restored(Optional.empty(), undo)));
  }

  /// Rebuilds the database from its history and its WAL; what was there is kept beside it.
  public CompletableFuture<Repair> repair() {
    return ask(
        this::existing,
        facet ->
            facet.withFile(
                REPLACED,
                file -> Repair.run(file, namespace.host().limits(), namespace.host().clock())));
  }

  private CompletableFuture<Restored> replaced(Restored restored) {
    return ask(this::existing, facet -> facet.withFile(REPLACED, file -> restored));
  }

  private <T> CompletableFuture<T> travel(Function<TimeTravel, T> question) {
    Function<FacetDatabase, T> work = database -> question.apply(database.timeTravel());
    return ask(this::existing, facet -> facet.withDatabase(work));
  }

  private static <T> CompletableFuture<T> ask(
      Supplier<Facet> facet, Function<Facet, Optional<CompletableFuture<T>>> question) {
    while (true) {
      Optional<CompletableFuture<T>> answer = question.apply(facet.get());
      if (answer.isPresent()) {
        return answer.get();
      }
    }
  }

  private Facet made() {
    return namespace.facet(id);
  }

  private Facet existing() {
    return namespace
        .existing(id)
        .orElseThrow(
            () -> new NoSuchFacetException(id.objectName().orElse(id.objectId()), id.name()));
  }
}
