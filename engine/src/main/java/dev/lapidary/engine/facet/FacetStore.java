package dev.lapidary.engine.facet;

import dev.lapidary.abi.Effect;
import dev.lapidary.engine.storage.FacetDatabase;
import dev.lapidary.engine.storage.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one life of a facet writes to: its open database and its alarm; nothing for a worker.
///
/// Every commit of a running facet goes through here, so that the alarm's book keeps up. Not
/// thread-safe: lives in its facet's mailbox.
final class FacetStore implements AutoCloseable {
  private static final Usage NOTHING = new Usage(0, 0);

  private final @Nullable FacetDatabase database;
  private final @Nullable FacetAlarm alarm;

  private FacetStore(@Nullable FacetDatabase database, @Nullable FacetAlarm alarm) {
    this.database = database;
    this.alarm = alarm;
  }

  static FacetStore open(FacetId id, FacetHost host, FacetPlace place) {
    return switch (place) {
      case FacetPlace.Nowhere nowhere -> new FacetStore(null, null);
      case FacetPlace.OnDisk disk -> {
        FacetDatabase database =
            FacetDatabase.open(disk.file(), host.limits(), disk.account(), host.clock());
        try {
          yield new FacetStore(database, new FacetAlarm(id, database, disk.book()));
        } catch (RuntimeException | Error e) {
          database.close();
          throw e;
        }
      }
    };
  }

  /// The database; null for a worker.
  @Nullable FacetDatabase database() {
    return database;
  }

  /// The database of what is known to have one.
  FacetDatabase requireDatabase() {
    if (database == null) {
      throw new IllegalStateException("a worker has no database");
    }
    return database;
  }

  FacetAlarm requireAlarm() {
    if (alarm == null) {
      throw new IllegalStateException("a worker has no alarm");
    }
    return alarm;
  }

  boolean alarmRuns() {
    return alarm != null && alarm.running();
  }

  /// Whether the alarm's run of this id is under way.
  boolean runsAlarm(long event) {
    return alarm != null && alarm.isRun(event);
  }

  /// Ends the alarm's run of this id, if that is under way.
  void endAlarm(long event, AlarmResult.Kind kind) {
    if (alarm != null) {
      alarm.end(event, kind);
    }
  }

  void interruptAlarm() {
    if (alarm != null) {
      alarm.interrupt();
    }
  }

  /// Whether an asynchronous transaction is open, so that nothing can be committed.
  boolean inTransaction() {
    return database != null && database.savepoints() > 0;
  }

  /// Makes the turn's writes durable, unless an asynchronous transaction is open.
  ///
  /// @param held effects of earlier turns that will be released with the commit
  /// @param effects those of this turn
  void commit(List<Effect> held, List<Effect> effects) {
    if (database != null && alarm != null && database.savepoints() == 0) {
      alarm.beforeCommit(held);
      alarm.beforeCommit(effects);
      database.commit();
      alarm.afterCommit();
    }
  }

  Usage takeUsage() {
    return database == null ? NOTHING : database.takeUsage();
  }

  /// Interrupts what the database is doing; for any thread.
  void interrupt() {
    if (database != null) {
      database.interrupt();
    }
  }

  @Override
  public void close() {
    if (database != null) {
      database.close();
    }
  }
}
