package dev.lapidary.engine.guest.wasm;

import com.dylibso.chicory.runtime.ConstantEvaluators;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.OpcodeImpl;
import com.dylibso.chicory.runtime.TableInstance;
import com.dylibso.chicory.runtime.WasmRuntimeException;
import com.dylibso.chicory.wasm.types.Element;
import com.dylibso.chicory.wasm.types.PassiveElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.util.Set;

/// Instructions that the runtime gets wrong, as the specification has them; compiled code is made
/// to call these.
///
/// - Bulk table instructions are all or nothing. Chicory adds their operands in 32 bits, so that
///   some that are out of bounds pass, write a part, or throw what is no trap.
/// - Conversions of unsigned 64-bit integers to floats round to nearest, ties to even. Chicory's
///   lose the bit that decides.
public final class Corrections {
  private static final ClassDesc OWN = ClassDesc.of(Corrections.class.getName());
  private static final String CHICORY = OpcodeImpl.class.getName().replace('.', '/');
  private static final Set<String> CORRECTED =
      Set.of("TABLE_FILL", "TABLE_COPY", "TABLE_INIT", "F32_CONVERT_I64_U", "F64_CONVERT_I64_U");

  private Corrections() {}

  /// The class to call for an instruction, under the same name and type.
  static ClassDesc owner(InvokeInstruction call) {
    boolean corrected =
        call.owner().asInternalName().equals(CHICORY)
            && CORRECTED.contains(call.name().stringValue());
    return corrected ? OWN : call.owner().asSymbol();
  }

  /// The class file with its calls corrected.
  static byte[] apply(byte[] classFile) {
    ClassFile file = ClassFile.of();
    ClassModel model = file.parse(classFile);
    if (!mentions(model)) {
      return classFile;
    }
    CodeTransform calls =
        (code, element) -> {
          if (element instanceof InvokeInstruction call && owner(call).equals(OWN)) {
            code.invokestatic(OWN, call.name().stringValue(), call.typeSymbol());
          } else {
            code.with(element);
          }
        };
    return file.transformClass(model, ClassTransform.transformingMethodBodies(calls));
  }

  private static boolean mentions(ClassModel model) {
    for (PoolEntry entry : model.constantPool()) {
      if (entry instanceof Utf8Entry text && CORRECTED.contains(text.stringValue())) {
        return true;
      }
    }
    return false;
  }

  public static float F32_CONVERT_I64_U(long value) {
    return value >= 0 ? (float) value : (float) halved(value) * 2;
  }

  public static double F64_CONVERT_I64_U(long value) {
    return value >= 0 ? (double) value : (double) halved(value) * 2;
  }

  /// Half of an unsigned number, rounded to odd: the bit lost still decides how the rest rounds.
  private static long halved(long value) {
    return (value >>> 1) | (value & 1);
  }

  public static void TABLE_FILL(Instance instance, int table, int size, int value, int offset) {
    TableInstance target = instance.table(table);
    check(offset, size, target.size());
    for (int i = offset; i < offset + size; i++) {
      target.setRef(i, value, instance);
    }
  }

  public static void TABLE_COPY(
      Instance instance, int source, int target, int size, int from, int to) {
    TableInstance in = instance.table(source);
    TableInstance out = instance.table(target);
    check(from, size, in.size());
    check(to, size, out.size());
    for (int i = 0; i < size; i++) {
      int at = to <= from ? i : size - 1 - i;
      out.setRef(to + at, in.ref(from + at), in.instance(from + at));
    }
  }

  public static void TABLE_INIT(
      Instance instance, int table, int segment, int size, int from, int to) {
    TableInstance out = instance.table(table);
    Element element = instance.element(segment);
    boolean there = element instanceof PassiveElement;
    check(from, size, there ? element.elementCount() : 0);
    check(to, size, out.size());
    for (int i = 0; i < size; i++) {
      long value =
          ConstantEvaluators.computeConstantValue(instance, element.initializers().get(from + i))[
              0];
      out.setRef(to + i, OpcodeImpl.boxForTable(value, instance), instance);
    }
  }

  private static void check(int from, int size, int most) {
    if (Integer.toUnsignedLong(from) + Integer.toUnsignedLong(size) > most) {
      throw new WasmRuntimeException("out of bounds table access");
    }
  }
}
