package dev.lapidary.engine.guest.wasm;

/// Where metered code keeps and reports what it counts: indices of the two globals and of the two
/// imported functions.
///
/// @param shift bytes to fuel units, as a right shift
record Counters(int fuel, int stack, int fuelCall, int stackCall, int shift) {}
