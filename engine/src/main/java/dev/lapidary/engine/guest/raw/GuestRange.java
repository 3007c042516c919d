package dev.lapidary.engine.guest.raw;

import com.dylibso.chicory.runtime.TrapException;
import dev.lapidary.engine.guest.wasm.FlatMemory;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// A range of guest memory that the guest named. Every access is checked against the memory.
record GuestRange(FlatMemory memory, int address, int length) {

  static GuestRange of(FlatMemory memory, long address, long length) {
    return new GuestRange(memory, (int) address, (int) length);
  }

  /// @throws TrapException where it is not within the memory
  byte[] bytes() {
    check();
    return memory.readBytes(address, length);
  }

  /// @throws HostCallException where it is not UTF-8
  String text() {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes())).toString();
    } catch (CharacterCodingException e) {
      throw new HostCallException("The text is not UTF-8.");
    }
  }

  /// Writes to the range's beginning.
  void write(byte[] bytes) {
    memory.write(address, bytes, 0, bytes.length);
  }

  /// Whether so many bytes fit.
  ///
  /// @throws TrapException where the range is not within the memory
  boolean holds(int bytes) {
    check();
    return bytes <= length;
  }

  /// @throws TrapException where the range is not within the memory
  void check() {
    if (address < 0 || length < 0 || (long) address + length > memory.bytes()) {
      throw new TrapException(
          "out of bounds memory access: %d bytes at %d of %d"
              .formatted(
                  Integer.toUnsignedLong(length), Integer.toUnsignedLong(address), memory.bytes()));
    }
  }
}
