package dev.lapidary.engine.guest.js;

import com.dylibso.chicory.runtime.GlobalInstance;
import com.dylibso.chicory.runtime.TableInstance;
import com.dylibso.chicory.wasm.types.ValType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/// JavaScript values that WebAssembly holds as `externref`, by number. They are held until a sweep
/// finds them in no table and no global; between sweeps there are at most twice as many as the last
/// one left. Not thread-safe: part of a [WasmStore].
final class WasmExterns {
  /// The number of `ref.null`.
  static final int NULL = -1;

  private static final long FREE = JsValue.EXCEPTION;
  private static final int FEW = 1024;

  private final QuickJs js;
  private final List<Long> values;
  private final Map<Long, Integer> numbers = new HashMap<>();
  private final List<Integer> free = new ArrayList<>();
  private int sweepAt = FEW;

  /// @param values what another one held whose memory this one's is a copy of
  WasmExterns(QuickJs js, List<Long> values) {
    this.js = js;
    this.values = new ArrayList<>(values);
    for (int i = 0; i < values.size(); i++) {
      if (values.get(i) == FREE) {
        free.add(i);
      } else {
        numbers.put(values.get(i), i);
      }
    }
  }

  List<Long> values() {
    return List.copyOf(values);
  }

  /// The number of a value, which stays the caller's.
  int number(long value) {
    if (value == JsValue.NULL) {
      return NULL;
    }
    Integer known = numbers.get(value);
    if (known != null) {
      return known;
    }
    long own = js.dup(value);
    int number = free.isEmpty() ? values.size() : free.removeLast();
    if (number == values.size()) {
      values.add(own);
    } else {
      values.set(number, own);
    }
    numbers.put(own, number);
    return number;
  }

  /// The value with a number, which is the caller's to free.
  long value(int number) {
    boolean known = number >= 0 && number < values.size() && values.get(number) != FREE;
    return known ? js.dup(values.get(number)) : JsValue.NULL;
  }

  /// Frees what nobody holds, if there may be much of it. No WebAssembly may be running.
  ///
  /// @param roots tells all numbers that are held
  void sweep(Consumer<IntConsumer> roots) {
    if (numbers.size() < sweepAt) {
      return;
    }
    boolean[] held = new boolean[values.size()];
    roots.accept(
        number -> {
          if (number >= 0 && number < held.length) {
            held[number] = true;
          }
        });
    List<Long> dropped = new ArrayList<>();
    for (int i = 0; i < held.length; i++) {
      if (!held[i] && values.get(i) != FREE) {
        dropped.add(values.get(i));
        numbers.remove(values.get(i));
        values.set(i, FREE);
        free.add(i);
      }
    }
    sweepAt = Math.max(FEW, 2 * numbers.size());
    dropped.forEach(js::freeValue);
  }

  /// Tells the numbers that a table holds.
  static void held(TableInstance table, IntConsumer held) {
    if (table.elementType().equals(ValType.ExternRef)) {
      for (int i = 0; i < table.size(); i++) {
        held.accept(table.ref(i));
      }
    }
  }

  /// Tells the number that a global holds.
  static void held(GlobalInstance global, IntConsumer held) {
    if (global.getType().equals(ValType.ExternRef)) {
      held.accept((int) global.getValue());
    }
  }
}
