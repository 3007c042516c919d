package dev.lapidary.engine.guest.wasm;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.wasm.WasmModule;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;

/// Takes the detours out of the classes that Chicory's compiler makes of a metered module.
///
/// - Memory is a [FlatMemory], or a [RegionMemory] within one, not an interface, read and written
///   by static methods ([MemoryAccess], [RegionAccess]).
/// - Globals that no host can name are fields of it ([Cells]).
/// - No check for interrupts: metered code calls `lapidary.fuel` often enough.
/// - The switch by which the host calls functions is small enough for the JIT ([DispatchTuner]).
/// - A comparison that decides a branch is one, not a number in between ([Comparison]).
///
/// What the code computes, and where it traps, stays the same.
final class ClassTuner {
  private static final ClassDesc MEMORY = desc(Memory.class);
  private static final ClassDesc FLAT = desc(FlatMemory.class);
  private static final ClassDesc INSTANCE = desc(Instance.class);
  private static final String OUTER = "outer";

  /// The class of small functions that Chicory puts beside a module's own.
  private static final String SHADED = "Shaded";

  private final ClassDesc memory;
  private final ClassDesc access;
  private final boolean isRegion;
  private final boolean hasMemory;
  private final int[] cells;

  /// @param module the one the classes were made of
  ClassTuner(WasmModule module, MemoryKind kind) {
    this.isRegion = kind == MemoryKind.REGION;
    this.memory = isRegion ? desc(RegionMemory.class) : FLAT;
    this.access = isRegion ? desc(RegionAccess.class) : desc(MemoryAccess.class);
    this.hasMemory = module.memorySection().filter(s -> s.memoryCount() > 0).isPresent();
    this.cells = Cells.of(module);
  }

  private static ClassDesc desc(Class<?> type) {
    return ClassDesc.of(type.getName());
  }

  byte[] tune(String name, byte[] bytes) {
    if (name.endsWith(SHADED)) {
      return Corrections.apply(bytes);
    }
    ClassFile file = ClassFile.of();
    return file.transformClass(
        file.parse(bytes),
        (builder, element) -> {
          if (element instanceof MethodModel large && DispatchTuner.isTooLarge(large)) {
            DispatchTuner.write(
                builder, large.parent().orElseThrow().thisClass().asSymbol(), large, this::flat);
          } else if (element instanceof MethodModel method) {
            builder.withMethod(
                method.methodName().stringValue(),
                flat(method.methodTypeSymbol()),
                method.flags().flagsMask(),
                m -> m.transform(method, MethodTransform.transformingCode(new Body(method))));
          } else {
            builder.with(element);
          }
        });
  }

  private MethodTypeDesc flat(MethodTypeDesc type) {
    MethodTypeDesc flat = type;
    for (int i = 0; hasMemory && i < type.parameterCount(); i++) {
      if (type.parameterType(i).equals(MEMORY)) {
        flat = flat.changeParameterType(i, memory);
      }
    }
    return flat;
  }

  private static boolean isShaded(InvokeInstruction call) {
    return call.owner().asInternalName().endsWith(SHADED);
  }

  /// One method. What to write depends on the elements that follow, so it collects them first.
  private final class Body implements CodeTransform {
    private final List<CodeElement> elements = new ArrayList<>();
    private final MethodTypeDesc type;

    Body(MethodModel method) {
      this.type = method.methodTypeSymbol();
    }

    @Override
    public void accept(CodeBuilder out, CodeElement element) {
      elements.add(element);
    }

    @Override
    public void atEnd(CodeBuilder out) {
      int at = 0;
      while (at < elements.size()) {
        at += rewrite(out, at);
      }
    }

    /// Answers how many elements it has dealt with.
    private int rewrite(CodeBuilder out, int at) {
      CodeElement element = elements.get(at);
      if (hasMemory && element instanceof ConstantInstruction index) {
        return global(out, at, index);
      }
      if (!(element instanceof InvokeInstruction call)) {
        out.with(element);
        return 1;
      }
      if (isShaded(call)) {
        shaded(out, call);
        return 1;
      }
      int compared = Comparison.fuse(out, elements, at);
      if (compared > 0) {
        return compared;
      }
      call(out, call);
      return 1;
    }

    /// Constant, instance, then the call that reads or writes the global; a value to write lies
    /// below. The memory is the parameter before the instance.
    private int global(CodeBuilder out, int at, ConstantInstruction index) {
      if (at + 2 >= elements.size()
          || !(elements.get(at + 1) instanceof LoadInstruction instance)
          || !(elements.get(at + 2) instanceof InvokeInstruction call)
          || !isShaded(call)) {
        out.with(index);
        return 1;
      }
      boolean read = call.name().equalsString("readGlobal");
      if (!read && !call.name().equalsString("writeGlobal")) {
        out.with(index);
        return 1;
      }
      int number = (Integer) index.constantValue();
      int cell = cells[number];
      if (cell == Cells.NONE) {
        out.loadConstant(number).aload(instance.slot() - 1);
        out.invokestatic(memory, read ? "global" : "setGlobal", accessor(read));
        return 3;
      }
      out.aload(instance.slot() - 1);
      ClassDesc owner = memory;
      if (isRegion && (cell == Cells.FUEL || cell == Cells.STACK)) {
        out.getfield(memory, OUTER, FLAT);
        owner = FLAT;
      }
      if (read) {
        out.getfield(owner, Cells.field(cell), CD_long);
      } else {
        out.dup_x2().pop().putfield(owner, Cells.field(cell), CD_long);
      }
      return 3;
    }

    private MethodTypeDesc accessor(boolean read) {
      return read
          ? MethodTypeDesc.of(CD_long, CD_int, memory)
          : MethodTypeDesc.of(CD_void, CD_long, CD_int, memory);
    }

    private void shaded(CodeBuilder out, InvokeInstruction call) {
      String name = call.name().stringValue();
      if (name.equals("checkInterruption")) {
        return;
      }
      if (hasMemory && (name.startsWith("memoryRead") || name.startsWith("memoryWrite"))) {
        out.invokestatic(access, name, flat(call.typeSymbol()));
      } else if (isRegion
          && name.equals("callIndirect")
          && call.typeSymbol().parameterCount() == 4) {
        out.aload(lastParameter());
        MethodTypeDesc foreign = call.typeSymbol().insertParameterTypes(4, INSTANCE);
        out.invokestatic(access, name, foreign);
      } else {
        out.with(call);
      }
    }

    /// The slot of a static method's last parameter, which is the instance.
    private int lastParameter() {
      int slot = -1;
      for (ClassDesc parameter : type.parameterList()) {
        slot += TypeKind.from(parameter).slotSize();
      }
      return slot;
    }

    /// Memory that comes from Chicory is cast; the module's own functions take it as what it is.
    private void call(CodeBuilder out, InvokeInstruction call) {
      if (call.opcode() == Opcode.INVOKESTATIC) {
        out.invokestatic(
            Corrections.owner(call),
            call.name().stringValue(),
            flat(call.typeSymbol()),
            call.isInterface());
        return;
      }
      out.with(call);
      if (hasMemory && call.typeSymbol().returnType().equals(MEMORY)) {
        out.checkcast(memory);
      }
    }
  }
}
