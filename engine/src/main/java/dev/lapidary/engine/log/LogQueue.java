package dev.lapidary.engine.log;

import dev.lapidary.abi.Effect;
import dev.lapidary.abi.Outcome;
import dev.lapidary.engine.facet.FacetId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Lines on their way to the disk, and how many had no room here. Thread-safe.
final class LogQueue {
  static final int LINE_COST = 64;

  private final LogLimits limits;
  private List<Line> lines = new ArrayList<>();
  private Map<FacetId, Long> bytesOf = new HashMap<>();
  private Map<FacetId, Long> lost = new LinkedHashMap<>();
  private long bytes;

  LogQueue(LogLimits limits) {
    this.limits = limits;
  }

  record Line(
      FacetId facet, long time, Effect.Level level, String message, @Nullable Outcome outcome) {
    long cost() {
      return message.length() + (long) LINE_COST;
    }
  }

  /// What had come since the last time, in its order.
  ///
  /// @param lost how many more there were, by facet
  record Batch(List<Line> lines, Map<FacetId, Long> lost) {
    boolean isEmpty() {
      return lines.isEmpty() && lost.isEmpty();
    }
  }

  /// Adds a line, or counts it as lost where there is no room.
  ///
  /// @return whether the queue was empty before
  synchronized boolean add(Line line) {
    boolean first = lines.isEmpty() && lost.isEmpty();
    long own = bytesOf.getOrDefault(line.facet(), 0L) + line.cost();
    if (bytes + line.cost() > limits.waitingBytes() || own > limits.waitingBytes() / 8) {
      lost.merge(line.facet(), 1L, Long::sum);
    } else {
      lines.add(line);
      bytes += line.cost();
      bytesOf.put(line.facet(), own);
    }
    return first;
  }

  synchronized Batch take() {
    Batch batch = new Batch(lines, lost);
    lines = new ArrayList<>();
    bytesOf = new HashMap<>();
    lost = new LinkedHashMap<>();
    bytes = 0;
    return batch;
  }

  /// A batch that could not be written: its lines are lost, which is not forgotten. Whoever says so
  /// sees to it that the queue is taken again.
  synchronized void lost(Batch batch) {
    batch.lines().forEach(line -> lost.merge(line.facet(), 1L, Long::sum));
    batch.lost().forEach((facet, count) -> lost.merge(facet, count, Long::sum));
  }
}
