package dev.lapidary.engine.guest.wasm;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import java.util.Map;

/// Comparisons as Chicory compiles them, a static call that answers 0 or 1, and their form where a
/// branch follows.
final class Comparison {
  private static final String OWNER = "com/dylibso/chicory/runtime/OpcodeImpl";

  private static final Map<String, Opcode> CONDITIONS =
      Map.ofEntries(
          Map.entry("EQZ", Opcode.IFEQ),
          Map.entry("EQ", Opcode.IFEQ),
          Map.entry("NE", Opcode.IFNE),
          Map.entry("LT", Opcode.IFLT),
          Map.entry("LE", Opcode.IFLE),
          Map.entry("GT", Opcode.IFGT),
          Map.entry("GE", Opcode.IFGE),
          Map.entry("LT_S", Opcode.IFLT),
          Map.entry("LE_S", Opcode.IFLE),
          Map.entry("GT_S", Opcode.IFGT),
          Map.entry("GE_S", Opcode.IFGE),
          Map.entry("LT_U", Opcode.IFLT),
          Map.entry("LE_U", Opcode.IFLE),
          Map.entry("GT_U", Opcode.IFGT),
          Map.entry("GE_U", Opcode.IFGE));

  private Comparison() {}

  /// Writes comparison and branch as one; answers how many elements after the first it took, 0 if
  /// they are nothing of the kind and nothing was written.
  static int fuse(
      CodeBuilder out, String name, String owner, List<CodeElement> elements, int at) {
    if (!owner.equals(OWNER) || name.charAt(3) != '_') {
      return 0;
    }
    Opcode condition = CONDITIONS.get(name.substring(4));
    if (condition == null) {
      return 0;
    }
    int next = at + 1;
    boolean negated = false;
    while (next < elements.size()
        && elements.get(next) instanceof InvokeInstruction call
        && call.owner().asInternalName().equals(OWNER)
        && call.name().equalsString("I32_EQZ")) {
      negated = !negated;
      next++;
    }
    if (next >= elements.size()
        || !(elements.get(next) instanceof BranchInstruction branch)
        || (branch.opcode() != Opcode.IFEQ && branch.opcode() != Opcode.IFNE)) {
      return 0;
    }
    boolean holds = (branch.opcode() == Opcode.IFNE) != negated;
    Opcode jump = holds ? condition : inverse(condition);
    boolean unsigned = name.endsWith("_U");
    switch (name.substring(0, 3)) {
      case "I32" -> {
        if (name.endsWith("EQZ")) {
          out.branch(jump, branch.target());
        } else if (unsigned) {
          compareUnsigned(out, Integer.class, ConstantDescs.CD_int);
          out.branch(jump, branch.target());
        } else {
          out.branch(ofInts(jump), branch.target());
        }
      }
      case "I64" -> {
        if (name.endsWith("EQZ")) {
          out.lconst_0().lcmp();
        } else if (unsigned) {
          compareUnsigned(out, Long.class, ConstantDescs.CD_long);
        } else {
          out.lcmp();
        }
        out.branch(jump, branch.target());
      }
      default -> {
        // Not a number must fail all but NE: it counts as greater for less, as less for the others.
        boolean less = condition == Opcode.IFLT || condition == Opcode.IFLE;
        if (name.startsWith("F32")) {
          out = less ? out.fcmpg() : out.fcmpl();
        } else {
          out = less ? out.dcmpg() : out.dcmpl();
        }
        out.branch(jump, branch.target());
      }
    }
    return next - at;
  }

  private static void compareUnsigned(CodeBuilder out, Class<?> owner, ClassDesc type) {
    out.invokestatic(
        ClassDesc.of(owner.getName()),
        "compareUnsigned",
        MethodTypeDesc.of(ConstantDescs.CD_int, type, type));
  }

  private static Opcode inverse(Opcode jump) {
    return switch (jump) {
      case IFEQ -> Opcode.IFNE;
      case IFNE -> Opcode.IFEQ;
      case IFLT -> Opcode.IFGE;
      case IFGE -> Opcode.IFLT;
      case IFGT -> Opcode.IFLE;
      default -> Opcode.IFGT;
    };
  }

  private static Opcode ofInts(Opcode jump) {
    return switch (jump) {
      case IFEQ -> Opcode.IF_ICMPEQ;
      case IFNE -> Opcode.IF_ICMPNE;
      case IFLT -> Opcode.IF_ICMPLT;
      case IFGE -> Opcode.IF_ICMPGE;
      case IFGT -> Opcode.IF_ICMPGT;
      default -> Opcode.IF_ICMPLE;
    };
  }
}
