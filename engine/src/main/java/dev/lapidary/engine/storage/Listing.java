package dev.lapidary.engine.storage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// One program of SQLite's virtual machine, as EXPLAIN lists it: its instructions, loops and jumps.
final class Listing {
  private static final int BY_REGISTER = 0x10;
  private static final int COUNTS_AS_CHANGE = 0x01;
  private static final Set<String> STEPS = Set.of("Next", "Prev", "SorterNext", "VNext");
  private static final Set<String> SCANS =
      Set.of("Rewind", "Last", "Sort", "SorterSort", "VFilter");
  private static final Set<String> SEEKS = Set.of("SeekGE", "SeekGT", "SeekLE", "SeekLT");

  /// Jumps whose target is in P2 and that do not come back.
  private static final Set<String> JUMPS =
      Set.of(
          ("Goto Ne Eq Gt Le Lt Ge If IfNot IsNull NotNull IsType Once IfNullRow IfNoHope Found"
                  + " NotFound NoConflict NotExists SeekRowid SeekGE SeekGT SeekLE SeekLT Rewind Last Sort"
                  + " SorterSort IfSizeBetween IfEmpty IdxGE IdxGT IdxLT IdxLE RowSetRead RowSetTest"
                  + " DecrJumpZero IfPos IfNotZero FkIfZero Filter VFilter ElseEq SeekScan")
              .split(" "));

  record Op(String code, int p1, int p2, int p3, int p5) {
    boolean countsAsChange() {
      return switch (code) {
        case "Insert", "IdxInsert" -> (p5 & COUNTS_AS_CHANGE) != 0;
        case "Delete" -> (p2 & COUNTS_AS_CHANGE) != 0;
        default -> false;
      };
    }

    boolean fills() {
      return code.equals("Insert") || code.equals("IdxInsert") || code.equals("SorterInsert");
    }

    boolean seeks() {
      return SEEKS.contains(code);
    }

    boolean scans() {
      return SCANS.contains(code);
    }
  }

  /// Instructions that repeat.
  ///
  /// @param start the instruction that puts the cursor on its first row; -1 where there is none
  record Loop(int head, int end, int cursor, int start) {
    boolean holds(int at) {
      return head <= at && at <= end;
    }
  }

  final List<Op> ops = new ArrayList<>();
  final List<Loop> loops = new ArrayList<>();
  private final Map<Integer, Integer> roots = new HashMap<>();
  private int @Nullable [] onces;

  void add(Op op) {
    boolean opens = op.code().equals("OpenRead") || op.code().equals("OpenWrite");
    if (opens && op.p3() == 0) {
      roots.put(op.p1(), (op.p5() & BY_REGISTER) == 0 ? op.p2() : 0);
    }
    int at = ops.size();
    boolean steps = STEPS.contains(op.code());
    // The jump back to 1 ends the prologue, which SQLite puts last.
    if ((steps || op.code().equals("Goto")) && op.p2() > 1 && op.p2() <= at) {
      loops.add(new Loop(op.p2(), at, steps ? op.p1() : -1, steps ? start(op.p1(), op.p2()) : -1));
    }
    ops.add(op);
  }

  private int start(int cursor, int head) {
    for (int at = head - 1; at >= 0; at--) {
      Op op = ops.get(at);
      if (op.p1() == cursor && (op.scans() || op.seeks())) {
        return at;
      }
    }
    return -1;
  }

  /// Whether the cursor is over a b-tree of the database, and not a temporary one.
  boolean isStored(int cursor) {
    return roots.containsKey(cursor);
  }

  /// The root page under a cursor; 0 where it is not known.
  int root(int cursor) {
    return roots.getOrDefault(cursor, 0);
  }

  /// The innermost loop around an instruction, if it runs in each round's course: code that runs
  /// once, however often it is passed, is in no loop that is also around that `Once`.
  @Nullable Loop around(int at) {
    int once = once(at);
    Loop innermost = null;
    for (Loop loop : loops) {
      boolean smaller =
          innermost == null || loop.end() - loop.head() < innermost.end() - innermost.head();
      if (loop.holds(at) && smaller && loop.head() > once) {
        innermost = loop;
      }
    }
    return innermost;
  }

  /// The innermost `Once` around each instruction; -1 where there is none.
  private int once(int at) {
    int[] known = onces;
    if (known == null) {
      known = new int[ops.size()];
      Arrays.fill(known, -1);
      for (int from = 0; from < ops.size(); from++) {
        if (ops.get(from).code().equals("Once")) {
          Arrays.fill(known, from + 1, Math.clamp(ops.get(from).p2(), from + 1, ops.size()), from);
        }
      }
      onces = known;
    }
    return known[at];
  }

  /// Whether some round of the loop passes an instruction by.
  boolean isSkipped(int at, Loop loop) {
    for (int from = Math.max(loop.head(), once(at) + 1); from < at; from++) {
      int target = target(from);
      if (target > at && target <= loop.end()) {
        return true;
      }
    }
    return false;
  }

  /// Whether the loop may be left before its cursor's last row; where another table is empty or a
  /// key is NULL is no such case.
  boolean isLeftEarly(Loop loop) {
    for (int from = loop.head(); from <= loop.end(); from++) {
      Op op = ops.get(from);
      boolean harmless = op.scans() || op.code().equals("IfPos") || op.code().equals("IsNull");
      if (target(from) > loop.end() && !harmless) {
        return true;
      }
    }
    return false;
  }

  private int target(int at) {
    Op op = ops.get(at);
    return JUMPS.contains(op.code()) ? op.p2() : -1;
  }

  /// The only instruction that matches; -1 where there is none or there are several.
  int only(Predicate<Op> wanted) {
    int found = -1;
    for (int at = 0; at < ops.size(); at++) {
      if (wanted.test(ops.get(at))) {
        if (found >= 0) {
          return -1;
        }
        found = at;
      }
    }
    return found;
  }

  /// How many stored b-trees are written for each changed row.
  int treesFilled() {
    Set<Integer> filled = new HashSet<>();
    for (Op op : ops) {
      if (op.fills() && isStored(op.p1())) {
        filled.add(op.p1());
      }
    }
    return filled.size();
  }
}
