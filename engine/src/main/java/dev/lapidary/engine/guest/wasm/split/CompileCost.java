package dev.lapidary.engine.guest.wasm.split;

import dev.lapidary.engine.guest.wasm.Block;
import dev.lapidary.engine.guest.wasm.Branch;
import dev.lapidary.engine.guest.wasm.FunctionType;
import dev.lapidary.engine.guest.wasm.GuestModule;
import dev.lapidary.engine.guest.wasm.Instruction;
import dev.lapidary.engine.guest.wasm.Node;
import dev.lapidary.engine.guest.wasm.Opcodes;
import dev.lapidary.engine.guest.wasm.OperandEffects;
import dev.lapidary.engine.guest.wasm.ValueType;
import dev.lapidary.engine.guest.wasm.WasmFunction;
import java.util.IdentityHashMap;
import java.util.List;

/// What it takes to compile a module to JVM classes, estimated in one walk before it is tried: the
/// compiler's time and memory grow with products that the size of the code does not bound.
///
/// @param bytes of heap, of which time is roughly a multiple
/// @param largest index of the function with the most code, or -1
/// @param largestBytes of its bytecode
public record CompileCost(long bytes, int largest, long largestBytes) {
  /// Of the model's tree and the runtime's parser, for each instruction.
  private static final int INSTRUCTION = 300;

  /// The types of a local or operand at a label, as it comes and as it goes.
  private static final int SLOT = 8;

  /// What the meter adds at the entry of a function and at a loop, in instructions; in bytecode it
  /// is three times as much.
  private static final int METER = 16;

  /// What it will take once the module is metered.
  public static CompileCost ofMetered(GuestModule module) {
    OperandEffects effects = new OperandEffects(module);
    long bytes = 0;
    int largest = -1;
    long largestBytes = -1;
    for (int i = 0; i < module.functions().size(); i++) {
      Walk walk = new Walk(module, module.functions().get(i), effects);
      bytes += walk.heap();
      if (walk.code() > largestBytes) {
        largest = module.importedFunctions() + i;
        largestBytes = walk.code();
      }
    }
    return new CompileCost(bytes, largest, largestBytes);
  }

  private static final class Walk {
    private final OperandEffects effects;
    private final IdentityHashMap<Block, Integer> floors = new IdentityHashMap<>();
    private final int slots;
    private final long size;
    private long nodes;
    private long labels;
    private long unwound;
    private long metered;
    private int highest;

    Walk(GuestModule module, WasmFunction function, OperandEffects effects) {
      this.effects = effects;
      FunctionType type = module.typeOf(function);
      List<ValueType> locals = function.locals().expand(type);
      this.slots = locals.stream().mapToInt(JvmSize::width).sum();
      this.size = new JvmSize(type, locals).ofFunction(function.body());
      block(function.body(), 0);
    }

    long heap() {
      return INSTRUCTION * (nodes + unwound) + SLOT * labels * (slots + 2L * highest);
    }

    long code() {
      return size + unwound + metered;
    }

    private void block(Block block, int floor) {
      floors.put(block, floor);
      labels += 2;
      if (block.kind() == Block.Kind.LOOP || block.kind() == Block.Kind.FUNCTION) {
        nodes += METER;
        labels++;
        metered += 3L * METER;
      }
      sequence(block.body(), floor + block.type().parameters().size());
      sequence(block.otherwise(), floor + block.type().parameters().size());
    }

    private void sequence(List<Node> nodesHere, int before) {
      int height = before;
      nodes += nodesHere.size();
      for (Node node : nodesHere) {
        switch (node) {
          case Instruction in -> height += effects.pushes(in) - effects.pops(in);
          case Branch branch -> height = branch(branch, height);
          case Block inner -> {
            int floor =
                height - (inner.kind() == Block.Kind.IF ? 1 : 0) - inner.type().parameters().size();
            block(inner, floor);
            height = floor + inner.type().results().size();
          }
        }
        highest = Math.max(highest, height);
        if (OperandEffects.ends(node)) {
          return;
        }
      }
    }

    /// Where operands lie between those carried and those that stay, they are dropped one by one.
    private int branch(Branch branch, int height) {
      int operands = height - (branch.code() == Opcodes.BR ? 0 : 1);
      nodes += branch.targets().size();
      labels += 1 + branch.targets().size();
      for (Block target : branch.targets()) {
        int carried = target.labelTypes().size();
        int dropped = operands - carried - floors.getOrDefault(target, 0);
        unwound += dropped > 0 ? dropped + carried : 0;
      }
      return operands;
    }
  }
}
