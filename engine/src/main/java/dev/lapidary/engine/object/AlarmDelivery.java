package dev.lapidary.engine.object;

import dev.lapidary.engine.alarm.AlarmTarget;
import dev.lapidary.engine.facet.AlarmRun;
import dev.lapidary.engine.facet.Facet;
import dev.lapidary.engine.facet.FacetId;
import dev.lapidary.engine.facet.FacetStart;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes the alarms of a namespace to its facets. Thread-safe.
final class AlarmDelivery implements AlarmTarget {
  private static final Logger LOG = LoggerFactory.getLogger(AlarmDelivery.class);

  private final ObjectNamespace namespace;
  private final FacetCode code;

  AlarmDelivery(ObjectNamespace namespace, FacetCode code) {
    this.namespace = namespace;
    this.code = code;
  }

  @Override
  public Optional<AlarmRun> run(FacetId id, int retryCount) {
    Optional<FacetStart.Initializer> initializer = code.of(id);
    Optional<Facet> facet = initializer.isEmpty() ? Optional.empty() : namespace.existing(id);
    while (facet.isPresent()) {
      Optional<AlarmRun> run = facet.get().alarm(retryCount, initializer.get());
      if (run.isPresent()) {
        return run;
      }
      facet = namespace.existing(id);
    }
    return Optional.empty();
  }

  @Override
  public void drop(FacetId id, long dueMillis) {
    Optional<CompletableFuture<Boolean>> dropped =
        namespace.existing(id).flatMap(facet -> facet.dropAlarm(dueMillis));
    if (dropped.isPresent()) {
      CompletableFuture<?> ignored = dropped.get().exceptionally(failure -> failed(id, failure));
    }
  }

  private static boolean failed(FacetId id, Throwable failure) {
    LOG.error("facet {}: its alarm could not be taken back", id, failure);
    return false;
  }

  @Override
  public void rest(FacetId id) {
    namespace.existing(id).ifPresent(facet -> facet.evictIfIdle(0));
  }
}
