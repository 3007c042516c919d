package dev.lapidary.engine.guest.wasm;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/// Writes function bodies. A block with operands, or more than one result, needs a type index:
/// types missing from the module's list are appended to it.
final class CodeWriter {
  private static final int EMPTY_BLOCK = 0x40;

  /// Chicory takes type indices from the first until before the second for the codes of short block
  /// types, so blocks get another index of the same type.
  private static final int MISTAKEN_FROM = 64;

  private static final int MISTAKEN_TO = 128;

  private final List<FunctionType> types;
  private final Map<FunctionType, Integer> typeIndices = new HashMap<>();
  private final IdentityHashMap<Block, Integer> levels = new IdentityHashMap<>();
  private ByteWriter out = new ByteWriter();

  CodeWriter(List<FunctionType> types) {
    this.types = types;
    for (int i = 0; i < types.size(); i++) {
      if (i < MISTAKEN_FROM || i >= MISTAKEN_TO) {
        typeIndices.putIfAbsent(types.get(i), i);
      }
    }
  }

  byte[] function(WasmFunction function) {
    out = new ByteWriter();
    levels.clear();
    out.vector(
        function.locals().runs(),
        (w, run) -> {
          w.u32(run.count());
          w.u8(run.type().code());
        });
    levels.put(function.body(), levels.size());
    sequence(function.body().body());
    out.u8(Opcodes.END);
    return out.bytes();
  }

  private void sequence(List<Node> nodes) {
    for (Node node : nodes) {
      switch (node) {
        case Instruction instruction -> InstructionWriter.write(out, instruction);
        case Branch branch -> branch(branch);
        case Block block -> block(block);
      }
    }
  }

  private void block(Block block) {
    out.u8(
        switch (block.kind()) {
          case BLOCK -> Opcodes.BLOCK;
          case LOOP -> Opcodes.LOOP;
          case IF -> Opcodes.IF;
          case FUNCTION -> throw new IllegalStateException("function body inside a function body");
        });
    blockType(block.type());
    if (levels.put(block, levels.size()) != null) {
      throw new IllegalStateException("block inside itself");
    }
    sequence(block.body());
    if (!block.otherwise().isEmpty()) {
      out.u8(Opcodes.ELSE);
      sequence(block.otherwise());
    }
    levels.remove(block);
    out.u8(Opcodes.END);
  }

  private void blockType(FunctionType type) {
    if (type.equals(FunctionType.EMPTY)) {
      out.u8(EMPTY_BLOCK);
    } else if (type.parameters().isEmpty() && type.results().size() == 1) {
      out.u8(type.results().getFirst().code());
    } else {
      out.signed(typeIndices.computeIfAbsent(type, this::append));
    }
  }

  private int append(FunctionType type) {
    do {
      types.add(type);
    } while (types.size() > MISTAKEN_FROM && types.size() <= MISTAKEN_TO);
    return types.size() - 1;
  }

  private void branch(Branch branch) {
    out.u8(branch.code());
    if (branch.code() == Opcodes.BR_TABLE) {
      out.u32(branch.targets().size() - 1L);
    }
    for (Block target : branch.targets()) {
      Integer level = levels.get(target);
      if (level == null) {
        throw new IllegalStateException("branch to a block that does not enclose it");
      }
      out.u32(levels.size() - 1L - level);
    }
  }
}
