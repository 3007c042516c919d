package dev.lapidary.engine.guest.wasm;

import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/// Where a module's indices went when it became part of another; `constants` are the globals that
/// became plain numbers.
record Renumbering(
    IntUnaryOperator types,
    IntUnaryOperator functions,
    IntUnaryOperator tables,
    IntUnaryOperator globals,
    IntUnaryOperator elements,
    IntUnaryOperator data,
    Map<Integer, Integer> constants) {

  static Renumbering ofFunctions(IntUnaryOperator functions) {
    IntUnaryOperator same = IntUnaryOperator.identity();
    return new Renumbering(same, functions, same, same, same, same, Map.of());
  }

  WasmFunction function(WasmFunction function) {
    Block body =
        new TreeRewriter() {
          @Override
          protected void instruction(Instruction instruction, List<Node> out) {
            out.add(Renumbering.this.instruction(instruction));
          }
        }.rewrite(function.body());
    return new WasmFunction(types.applyAsInt(function.type()), function.locals(), body);
  }

  Instruction instruction(Instruction in) {
    return switch (in.opcode().immediates()) {
      case FUNC -> in.withX(functions.applyAsInt(in.index()));
      case TYPE_TABLE -> pair(in, types, tables);
      case TABLE -> in.withX(tables.applyAsInt(in.index()));
      case GLOBAL -> global(in);
      case DATA -> in.withX(data.applyAsInt(in.index()));
      case DATA_MEMORY -> in.withX(data.applyAsInt(in.index()));
      case ELEM -> in.withX(elements.applyAsInt(in.index()));
      case ELEM_TABLE -> pair(in, elements, tables);
      case TABLE_TABLE -> pair(in, tables, tables);
      default -> in;
    };
  }

  private Instruction global(Instruction in) {
    Integer constant = constants.get(in.index());
    if (constant == null) {
      return in.withX(globals.applyAsInt(in.index()));
    }
    if (in.code() == Opcodes.GLOBAL_SET) {
      throw new InvalidModuleException("code writes the linker's global " + in.index());
    }
    return Instruction.i32(constant);
  }

  private static Instruction pair(Instruction in, IntUnaryOperator x, IntUnaryOperator y) {
    return new Instruction(in.opcode(), x.applyAsInt(in.index()), y.applyAsInt((int) in.y()));
  }

  ConstantExpression constant(ConstantExpression expression) {
    return ConstantFolder.fold(
        new ConstantExpression(expression.instructions().stream().map(this::instruction).toList()));
  }

  Global global(Global global) {
    return new Global(global.type(), constant(global.initial()));
  }

  ElementSegment element(ElementSegment segment) {
    ElementSegment.Mode mode =
        segment.mode() instanceof ElementSegment.Mode.Active active
            ? new ElementSegment.Mode.Active(
                tables.applyAsInt(active.table()), constant(active.offset()))
            : segment.mode();
    return new ElementSegment(
        mode, segment.type(), segment.items().stream().map(this::constant).toList());
  }

  DataSegment data(DataSegment segment) {
    return segment.mode() instanceof DataSegment.Mode.Active active
        ? new DataSegment(new DataSegment.Mode.Active(constant(active.offset())), segment.bytes())
        : segment;
  }
}
