package dev.lapidary.engine.guest.wasm;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A list of types in which equal types share one index.
final class LinkedTypes {
  private final List<FunctionType> types = new ArrayList<>();
  private final Map<FunctionType, Integer> indices = new HashMap<>();

  int add(FunctionType type) {
    Integer known = indices.putIfAbsent(type, types.size());
    if (known != null) {
      return known;
    }
    types.add(type);
    return types.size() - 1;
  }

  List<FunctionType> all() {
    return types;
  }
}
