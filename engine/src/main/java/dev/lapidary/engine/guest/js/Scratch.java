package dev.lapidary.engine.guest.js;

import dev.lapidary.engine.guest.FuelTank;
import dev.lapidary.engine.guest.Tariff;

/// Guest memory for bytes that live between two calls only: any call may write it again. Whatever
/// is moved through it is charged to the guest's fuel.
final class Scratch {
  static final int BYTES = 16 * 1024;

  private final QuickJs js;
  private final FuelTank fuel;
  private final int address;

  /// @param address of [#BYTES] bytes that are nobody else's
  Scratch(QuickJs js, FuelTank fuel, int address) {
    this.js = js;
    this.fuel = fuel;
    this.address = address;
  }

  /// Bytes in guest memory.
  ///
  /// @param owned whether they did not fit and have a block of their own
  record Loan(int pointer, boolean owned) {}

  /// Writes bytes and a terminating zero where they stay until the next call.
  Loan lend(byte[] bytes) {
    charge(bytes.length);
    boolean fits = bytes.length < BYTES;
    int pointer = fits ? address : js.malloc(bytes.length + 1);
    js.memory.write(pointer, bytes, 0, bytes.length);
    js.memory.writeByte(pointer + bytes.length, (byte) 0);
    return new Loan(pointer, !fits);
  }

  void giveBack(Loan loan) {
    if (loan.owned()) {
      js.free(loan.pointer());
    }
  }

  void charge(int bytes) {
    fuel.charge(Tariff.bytes(bytes));
  }
}
