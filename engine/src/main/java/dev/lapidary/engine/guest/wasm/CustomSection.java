package dev.lapidary.engine.guest.wasm;

/// A custom section the pipeline carries along unread. The array belongs to the section.
@SuppressWarnings("ArrayRecordComponent")
public record CustomSection(String name, byte[] bytes) {}
