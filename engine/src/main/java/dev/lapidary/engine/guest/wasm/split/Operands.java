package dev.lapidary.engine.guest.wasm.split;

import dev.lapidary.engine.guest.wasm.Block;
import dev.lapidary.engine.guest.wasm.Branch;
import dev.lapidary.engine.guest.wasm.FunctionType;
import dev.lapidary.engine.guest.wasm.Instruction;
import dev.lapidary.engine.guest.wasm.Node;
import dev.lapidary.engine.guest.wasm.Opcodes;
import dev.lapidary.engine.guest.wasm.ValueType;
import java.util.ArrayList;
import java.util.List;

/// The operand stack that consecutive nodes of one list build, counted from where they start. Nodes
/// that take operands from before their start make it [#underflown].
final class Operands {
  private final FunctionDraft function;
  private final List<ValueType> stack = new ArrayList<>();
  private boolean underflown;

  Operands(FunctionDraft function) {
    this.function = function;
  }

  boolean underflown() {
    return underflown;
  }

  /// What the nodes so far leave. Meaningless after a node that ends control.
  List<ValueType> left() {
    return stack;
  }

  void apply(Node node) {
    switch (node) {
      case Block block -> {
        if (block.kind() == Block.Kind.IF) {
          pop(1);
        }
        effect(block.type());
      }
      case Branch branch -> branch(branch);
      case Instruction instruction -> instruction(instruction);
    }
  }

  private void branch(Branch branch) {
    if (branch.code() != Opcodes.BR) {
      pop(1);
    }
    List<ValueType> carried = branch.targets().getFirst().labelTypes();
    pop(carried.size());
    stack.addAll(carried);
  }

  private void effect(FunctionType type) {
    pop(type.parameters().size());
    stack.addAll(type.results());
  }

  private ValueType pop(int count) {
    ValueType last = ValueType.I32;
    for (int i = 0; i < count; i++) {
      if (stack.isEmpty()) {
        underflown = true;
      } else {
        last = stack.removeLast();
      }
    }
    return last;
  }

  private void push(ValueType type) {
    stack.add(type);
  }

  private void instruction(Instruction i) {
    FunctionType known = i.opcode().effect();
    if (known != null) {
      effect(known);
      return;
    }
    ModuleDraft module = function.module;
    switch (i.code()) {
      case Opcodes.UNREACHABLE -> {}
      case Opcodes.RETURN -> pop(function.type.results().size());
      case Opcodes.CALL, Opcodes.RETURN_CALL -> effect(module.typeOfFunction(i.index()));
      case Opcodes.CALL_INDIRECT, Opcodes.RETURN_CALL_INDIRECT -> {
        pop(1);
        effect(module.type(i.index()));
      }
      case Opcodes.DROP, Opcodes.LOCAL_SET, Opcodes.GLOBAL_SET -> pop(1);
      case Opcodes.SELECT, Opcodes.SELECT_TYPED -> {
        pop(2);
        push(pop(1));
      }
      case Opcodes.LOCAL_GET -> push(function.locals().get(i.index()));
      case Opcodes.LOCAL_TEE -> {
        pop(1);
        push(function.locals().get(i.index()));
      }
      case Opcodes.GLOBAL_GET -> push(module.typeOfGlobal(i.index()));
      case Opcodes.TABLE_SET -> pop(2);
      case Opcodes.TABLE_FILL -> pop(3);
      case Opcodes.TABLE_GET -> {
        pop(1);
        push(module.typeOfTable(i.index()));
      }
      case Opcodes.TABLE_GROW -> {
        pop(2);
        push(ValueType.I32);
      }
      case Opcodes.REF_NULL, Opcodes.REF_FUNC -> push(ValueType.FUNCREF);
      case Opcodes.REF_IS_NULL -> {
        pop(1);
        push(ValueType.I32);
      }
      default -> underflown = true;
    }
  }
}
