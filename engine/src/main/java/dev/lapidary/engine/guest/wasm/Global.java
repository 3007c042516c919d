package dev.lapidary.engine.guest.wasm;

public record Global(ExternType.GlobalType type, ConstantExpression initial) {}
