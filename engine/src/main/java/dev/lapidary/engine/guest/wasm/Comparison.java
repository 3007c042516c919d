package dev.lapidary.engine.guest.wasm;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import com.dylibso.chicory.runtime.OpcodeImpl;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A Wasm comparison as Chicory compiles it, a static call that answers 0 or 1, in the form it
/// takes where a branch follows.
///
/// @param operands their Wasm type, as `I32`
/// @param jump taken where it holds, once the operands are compared to an int
/// @param unsigned whether integers are
/// @param toZero whether it has one operand
record Comparison(String operands, Opcode jump, boolean unsigned, boolean toZero) {
  private static final String OWNER = OpcodeImpl.class.getName().replace('.', '/');
  private static final int TYPE = 3;

  /// Writes a comparison and the branch after it as one. Answers how many elements that were; 0 if
  /// the elements are nothing of the kind, and nothing was written.
  static int fuse(CodeBuilder out, List<CodeElement> elements, int at) {
    Comparison comparison = of(elements.get(at));
    if (comparison == null) {
      return 0;
    }
    int next = at + 1;
    boolean negated = false;
    while (next < elements.size() && isNegation(elements.get(next))) {
      negated = !negated;
      next++;
    }
    if (next == elements.size()
        || !(elements.get(next) instanceof BranchInstruction branch)
        || (branch.opcode() != Opcode.IFEQ && branch.opcode() != Opcode.IFNE)) {
      return 0;
    }
    boolean whereItHolds = (branch.opcode() == Opcode.IFNE) != negated;
    out.branch(comparison.compare(out, whereItHolds), branch.target());
    return next + 1 - at;
  }

  private static @Nullable Comparison of(CodeElement element) {
    if (!(element instanceof InvokeInstruction call)
        || !call.owner().asInternalName().equals(OWNER)) {
      return null;
    }
    String name = call.name().stringValue();
    Opcode jump =
        switch (name.substring(TYPE)) {
          case "_EQZ", "_EQ" -> Opcode.IFEQ;
          case "_NE" -> Opcode.IFNE;
          case "_LT", "_LT_S", "_LT_U" -> Opcode.IFLT;
          case "_LE", "_LE_S", "_LE_U" -> Opcode.IFLE;
          case "_GT", "_GT_S", "_GT_U" -> Opcode.IFGT;
          case "_GE", "_GE_S", "_GE_U" -> Opcode.IFGE;
          default -> null;
        };
    return jump == null
        ? null
        : new Comparison(name.substring(0, TYPE), jump, name.endsWith("_U"), name.endsWith("_EQZ"));
  }

  private static boolean isNegation(CodeElement element) {
    return element instanceof InvokeInstruction call
        && call.owner().asInternalName().equals(OWNER)
        && call.name().equalsString("I32_EQZ");
  }

  /// Writes the comparison and answers the branch that is taken where it holds, or fails.
  private Opcode compare(CodeBuilder out, boolean holds) {
    Opcode taken = holds ? jump : inverse(jump);
    switch (operands) {
      case "I32" -> {
        if (unsigned) {
          compareUnsigned(out, Integer.class, CD_int);
        } else if (!toZero) {
          return ofTwo(taken);
        }
      }
      case "I64" -> {
        if (unsigned) {
          compareUnsigned(out, Long.class, CD_long);
        } else if (toZero) {
          out.lconst_0().lcmp();
        } else {
          out.lcmp();
        }
      }
      // With NaN all but `ne` fails: it must count as greater for less, and as less for greater.
      case "F32" -> {
        if (isLess()) {
          out.fcmpg();
        } else {
          out.fcmpl();
        }
      }
      default -> {
        if (isLess()) {
          out.dcmpg();
        } else {
          out.dcmpl();
        }
      }
    }
    return taken;
  }

  private boolean isLess() {
    return jump == Opcode.IFLT || jump == Opcode.IFLE;
  }

  private static void compareUnsigned(CodeBuilder out, Class<?> owner, ClassDesc type) {
    out.invokestatic(
        ClassDesc.of(owner.getName()), "compareUnsigned", MethodTypeDesc.of(CD_int, type, type));
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

  private static Opcode ofTwo(Opcode jump) {
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
