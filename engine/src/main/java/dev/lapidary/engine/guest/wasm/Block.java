package dev.lapidary.engine.guest.wasm;

import java.util.ArrayList;
import java.util.List;

/// A block, known by identity: branches point at it. Its lists may be filled and changed by the
/// pass that made it; a pass never changes a tree it was given.
public final class Block implements Node {
  /// What a branch to the block does is go to its end, or to the start of a [#LOOP].
  public enum Kind {
    FUNCTION,
    BLOCK,
    LOOP,
    IF
  }

  private final Kind kind;
  private final FunctionType type;
  private final List<Node> body = new ArrayList<>();
  private final List<Node> otherwise = new ArrayList<>();

  public Block(Kind kind, FunctionType type) {
    this.kind = kind;
    this.type = type;
  }

  public Kind kind() {
    return kind;
  }

  /// Operands taken and results left. A function's root takes none: its parameters are locals.
  public FunctionType type() {
    return type;
  }

  public List<Node> body() {
    return body;
  }

  /// The `else` arm of an [Kind#IF], empty where there is none.
  public List<Node> otherwise() {
    return otherwise;
  }

  /// The types a branch to this block carries.
  public List<ValueType> labelTypes() {
    return kind == Kind.LOOP ? type.parameters() : type.results();
  }
}
