package dev.lapidary.engine.guest.wasm.split;

import dev.lapidary.engine.guest.wasm.Block;
import dev.lapidary.engine.guest.wasm.Branch;
import dev.lapidary.engine.guest.wasm.FunctionType;
import dev.lapidary.engine.guest.wasm.Instruction;
import dev.lapidary.engine.guest.wasm.Node;
import dev.lapidary.engine.guest.wasm.ValueType;
import dev.lapidary.engine.guest.wasm.WasmFunction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A function made of code moved out of another, and the call that takes its place.
///
/// Locals live before the code are parameters. Locals it writes that are live after it come back
/// through scratch globals that the caller reads right after the call, before any other code of the
/// guest can run. Where the code may be left in several ways the result says which; where there is
/// only one way, the result is the first value to come back.
final class OutlinedRegion {
  private final FunctionDraft from;
  private final List<ValueType> leading;
  private final int[] parameters;
  private final int[] outs;
  private final boolean falls;
  private final boolean returns;
  private final List<ValueType> left;
  private final List<Block> exits;

  private final int[] renamed;
  private final List<ValueType> locals = new ArrayList<>();
  private final Map<Block, Block> labels = new HashMap<>();
  private final Block returning = Code.block();
  private final Block done = Code.block();
  private final int[] leftLocals;
  private final int[] returnLocals;
  private final int selector;

  /// @param leading types of parameters that precede the locals
  /// @param parameters locals to pass in
  /// @param outs locals to bring back
  /// @param left what the code leaves on the operand stack at its end, null where its end is never
  ///     reached
  OutlinedRegion(
      FunctionDraft from,
      Region region,
      List<ValueType> leading,
      BitSet parameters,
      BitSet outs,
      @Nullable List<ValueType> left) {
    this.from = from;
    this.leading = leading;
    this.parameters = parameters.stream().toArray();
    this.outs = outs.stream().toArray();
    this.falls = left != null;
    this.left = left == null ? List.of() : List.copyOf(left);
    this.returns = region.returns();
    this.exits = new ArrayList<>(region.exits.keySet());
    exits.sort((a, b) -> region.exits.getOrDefault(b, 0) - region.exits.getOrDefault(a, 0));
    exits.forEach(exit -> labels.put(exit, Code.block()));
    renamed = new int[from.locals().size()];
    Arrays.fill(renamed, -1);
    locals.addAll(leading);
    parameters.stream().forEach(this::rename);
    region.touched().stream().filter(v -> renamed[v] < 0).forEach(this::rename);
    leftLocals = this.left.stream().mapToInt(this::newLocal).toArray();
    returnLocals =
        returns ? from.type.results().stream().mapToInt(this::newLocal).toArray() : new int[0];
    selector = ways() > 1 ? newLocal(ValueType.I32) : -1;
  }

  private void rename(int local) {
    renamed[local] = newLocal(from.locals().get(local));
  }

  private int newLocal(ValueType type) {
    locals.add(type);
    return locals.size() - 1;
  }

  private int ways() {
    return exits.size() + (returns ? 1 : 0) + (falls ? 1 : 0);
  }

  /// Copies code of the region; `inner` adds labels of the helper's own.
  CodeCopy copier(Map<Block, Block> inner) {
    Map<Block, Block> all = new HashMap<>(labels);
    all.putAll(inner);
    return new CodeCopy(from, renamed, all, this::onReturn);
  }

  private void onReturn(List<Node> out) {
    for (int i = returnLocals.length - 1; i >= 0; i--) {
      out.add(Code.set(returnLocals[i]));
    }
    out.add(Branch.to(returning));
  }

  /// Makes the function of `body`, and returns what to put in the code's place. `arguments` are the
  /// leading ones.
  List<Node> finish(List<Node> body, List<Node> arguments, String role) {
    List<Node> site = new ArrayList<>(arguments);
    for (int parameter : parameters) {
      site.add(Code.get(parameter));
    }
    int call = site.size();
    List<Node> code = leave(body);
    @Nullable ValueType direct = bringBack(code, site);
    if (ways() > 1) {
      code.add(Code.get(selector));
    }
    site.add(call, Code.call(define(code, ways() > 1 ? ValueType.I32 : direct, role)));
    return dispatch(site);
  }

  private int define(List<Node> code, @Nullable ValueType result, String role) {
    int passed = leading.size() + parameters.length;
    FunctionType type =
        new FunctionType(locals.subList(0, passed), result == null ? List.of() : List.of(result));
    Block root = new Block(Block.Kind.FUNCTION, FunctionType.leaving(type.results()));
    root.body().addAll(code);
    WasmFunction function =
        new WasmFunction(
            from.module.typeIndex(type),
            FunctionDraft.runs(locals.subList(passed, locals.size())),
            root);
    return from.module.addFunction(function, from.index, role);
  }

