package dev.lapidary.engine.guest.wasm;

public record Import(String module, String name, ExternType type) {
  String describe() {
    return module + "." + name;
  }
}
