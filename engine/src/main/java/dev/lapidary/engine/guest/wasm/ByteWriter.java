package dev.lapidary.engine.guest.wasm;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.function.BiConsumer;

/// Writes the binary format's numbers, each in its shortest form.
final class ByteWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  byte[] bytes() {
    return out.toByteArray();
  }

  int size() {
    return out.size();
  }

  void u8(int value) {
    out.write(value);
  }

  void u32(long value) {
    long rest = value;
    while (rest > 0x7f) {
      out.write(((int) rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  void signed(long value) {
    long rest = value;
    while (rest < -64 || rest > 63) {
      out.write(((int) rest & 0x7f) | 0x80);
      rest >>= 7;
    }
    out.write((int) rest & 0x7f);
  }

  void fixed32(int value) {
    for (int i = 0; i < 32; i += 8) {
      out.write(value >>> i);
    }
  }

  void fixed64(long value) {
    fixed32((int) value);
    fixed32((int) (value >>> 32));
  }

  void raw(byte[] bytes) {
    out.writeBytes(bytes);
  }

  void name(String name) {
    sized(name.getBytes(UTF_8));
  }

  void sized(byte[] bytes) {
    u32(bytes.length);
    raw(bytes);
  }

  <T> void vector(List<T> items, BiConsumer<ByteWriter, T> each) {
    u32(items.size());
    items.forEach(item -> each.accept(this, item));
  }

  /// A section, left out where it has no items.
  <T> void section(int id, List<T> items, BiConsumer<ByteWriter, T> each) {
    if (!items.isEmpty()) {
      ByteWriter contents = new ByteWriter();
      contents.vector(items, each);
      section(id, contents);
    }
  }

  void section(int id, ByteWriter contents) {
    u8(id);
    sized(contents.bytes());
  }
}
