package dev.lapidary.engine.guest.wasm;

/// Bytes for memory 0. The array belongs to the segment: do not write to it.
@SuppressWarnings("ArrayRecordComponent")
public record DataSegment(Mode mode, byte[] bytes) {
  public sealed interface Mode {
    record Passive() implements Mode {}

    record Active(ConstantExpression offset) implements Mode {}
  }
}
