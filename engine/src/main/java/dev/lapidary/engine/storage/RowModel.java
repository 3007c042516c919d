package dev.lapidary.engine.storage;

import dev.lapidary.engine.storage.Listing.Loop;
import dev.lapidary.engine.storage.Listing.Op;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How many rows a statement reads and writes by Cloudflare's rules, told from its program and from
/// what can be seen from outside: the rows it returned, the rows it changed, the size of the tables
/// it went through.
///
/// Cloudflare counts inside of SQLite: each row a cursor is put on or moved to, index entries and
/// sorted rows included, and each row or index entry written. Here the loops of the program are
/// read: a scan of a whole table makes as many rounds as the table has rows, a loop that returns a
/// row in each round as many as rows were returned. Where neither tells (a filtered range, a limit
/// with an offset) the rows returned or changed are counted, which is too few.
final class RowModel {
  /// A statement of which nothing is known but that it touches no row.
  static final RowModel NONE = new RowModel(new Listing(), List.of(), Effect.OTHER);

  /// What a statement does to the number of rows in the table it names.
  enum Effect {
    ADDS_ROWS,
    REMOVES_ROWS,
    CHANGES_SCHEMA,
    OTHER
  }

  /// What is known once a statement has run.
  interface Facts {
    long rowsReturned();

    /// Rows changed by the statement itself.
    long changes();

    /// Rows changed by its triggers and foreign keys.
    long furtherChanges();

    /// Entries of the b-tree now.
    long entries(int rootPage);
  }

  /// Longer programs are not looked into: the time for that grows with the square of the length.
  private static final int MOST_INSTRUCTIONS = 2_000;

  private interface Count {
    long of(Facts facts);
  }

  private static final Count ZERO = facts -> 0;
  private static final Count ONE = facts -> 1;
  private static final Count ROWS = Facts::rowsReturned;
  private static final Count CHANGES = Facts::changes;

  private final Listing listing;
  private final int result;
  private final int change;
  private final Effect effect;
  private final Map<Loop, Count> rounds = new HashMap<>();
  private final List<Count> reads = new ArrayList<>();
  private final List<Count> writes = new ArrayList<>();

  private RowModel(Listing listing, List<Listing> triggers, Effect effect) {
    this.listing = listing;
    this.effect = effect;
    this.result = listing.only(op -> op.code().equals("ResultRow"));
    this.change = listing.only(Op::countsAsChange);
    if (listing.ops.size() > MOST_INSTRUCTIONS) {
      reads.add(ROWS);
    } else {
      countAllReads();
    }
    if (effect == Effect.CHANGES_SCHEMA) {
      countSchemaWrites();
    } else {
      countWrites(triggers);
    }
  }

  /// @param programs the statement's own and those of its triggers, as EXPLAIN lists them
  static RowModel of(List<Listing> programs, Effect effect) {
    return new RowModel(programs.getFirst(), programs.subList(1, programs.size()), effect);
  }

  /// Whether it reads any row at all.
  boolean reads() {
    return !reads.isEmpty();
  }

  long rowsRead(Facts facts) {
    return sum(reads, facts);
  }

  long rowsWritten(Facts facts) {
    return sum(writes, facts);
  }

  private static long sum(List<Count> counts, Facts facts) {
    long sum = 0;
    for (Count count : counts) {
      sum += count.of(facts);
    }
    return sum;
  }

  private void countAllReads() {
    for (int at = 0; at < listing.ops.size(); at++) {
      countReads(listing.ops.get(at), at);
    }
    for (Loop loop : listing.loops) {
      countSteps(loop);
    }
  }

  private void countReads(Op op, int at) {
    boolean puts =
        op.seeks()
            || (op.scans() && !op.code().equals("VFilter"))
            || op.code().equals("SeekRowid")
            || op.code().equals("NotExists");
    Loop loop = listing.around(at);
    if (op.code().equals("Last") && loop != null && !listing.isStored(op.p1())) {
      // A sort with a limit looks at the last of the best for each row once it has as many.
      Count all = rounds(loop);
      reads.add(facts -> Math.max(0, all.of(facts) - facts.rowsReturned()));
    } else if (puts) {
      reads.add(executions(at));
    } else if (op.code().equals("Count") && op.p3() == 0) {
      reads.add(times(executions(at), entries(op.p1())));
    }
  }

