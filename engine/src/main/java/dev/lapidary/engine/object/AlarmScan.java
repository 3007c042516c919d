package dev.lapidary.engine.object;

import dev.lapidary.engine.alarm.AlarmScheduler;
import dev.lapidary.engine.facet.Facet;
import dev.lapidary.engine.facet.FacetId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds all alarms of a namespace in the facets' own databases, where the index of alarms was
/// lost. Looks at one facet after the other, through its mailbox, so that requests go on meanwhile.
final class AlarmScan implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(AlarmScan.class);

  private final Path folder;
  private final ObjectNamespace namespace;
  private final AlarmScheduler alarms;

  AlarmScan(Path folder, ObjectNamespace namespace, AlarmScheduler alarms) {
    this.folder = folder;
    this.namespace = namespace;
    this.alarms = alarms;
  }

  @Override
  public void run() {
    int found = 0;
    try (DirectoryStream<Path> shards = Files.newDirectoryStream(folder, "[0-9a-f]*")) {
      for (Path shard : shards) {
        if (shard.getFileName().toString().matches("[0-9a-f]{4}")) {
          found += scanShard(shard);
        }
      }
      alarms.complete();
      if (found > 0) {
        LOG.info("the alarm index of {} was rebuilt from the facets: {} alarms", folder, found);
      }
    } catch (RejectedExecutionException e) {
      LOG.info("the alarm index of {} will be rebuilt at the next start", folder);
    } catch (IOException | RuntimeException e) {
      LOG.error("the alarm index of {} could not be rebuilt", folder, e);
    }
  }

  private int scanShard(Path shard) throws IOException {
    int found = 0;
    try (DirectoryStream<Path> objects = Files.newDirectoryStream(shard)) {
      for (Path object : objects) {
        String hex = object.getFileName().toString();
        if (hex.matches("[0-9a-f]{64}")) {
          ObjectId id = new ObjectId(hex);
          found += scanFacets(facets(id));
        }
      }
    }
    return found;
  }

  private List<FacetId> facets(ObjectId object) {
    try {
      return namespace.all(object);
    } catch (IllegalStateException | UncheckedIOException e) {
      LOG.warn("object {}: its index of facets could not be read", object.hex(), e);
      return List.of();
    }
  }

  private int scanFacets(List<FacetId> facets) {
    int found = 0;
    for (FacetId facet : facets) {
      try {
        OptionalLong alarm = alarm(facet);
        if (alarm.isPresent()) {
          alarms.found(facet, alarm.getAsLong());
          found++;
        }
      } catch (CompletionException e) {
        if (e.getCause() instanceof RejectedExecutionException closing) {
          throw closing;
        }
        LOG.warn("facet {}: its alarm could not be read", facet, e.getCause());
      }
    }
    return found;
  }

  private OptionalLong alarm(FacetId id) {
    Optional<Facet> facet = namespace.existing(id);
    while (facet.isPresent()) {
      Optional<CompletableFuture<OptionalLong>> alarm = facet.get().findAlarm();
      if (alarm.isPresent()) {
        return alarm.get().join();
      }
      facet = namespace.existing(id);
    }
    return OptionalLong.empty();
  }
}
