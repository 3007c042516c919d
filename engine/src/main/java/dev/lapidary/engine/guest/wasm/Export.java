package dev.lapidary.engine.guest.wasm;

public record Export(String name, ExternKind kind, int index) {}
