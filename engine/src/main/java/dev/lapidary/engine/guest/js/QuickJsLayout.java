package dev.lapidary.engine.guest.js;

/// Where a JavaScript context is in guest memory, and what the host took for itself there. Holds in
/// every copy of the memory.
///
/// @param hostSlot the table's slot of the one function that calls the host
/// @param scratch address of [Scratch#BYTES] bytes
/// @param arguments address of the arguments of a call from the host, sixteen values
/// @param arrayBufferClass the class `ArrayBuffer`, taken before any app code runs
record QuickJsLayout(int context, int hostSlot, int scratch, int arguments, long arrayBufferClass) {
  static final int ARGUMENTS_BYTES = 128;
}
