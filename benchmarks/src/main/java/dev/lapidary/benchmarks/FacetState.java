package dev.lapidary.benchmarks;

import java.util.List;

/// What `kill.js` answers to `state`.
///
/// @param count the counter in kv
/// @param totals of every round so far
/// @param written the rows of the round that was asked for
record FacetState(long count, List<Total> totals, List<Written> written) {
  /// @param rows rows of this round
  /// @param seqs the sum of their sequence numbers
  record Total(int round, long rows, long seqs) {}

  /// @param seq chosen by the client, unique in facet and round
  /// @param count what the counter was after this write
  record Written(long seq, long count) {}
}
