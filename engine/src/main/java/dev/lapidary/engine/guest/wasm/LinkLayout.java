package dev.lapidary.engine.guest.wasm;

import java.util.ArrayList;
import java.util.List;

/// Addresses and table slots of side modules. Their static data lies in pages of its own, right
/// above the main module's initial memory: wasi-libc's allocator takes its first heap from the
/// constants `__heap_base` and `__heap_end`, which the main module's linker set within those pages,
/// and all later memory from `memory.grow`, which begins above ours.
final class LinkLayout {
  private static final int PAGE = 65536;
  private static final int VARIABLE_ALIGNMENT = 4;

  final List<Integer> memoryBases = new ArrayList<>();
  final List<Integer> tableBases = new ArrayList<>();
  final int memoryStart;
  private int memoryEnd;
  private int slots;

  LinkLayout(GuestModule main, List<SideModule> sides) {
    memoryStart = Math.toIntExact(main.memories().getFirst().limits().minimum() * PAGE);
    slots = Math.toIntExact(main.tables().getFirst().limits().minimum());
    int address = memoryStart;
    for (SideModule side : sides) {
      address = align(address, side.memoryAlignment());
      memoryBases.add(address);
      address = Math.addExact(address, side.memorySize());
      slots = align(slots, side.tableAlignment());
      tableBases.add(slots);
      slots = Math.addExact(slots, side.tableSize());
    }
    memoryEnd = address;
  }

  int memoryEnd() {
    return memoryEnd;
  }

  /// The address of a zeroed variable that no module defines (`errno`, where the main module keeps
  /// its own to itself).
  int newVariable() {
    int address = align(memoryEnd, VARIABLE_ALIGNMENT);
    memoryEnd = Math.addExact(address, 1 << VARIABLE_ALIGNMENT);
    return address;
  }

  int newSlot() {
    return slots++;
  }

  Limits memoryLimits(Limits main) {
    return widen(main, (memoryEnd + PAGE - 1L) / PAGE);
  }

  Limits tableLimits(Limits main) {
    return widen(main, slots);
  }

  private static Limits widen(Limits limits, long minimum) {
    long most = limits.maximum();
    return new Limits(minimum, most == Limits.UNBOUNDED ? most : Math.max(most, minimum));
  }

  private static int align(int value, int power) {
    int mask = (1 << power) - 1;
    return Math.addExact(value, mask) & ~mask;
  }
}
