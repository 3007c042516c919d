package dev.lapidary.engine.guest.wasm;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The specification wants each function whose reference code takes to be named outside of code
/// too. Chicory's validator asks less of most modules and more of some, so this checks it, and
/// declares all of them for the validator.
final class FunctionReferences {
  private FunctionReferences() {}

  /// The module with a segment more that declares what its code refers to.
  ///
  /// @throws InvalidModuleException where code refers to a function that is named nowhere else
  static GuestModule declare(GuestModule module) {
    Set<Integer> named = new TreeSet<>();
    module.exports().stream()
        .filter(export -> export.kind() == ExternKind.FUNCTION)
        .forEach(export -> named.add(export.index()));
    module.globals().forEach(global -> add(global.initial(), named));
    module.elements().forEach(segment -> segment.items().forEach(item -> add(item, named)));
    Set<Integer> referred = new TreeSet<>();
    for (int i = 0; i < module.functions().size(); i++) {
      add(module.functions().get(i).body(), referred);
      if (!named.containsAll(referred)) {
        referred.removeAll(named);
        throw new InvalidModuleException(
            "undeclared reference to function %s in function %d"
                .formatted(referred.iterator().next(), module.importedFunctions() + i));
      }
    }
    return referred.isEmpty() ? module : with(module, referred);
  }

  private static void add(ConstantExpression expression, Set<Integer> functions) {
    expression.instructions().forEach(in -> add(in, functions));
  }

  private static void add(Instruction in, Set<Integer> functions) {
    if (in.code() == Opcodes.REF_FUNC) {
      functions.add(in.index());
    }
  }

  private static void add(Block block, Set<Integer> functions) {
    add(block.body(), functions);
    add(block.otherwise(), functions);
  }

  private static void add(List<Node> nodes, Set<Integer> functions) {
    for (Node node : nodes) {
      switch (node) {
        case Instruction in -> add(in, functions);
        case Branch branch -> {}
        case Block block -> add(block, functions);
      }
    }
  }

  private static GuestModule with(GuestModule module, Set<Integer> functions) {
    List<ElementSegment> elements = new ArrayList<>(module.elements());
    elements.add(
        new ElementSegment(
            new ElementSegment.Mode.Declarative(),
            ValueType.FUNCREF,
            functions.stream().map(ConstantExpression::function).toList()));
    return module.withElements(elements);
  }
}
