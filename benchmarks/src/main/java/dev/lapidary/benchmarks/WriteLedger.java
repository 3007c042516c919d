package dev.lapidary.benchmarks;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What one facet must still know, because it said so. Thread-safe: connections write at once.
///
/// A write that was never acknowledged may be there or not. What a restart has shown once, though,
/// must stay: nobody writes to old rounds.
final class WriteLedger {
  private final Map<Long, Long> acknowledged = new HashMap<>();
  private final Set<Long> sent = new HashSet<>();
  private final Map<Integer, FacetState.Total> settled = new TreeMap<>();
  private long highest;
  private long acknowledgedEver;

  /// A write is about to leave.
  synchronized void sending(long seq) {
    sent.add(seq);
  }

  /// The server has acknowledged it with `count`.
  synchronized void acknowledge(long seq, long count) {
    acknowledged.put(seq, count);
    highest = Math.max(highest, count);
    acknowledgedEver++;
  }

  synchronized long acknowledgedEver() {
    return acknowledgedEver;
  }

  /// Some acknowledged write of this round, or -1.
  synchronized long anyAcknowledged() {
    return acknowledged.isEmpty() ? -1 : acknowledged.keySet().iterator().next();
  }

  /// Compares what the facet says after a restart with what it has promised, then starts the next
  /// round.
  ///
  /// @return each broken promise in words; empty when all is well
  synchronized List<String> settle(int round, FacetState state) {
    List<String> losses = new ArrayList<>();
    checkRound(state, losses);
    checkCounter(state, losses);
    checkOldRounds(round, state, losses);
    highest = Math.max(highest, state.count());
    acknowledged.clear();
    sent.clear();
    settled.clear();
    state.totals().forEach(total -> settled.put(total.round(), total));
    return losses;
  }

  private void checkRound(FacetState state, List<String> losses) {
    Map<Long, Long> found = new HashMap<>();
    Set<Long> counts = new HashSet<>();
    for (FacetState.Written row : state.written()) {
      found.put(row.seq(), row.count());
      if (!sent.contains(row.seq())) {
        losses.add("row " + row.seq() + " was never sent");
      }
      if (!counts.add(row.count())) {
        losses.add("two writes got the count " + row.count());
      }
    }
    acknowledged.forEach(
        (seq, count) -> {
          Long there = found.get(seq);
          if (there == null) {
            losses.add("acknowledged write " + seq + " is lost");
          } else if (!there.equals(count)) {
            losses.add("write " + seq + " answered " + count + " but holds " + there);
          }
        });
  }

  private void checkCounter(FacetState state, List<String> losses) {
    if (state.count() < highest) {
      losses.add("the counter went back from " + highest + " to " + state.count());
    }
    long rows = state.totals().stream().mapToLong(FacetState.Total::rows).sum();
    if (rows != state.count()) {
      losses.add("torn turn: the counter is " + state.count() + " but there are " + rows + " rows");
    }
  }

  private void checkOldRounds(int round, FacetState state, List<String> losses) {
    Map<Integer, FacetState.Total> now = new HashMap<>();
    state.totals().forEach(total -> now.put(total.round(), total));
    settled.forEach(
        (old, total) -> {
          if (old != round && !total.equals(now.get(old))) {
            losses.add("round " + old + " was " + total + " and is " + now.get(old));
          }
        });
  }
}
