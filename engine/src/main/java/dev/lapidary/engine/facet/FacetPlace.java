package dev.lapidary.engine.facet;

import dev.lapidary.engine.storage.StorageAccount;
import java.nio.file.Path;

/// Where a facet keeps what it stores.
public sealed interface FacetPlace {
  /// It stores nothing: a worker.
  FacetPlace NOWHERE = new Nowhere();

  /// In a database of its own.
  ///
  /// @param account where its object keeps what the databases of all its facets hold
  /// @param book told of the facet's alarms
  record OnDisk(Path file, StorageAccount account, AlarmBook book) implements FacetPlace {}

  /// It stores nothing.
  record Nowhere() implements FacetPlace {}
}
