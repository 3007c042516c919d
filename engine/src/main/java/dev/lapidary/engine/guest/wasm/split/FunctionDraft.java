package dev.lapidary.engine.guest.wasm.split;

import dev.lapidary.engine.guest.wasm.Block;
import dev.lapidary.engine.guest.wasm.FunctionType;
import dev.lapidary.engine.guest.wasm.Locals;
import dev.lapidary.engine.guest.wasm.ValueType;
import dev.lapidary.engine.guest.wasm.WasmFunction;
import java.util.ArrayList;
import java.util.List;

/// A function being split: a private copy of its tree, without unreachable code, that the passes
/// change in place.
final class FunctionDraft {
  final ModuleDraft module;
  final int index;
  final FunctionType type;
  final Block root;
  private final int typeIndex;
  private final List<ValueType> locals;
  private int level;

  private FunctionDraft(
      ModuleDraft module, int index, int typeIndex, List<ValueType> locals, Block root, int level) {
    this.module = module;
    this.index = index;
    this.typeIndex = typeIndex;
    this.type = module.type(typeIndex);
    this.locals = locals;
    this.root = root;
    this.level = level;
  }

  /// @param level of the first pass, above that of any pass that made this function
  static FunctionDraft of(ModuleDraft module, int defined, int level) {
    WasmFunction function = module.functions().get(defined);
    return new FunctionDraft(
        module,
        module.importedFunctions() + defined,
        function.type(),
        new ArrayList<>(function.locals().expand(module.type(function.type()))),
        new ReachableCode().rewrite(function.body()),
        level);
  }

  /// Starts a pass that makes helpers; see [ModuleDraft#scratch].
  void startPass() {
    level++;
  }

  int level() {
    return level;
  }

  /// Types of parameters and locals, by index.
  List<ValueType> locals() {
    return locals;
  }

  int addLocal(ValueType local) {
    locals.add(local);
    return locals.size() - 1;
  }

  JvmSize sizes() {
    return new JvmSize(type, locals);
  }

  int size() {
    return sizes().ofFunction(root);
  }

  WasmFunction finish() {
    return new WasmFunction(
        typeIndex, runs(locals.subList(type.parameters().size(), locals.size())), root);
  }

  static Locals runs(List<ValueType> types) {
    List<Locals.Run> runs = new ArrayList<>();
    for (ValueType type : types) {
      if (!runs.isEmpty() && runs.getLast().type() == type) {
        runs.add(new Locals.Run(runs.removeLast().count() + 1, type));
      } else {
        runs.add(new Locals.Run(1, type));
      }
    }
    return new Locals(runs);
  }
}