  /// Gives each way out its number and brings all together.
  private List<Node> leave(List<Node> body) {
    if (ways() == 0) {
      return body;
    }
    List<Node> code = body;
    int way = 0;
    if (falls) {
      for (int i = leftLocals.length - 1; i >= 0; i--) {
        code.add(Code.set(leftLocals[i]));
      }
      select(code, way++);
    }
    for (Block exit : exits) {
      code = Code.enclose(label(exit), code);
      select(code, way++);
    }
    if (returns) {
      code = Code.enclose(returning, code);
      select(code, way);
    }
    return Code.enclose(done, code);
  }

  private Block label(Block exit) {
    Block label = labels.get(exit);
    if (label == null) {
      throw new IllegalStateException("an exit without a label");
    }
    return label;
  }

  private void select(List<Node> code, int way) {
    if (ways() > 1) {
      code.add(Instruction.i32(way));
      code.add(Code.set(selector));
    }
    if (way < ways() - 1) {
      code.add(Branch.to(done));
    }
  }

  /// Writes the values that come back, and reads locals among them; returns the direct one's type.
  private @Nullable ValueType bringBack(List<Node> code, List<Node> site) {
    @Nullable ValueType direct = null;
    boolean single = ways() == 1;
    int[] values = carried();
    for (int i = 0; i < values.length; i++) {
      if (single && i == 0) {
        direct = locals.get(values[0]);
      } else {
        code.add(Code.get(values[i]));
        code.add(Code.setGlobal(global(i)));
      }
    }
    if (direct != null) {
      code.add(Code.get(values[0]));
    }
    boolean directOut = direct != null && leftLocals.length + returnLocals.length == 0;
    for (int i = 0; i < outs.length; i++) {
      if (i > 0 || !directOut) {
        site.add(Code.getGlobal(global(leftLocals.length + returnLocals.length + i)));
      }
      site.add(Code.set(outs[i]));
    }
    return direct;
  }

  /// Locals of the helper whose values come back: left operands, results, then the outs.
  private int[] carried() {
    int[] all = Arrays.copyOf(leftLocals, leftLocals.length + returnLocals.length + outs.length);
    System.arraycopy(returnLocals, 0, all, leftLocals.length, returnLocals.length);
    for (int i = 0; i < outs.length; i++) {
      all[leftLocals.length + returnLocals.length + i] = renamed[outs[i]];
    }
    return all;
  }

  /// The global of the carried value at `place`: different places never share one.
  private int global(int place) {
    int[] values = carried();
    ValueType type = locals.get(values[place]);
    int ordinal = 0;
    for (int i = 0; i < place; i++) {
      ordinal += locals.get(values[i]) == type ? 1 : 0;
    }
    return from.module.scratch(from.level(), type, ordinal);
  }

  private void pushLeft(List<Node> site) {
    for (int i = ways() == 1 ? 1 : 0; i < leftLocals.length; i++) {
      site.add(Code.getGlobal(global(i)));
    }
  }

  private void returnFrom(List<Node> site) {
    for (int i = ways() == 1 ? 1 : 0; i < returnLocals.length; i++) {
      site.add(Code.getGlobal(global(leftLocals.length + i)));
    }
    site.add(Code.ret());
  }

  /// Goes where the helper's result says.
  private List<Node> dispatch(List<Node> site) {
    if (ways() == 0) {
      site.add(Code.trap());
    } else if (ways() == 1) {
      onlyWay(site);
    } else if (falls && returns && exits.isEmpty()) {
      Block then = new Block(Block.Kind.IF, FunctionType.EMPTY);
      returnFrom(then.body());
      site.add(then);
      pushLeft(site);
    } else if (falls && !returns && exits.size() == 1) {
      site.add(Branch.ifTo(exits.getFirst()));
      pushLeft(site);
    } else if (!falls && !returns && exits.size() == 2) {
      site.add(Branch.ifTo(exits.get(1)));
      site.add(Branch.to(exits.get(0)));
    } else {
      return table(site);
    }
    return site;
  }

  private void onlyWay(List<Node> site) {
    if (falls) {
      pushLeft(site);
    } else if (returns) {
      returnFrom(site);
    } else {
      site.add(Branch.to(exits.getFirst()));
    }
  }

  private List<Node> table(List<Node> site) {
    Block fall = Code.block();
    Block back = Code.block();
    List<Block> targets = new ArrayList<>();
    if (falls) {
      targets.add(fall);
    }
    targets.addAll(exits);
    if (returns) {
      targets.add(back);
    }
    List<Node> code = site;
    code.add(Code.table(targets));
    if (returns) {
      code = Code.enclose(back, code);
      returnFrom(code);
    }
    if (falls) {
      code = Code.enclose(fall, code);
      pushLeft(code);
    }
    return code;
  }
}
