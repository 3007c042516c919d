package dev.lapidary.engine.guest.wasm;

import java.util.ArrayList;
import java.util.List;

/// How many operands each instruction takes and leaves in a given module.
public final class OperandEffects {
  private final List<FunctionType> functions = new ArrayList<>();
  private final List<FunctionType> types;

  public OperandEffects(GuestModule module) {
    types = module.types();
    for (Import imported : module.imports()) {
      if (imported.type() instanceof ExternType.FunctionRef f) {
        functions.add(types.get(f.type()));
      }
    }
    module.functions().forEach(f -> functions.add(module.typeOf(f)));
  }

  /// The type of the function with this index, imported or defined.
  public FunctionType function(int index) {
    return functions.get(index);
  }

  /// After this instruction comes nothing: what follows it in its sequence is dead.
  public static boolean ends(Node node) {
    return switch (node) {
      case Instruction i ->
          switch (i.code()) {
            case Opcodes.UNREACHABLE,
                Opcodes.RETURN,
                Opcodes.RETURN_CALL,
                Opcodes.RETURN_CALL_INDIRECT ->
                true;
            default -> false;
          };
      case Branch b -> b.code() != Opcodes.BR_IF;
      case Block b -> false;
    };
  }

  public int pops(Instruction in) {
    FunctionType effect = in.opcode().effect();
    if (effect != null) {
      return effect.parameters().size();
    }
    return switch (in.code()) {
      case Opcodes.CALL, Opcodes.RETURN_CALL -> function(in.index()).parameters().size();
      case Opcodes.CALL_INDIRECT, Opcodes.RETURN_CALL_INDIRECT ->
          types.get(in.index()).parameters().size() + 1;
      case Opcodes.SELECT, Opcodes.SELECT_TYPED, Opcodes.TABLE_FILL -> 3;
      case Opcodes.TABLE_SET, Opcodes.TABLE_GROW -> 2;
      case Opcodes.DROP,
          Opcodes.LOCAL_SET,
          Opcodes.LOCAL_TEE,
          Opcodes.GLOBAL_SET,
          Opcodes.TABLE_GET,
          Opcodes.REF_IS_NULL ->
          1;
      case Opcodes.LOCAL_GET,
          Opcodes.GLOBAL_GET,
          Opcodes.REF_NULL,
          Opcodes.REF_FUNC,
          Opcodes.UNREACHABLE,
          Opcodes.RETURN ->
          0;
      default -> throw new IllegalStateException(in.opcode().name());
    };
  }

  public int pushes(Instruction in) {
    FunctionType effect = in.opcode().effect();
    if (effect != null) {
      return effect.results().size();
    }
    return switch (in.code()) {
      case Opcodes.CALL -> function(in.index()).results().size();
      case Opcodes.CALL_INDIRECT -> types.get(in.index()).results().size();
      case Opcodes.SELECT,
          Opcodes.SELECT_TYPED,
          Opcodes.TABLE_GROW,
          Opcodes.LOCAL_TEE,
          Opcodes.TABLE_GET,
          Opcodes.REF_IS_NULL,
          Opcodes.LOCAL_GET,
          Opcodes.GLOBAL_GET,
          Opcodes.REF_NULL,
          Opcodes.REF_FUNC ->
          1;
      default -> 0;
    };
  }

  /// Most operands on the stack at any point of a body.
  public int highest(Block body) {
    return new Heights().block(body, 0);
  }

  private final class Heights {
    int block(Block block, int before) {
      return Math.max(sequence(block.body(), before), sequence(block.otherwise(), before));
    }

    private int sequence(List<Node> nodes, int before) {
      int height = before;
      int highest = before;
      for (Node node : nodes) {
        switch (node) {
          case Instruction in -> height += pushes(in) - pops(in);
          case Branch branch -> height -= branch.code() == Opcodes.BR ? 0 : 1;
          case Block inner -> {
            height -= inner.kind() == Block.Kind.IF ? 1 : 0;
            highest = Math.max(highest, block(inner, height));
            height += inner.type().results().size() - inner.type().parameters().size();
          }
        }
        highest = Math.max(highest, height);
        if (ends(node)) {
          break;
        }
      }
      return highest;
    }
  }
}
