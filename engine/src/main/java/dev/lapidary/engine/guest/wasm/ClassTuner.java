package dev.lapidary.engine.guest.wasm;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Takes detours out of the classes that Chicory's compiler makes of a metered module.
///
/// - Memory is a [FlatMemory], not an interface, and is read and written by its own static methods.
/// - Globals are read and written through it, in two loads.
/// - No check for interrupts: metered code calls `lapidary.fuel` often enough.
/// - A comparison that decides a branch is one, and not a number in between.
///
/// What the code computes, and where it traps, stays the same. Instances must have a [FlatMemory] as
/// their first memory, [FlatMemory#attach]ed.
final class ClassTuner {
  private static final ClassDesc MEMORY = ClassDesc.of("com.dylibso.chicory.runtime.Memory");
  private static final ClassDesc FLAT = ClassDesc.of(FlatMemory.class.getName());
  private static final String SHADED = "Shaded";
  private static final String FLAT_NAME = FlatMemory.class.getName().replace('.', '/');
  private static final MethodTypeDesc READ_GLOBAL = MethodTypeDesc.of(CD_long, CD_int, FLAT);

  private ClassTuner() {}

  /// Tunes the classes of one module, by name.
  static Map<String, byte[]> tune(Map<String, byte[]> classes) {
    Map<String, byte[]> tuned = new LinkedHashMap<>();
    classes.forEach(
        (name, bytes) -> tuned.put(name, name.endsWith(SHADED) ? bytes : tune(bytes)));
    return tuned;
  }

  private static byte[] tune(byte[] bytes) {
    ClassFile file = ClassFile.of();
    ClassModel model = file.parse(bytes);
    ClassTransform methods =
        (builder, element) -> {
          if (element instanceof MethodModel method) {
            builder.withMethod(
                method.methodName().stringValue(),
                flat(method.methodTypeSymbol()),
                method.flags().flagsMask(),
                m -> m.transform(method, MethodTransform.transformingCode(new Body())));
          } else {
            builder.with(element);
          }
        };
    return file.transformClass(model, methods);
  }

  private static MethodTypeDesc flat(MethodTypeDesc type) {
    MethodTypeDesc flat = type;
    for (int i = 0; i < type.parameterCount(); i++) {
      if (type.parameterType(i).equals(MEMORY)) {
        flat = flat.changeParameterType(i, FLAT);
      }
    }
    return flat;
  }

  /// Rewrites one method: looks at its elements in pairs, so it collects them first.
  private static final class Body implements CodeTransform {
    private final List<CodeElement> elements = new ArrayList<>();

    @Override
    public void accept(CodeBuilder out, CodeElement element) {
      elements.add(element);
    }

    @Override
    public void atEnd(CodeBuilder out) {
      for (int i = 0; i < elements.size(); i++) {
        CodeElement element = elements.get(i);
        if (element instanceof InvokeInstruction call && call.opcode() == Opcode.INVOKESTATIC) {
          i += invoke(out, call, i);
        } else if (element instanceof LoadInstruction load && beforeGlobal(i)) {
          out.aload(load.slot() - 1); // the memory is the parameter before the instance
        } else if (element instanceof InvokeInstruction call
            && call.typeSymbol().returnType().equals(MEMORY)) {
          out.with(element);
          out.checkcast(FLAT);
        } else {
          out.with(element);
        }
      }
    }

    private boolean beforeGlobal(int i) {
      return i + 1 < elements.size()
          && elements.get(i + 1) instanceof InvokeInstruction next
          && isShaded(next)
          && (next.name().equalsString("readGlobal") || next.name().equalsString("writeGlobal"));
    }

    private static boolean isShaded(InvokeInstruction call) {
      return call.owner().asInternalName().endsWith(SHADED);
    }

    /// Answers how many of the elements that follow it has dealt with.
    private int invoke(CodeBuilder out, InvokeInstruction call, int at) {
      String name = call.name().stringValue();
      if (isShaded(call)) {
        switch (name) {
          case "checkInterruption" -> {}
          case "readGlobal" -> out.invokestatic(FLAT, "global", READ_GLOBAL);
          case "writeGlobal" ->
              out.invokestatic(
                  FLAT,
                  "setGlobal",
                  MethodTypeDesc.of(java.lang.constant.ConstantDescs.CD_void, CD_long, CD_int, FLAT));
          default -> {
            if (name.startsWith("memoryRead") || name.startsWith("memoryWrite")) {
              out.invokestatic(FLAT, name, flat(call.typeSymbol()));
            } else {
              out.with(call);
            }
          }
        }
        return 0;
      }
      int fused = Comparison.fuse(out, name, call.owner().asInternalName(), elements, at);
      if (fused > 0) {
        return fused;
      }
      out.invokestatic(call.owner().asSymbol(), name, flat(call.typeSymbol()), call.isInterface());
      return 0;
    }
  }
}
