package dev.lapidary.engine.guest.wasm;

import com.dylibso.chicory.runtime.Machine;

/// A machine that counts the host's own frames below each call into it, so that JavaScript and
/// WebAssembly can call each other as deep as they like: the stack ends with [StackExhausted]
/// before the thread's does. Where a call ends early, the count is as it was before.
final class CountedMachine implements Machine {
  private final Machine machine;
  private final RegionMemory memory;

  CountedMachine(Machine machine, RegionMemory memory) {
    this.machine = machine;
    this.memory = memory;
  }

  @Override
  public long[] call(int function, long[] args) {
    int before = memory.enter();
    try {
      return machine.call(function, args);
    } finally {
      memory.leave(before);
    }
  }
}
