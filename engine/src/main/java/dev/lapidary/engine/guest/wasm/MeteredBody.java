package dev.lapidary.engine.guest.wasm;

import java.util.List;

/// Rewrites one function, whose indices are already final, into its metered form.
final class MeteredBody extends TreeRewriter {
  /// The frame size of a function that does not count its share of the stack.
  static final int UNCOUNTED = 0;

  private static final int PAGE_SHIFT = 16;

  private final WasmFunction function;
  private final FunctionType type;
  private final Counters counters;
  private final RegionCosts costs;
  private final int fuelLocal;
  private final int sizeLocal;
  private final Block inner;
  private boolean counted;
  private boolean sized;

  MeteredBody(WasmFunction function, FunctionType type, Counters counters) {
    this.function = function;
    this.type = type;
    this.counters = counters;
    this.costs = RegionCosts.of(function.body());
    this.fuelLocal = type.parameters().size() + function.locals().count();
    this.sizeLocal = fuelLocal + 1;
    this.inner = new Block(Block.Kind.BLOCK, FunctionType.leaving(type.results()));
  }

  /// The function as it was, wrapped: what returned now leaves the wrapped block, so that one place
  /// gives back the `frame` bytes taken on entry.
  WasmFunction meter(int frame) {
    counted = frame != UNCOUNTED;
    Block root = new Block(Block.Kind.FUNCTION, FunctionType.leaving(type.results()));
    charge(costs.at(function.body()), root.body());
    if (counted) {
      take(frame, root.body());
      root.body().add(inner);
      redirect(function.body(), inner);
      fill(function.body(), inner);
      addToStack(frame, root.body());
    } else {
      redirect(function.body(), root);
      fill(function.body(), root);
    }
    Locals locals = function.locals().and(ValueType.I64);
    return new WasmFunction(function.type(), sized ? locals.and(ValueType.I32) : locals, root);
  }

  private void take(int frame, List<Node> out) {
    addToStack(-frame, out);
    out.add(Instruction.of(Opcodes.GLOBAL_GET, counters.stack()));
    out.add(Instruction.i32(0));
    out.add(Instruction.of(Opcodes.I32_LT_S));
    Block exhausted = new Block(Block.Kind.IF, FunctionType.EMPTY);
    exhausted.body().add(Instruction.of(Opcodes.CALL, counters.stackCall()));
    exhausted.body().add(Instruction.of(Opcodes.UNREACHABLE));
    out.add(exhausted);
  }

  private void addToStack(int bytes, List<Node> out) {
    out.add(Instruction.of(Opcodes.GLOBAL_GET, counters.stack()));
    out.add(Instruction.i32(bytes));
    out.add(Instruction.of(Opcodes.I32_ADD));
    out.add(Instruction.of(Opcodes.GLOBAL_SET, counters.stack()));
  }

  private void charge(long cost, List<Node> out) {
    out.add(Instruction.of(Opcodes.GLOBAL_GET, counters.fuel()));
    out.add(Instruction.i64(cost));
    subtract(out);
  }

  /// Takes the i64 on the stack from the fuel below it, and calls the host if it was too little.
  private void subtract(List<Node> out) {
    out.add(Instruction.of(Opcodes.I64_SUB));
    out.add(Instruction.of(Opcodes.LOCAL_TEE, fuelLocal));
    out.add(Instruction.of(Opcodes.GLOBAL_SET, counters.fuel()));
    out.add(Instruction.of(Opcodes.LOCAL_GET, fuelLocal));
    out.add(Instruction.i64(0));
    out.add(Instruction.of(Opcodes.I64_LT_S));
    Block exhausted = new Block(Block.Kind.IF, FunctionType.EMPTY);
    exhausted.body().add(Instruction.of(Opcodes.CALL, counters.fuelCall()));
    out.add(exhausted);
  }

