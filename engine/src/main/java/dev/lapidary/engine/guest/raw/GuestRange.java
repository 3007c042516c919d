package dev.lapidary.engine.guest.raw;

import dev.lapidary.engine.guest.wasm.FlatMemory;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// A range of guest memory that the guest named. Every access is checked against the memory.
record GuestRange(FlatMemory memory, int address, int length) {

  static GuestRange of(FlatMemory memory, long address, long length) {
    return new GuestRange(memory, (int) address, (int) length);
  }

  /// @throws com.dylibso.chicory.runtime.TrapException where it is not within the memory
  byte[] bytes() {
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

  /// Whether so many bytes fit, once it is sure that the range lies within the memory.
  boolean holds(int bytes) {
    memory.write(address, new byte[0], 0, 0);
    if (length < 0 || length > memory.bytes() - (long) address) {
      memory.readBytes(address, length); // traps
    }
    return bytes <= length;
  }
}