  /// What moving from row to row reads, the first row aside.
  private void countSteps(Loop loop) {
    if (loop.cursor() < 0) {
      return;
    }
    Count all = rounds(loop);
    if (listing.ops.get(loop.end()).code().equals("VNext")) {
      reads.add(all);
      return;
    }
    Count starts = loop.start() < 0 ? ONE : executions(loop.start());
    boolean range = loop.start() >= 0 && listing.ops.get(loop.start()).seeks();
    // A range ends on a row behind it, as a rule.
    boolean readsOneBehind = range && listing.isLeftEarly(loop);
    reads.add(
        facts -> {
          long made = all.of(facts);
          return readsOneBehind ? made : Math.max(0, made - starts.of(facts));
        });
  }

  private void countWrites(List<Listing> triggers) {
    int trees = change < 0 && listing.only(op -> op.code().equals("Delete")) >= 0 ? 1 : 0;
    int each = Math.max(1, Math.max(trees, listing.treesFilled() - sequences()));
    int further = triggers.stream().mapToInt(Listing::treesFilled).max().orElse(1);
    long sequence = sequences();
    writes.add(
        facts ->
            facts.changes() * each
                + facts.furtherChanges() * Math.max(1, further)
                + (facts.changes() > 0 ? sequence : 0));
  }

  /// Rows written once at the end: the counter of AUTOINCREMENT.
  private int sequences() {
    int rows = 0;
    for (int at = 0; at < Math.min(MOST_INSTRUCTIONS, listing.ops.size()); at++) {
      Op op = listing.ops.get(at);
      boolean plain = op.code().equals("Insert") && !op.countsAsChange();
      if (plain && listing.isStored(op.p1()) && listing.around(at) == null && change >= 0) {
        rows++;
      }
    }
    return rows;
  }

  private void countSchemaWrites() {
    for (int at = 0; at < Math.min(MOST_INSTRUCTIONS, listing.ops.size()); at++) {
      Op op = listing.ops.get(at);
      if ((op.fills() && listing.isStored(op.p1())) || op.countsAsChange()) {
        writes.add(executions(at));
      }
    }
  }

  private Count executions(int at) {
    Loop loop = listing.around(at);
    if (loop == null) {
      return ONE;
    }
    return listing.isSkipped(at, loop) ? guess(loop) : rounds(loop);
  }

  /// The rounds of a loop, over all times it was started.
  private Count rounds(Loop loop) {
    Count known = rounds.get(loop);
    if (known == null) {
      rounds.put(loop, guess(loop)); // for a loop that would depend on itself
      known = findRounds(loop);
      rounds.put(loop, known);
    }
    return known;
  }

  private Count findRounds(Loop loop) {
    if (isInEachRound(result, loop)) {
      return ROWS;
    }
    if (isInEachRound(change, loop)) {
      return CHANGES;
    }
    if (loop.start() >= 0 && !listing.isLeftEarly(loop)) {
      Count start = executions(loop.start());
      if (listing.isStored(loop.cursor())) {
        boolean whole = listing.ops.get(loop.start()).scans();
        return whole ? times(start, entries(loop.cursor())) : guess(loop);
      }
      int fill = listing.only(op -> op.fills() && op.p1() == loop.cursor());
      Loop filling = fill < 0 ? null : listing.around(fill);
      if (fill >= 0 && (filling == null || !listing.isSkipped(fill, filling))) {
        return executions(fill);
      }
    }
    return guess(loop);
  }

  private boolean isInEachRound(int at, Loop loop) {
    return at >= 0 && loop.equals(listing.around(at)) && !listing.isSkipped(at, loop);
  }

  private Count guess(@Nullable Loop loop) {
    if (loop == null || loop.holds(result)) {
      return ROWS;
    }
    return loop.holds(change) ? CHANGES : ZERO;
  }

  private Count entries(int cursor) {
    int root = listing.root(cursor);
    if (root == 0) {
      return ROWS;
    }
    boolean own = change >= 0 && listing.root(listing.ops.get(change).p1()) == root;
    return switch (own ? effect : Effect.OTHER) {
      case ADDS_ROWS -> facts -> facts.entries(root) - facts.changes();
      case REMOVES_ROWS -> facts -> facts.entries(root) + facts.changes();
      default -> facts -> facts.entries(root);
    };
  }

  private static Count times(Count a, Count b) {
    return facts -> a.of(facts) * b.of(facts);
  }
}
