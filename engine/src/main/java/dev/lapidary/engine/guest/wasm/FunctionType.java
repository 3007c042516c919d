package dev.lapidary.engine.guest.wasm;

import java.util.List;

/// What a function, or a block with its operands and results, takes and leaves.
public record FunctionType(List<ValueType> parameters, List<ValueType> results) {
  public static final FunctionType EMPTY = new FunctionType(List.of(), List.of());

  public FunctionType {
    parameters = List.copyOf(parameters);
    results = List.copyOf(results);
  }

  /// A type without parameters: what a block around a function's body has.
  public static FunctionType leaving(List<ValueType> results) {
    return new FunctionType(List.of(), results);
  }
}