  /// Charges for the i32 in [#sizeLocal], read as unsigned and shifted right.
  private void chargeSize(int shift, List<Node> out) {
    out.add(Instruction.of(Opcodes.GLOBAL_GET, counters.fuel()));
    out.add(Instruction.of(Opcodes.LOCAL_GET, sizeLocal));
    if (shift > 0) {
      out.add(Instruction.i32(shift));
      out.add(Instruction.of(Opcodes.I32_SHR_U));
    }
    out.add(Instruction.of(Opcodes.I64_EXTEND_I32_U));
    subtract(out);
  }

  @Override
  protected void block(Block block, List<Node> out) {
    Block copy = copy(block);
    out.add(copy);
    if (block.kind() == Block.Kind.LOOP) {
      charge(costs.at(block), copy.body());
    }
    fill(block, copy);
  }

  @Override
  protected void instruction(Instruction in, List<Node> out) {
    switch (in.code()) {
      case Opcodes.MEMORY_COPY, Opcodes.MEMORY_FILL, Opcodes.MEMORY_INIT ->
          bulk(in, counters.shift(), out);
      case Opcodes.TABLE_COPY, Opcodes.TABLE_FILL, Opcodes.TABLE_INIT -> bulk(in, 0, out);
      case Opcodes.MEMORY_GROW -> growMemory(in, out);
      case Opcodes.TABLE_GROW -> growTable(in, out);
      case Opcodes.RETURN -> returns(in, out);
      case Opcodes.RETURN_CALL -> tail(Opcodes.CALL, in, out);
      case Opcodes.RETURN_CALL_INDIRECT -> tail(Opcodes.CALL_INDIRECT, in, out);
      default -> out.add(in);
    }
  }

  private void returns(Instruction in, List<Node> out) {
    out.add(counted ? Branch.to(inner) : in);
  }

  private void tail(int call, Instruction in, List<Node> out) {
    out.add(new Instruction(Opcodes.get(call), in.x(), in.y()));
    out.add(Branch.to(inner));
  }

  private void bulk(Instruction in, int shift, List<Node> out) {
    sized = true;
    out.add(Instruction.of(Opcodes.LOCAL_TEE, sizeLocal));
    chargeSize(shift, out);
    out.add(in);
  }

  /// Growing flat memory copies it all, so the new size is charged, once it is known that it grew.
  private void growMemory(Instruction in, List<Node> out) {
    sized = true;
    out.add(in);
    Block grown = ifGrown(out);
    grown.body().add(Instruction.of(Opcodes.GLOBAL_GET, counters.fuel()));
    grown.body().add(Instruction.of(Opcodes.MEMORY_SIZE));
    grown.body().add(Instruction.of(Opcodes.I64_EXTEND_I32_U));
    grown.body().add(Instruction.i64(1L << (PAGE_SHIFT - counters.shift())));
    grown.body().add(Instruction.of(Opcodes.I64_MUL));
    subtract(grown.body());
    out.add(Instruction.of(Opcodes.LOCAL_GET, sizeLocal));
  }

  private void growTable(Instruction in, List<Node> out) {
    sized = true;
    out.add(in);
    Block grown = ifGrown(out);
    grown.body().add(Instruction.of(Opcodes.GLOBAL_GET, counters.fuel()));
    grown.body().add(Instruction.of(Opcodes.TABLE_SIZE, in.x()));
    grown.body().add(Instruction.of(Opcodes.I64_EXTEND_I32_U));
    subtract(grown.body());
    out.add(Instruction.of(Opcodes.LOCAL_GET, sizeLocal));
  }

  /// Keeps the result of growing in [#sizeLocal]; answers a block for where it was not -1.
  private Block ifGrown(List<Node> out) {
    out.add(Instruction.of(Opcodes.LOCAL_TEE, sizeLocal));
    out.add(Instruction.i32(-1));
    out.add(Instruction.of(Opcodes.I32_NE));
    Block grown = new Block(Block.Kind.IF, FunctionType.EMPTY);
    out.add(grown);
    return grown;
  }
}
