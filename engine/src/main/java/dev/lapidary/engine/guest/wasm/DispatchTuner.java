package dev.lapidary.engine.guest.wasm;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.util.Objects.requireNonNull;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.classfile.instruction.TableSwitchInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// Chicory's way from a function's number to the function, which each call from the host takes: one
/// switch over all of them, that a large module makes too large for HotSpot. Here it becomes a
/// switch over smaller ones.
final class DispatchTuner {
  private static final String NAME = "call_dispatch_";
  private static final String FUNCTION = "call_";
  private static final String HOST = "callHostFunction";
  private static final String UNKNOWN = "throwUnknownFunction";

  /// Functions of one switch: some 9 bytes each.
  private static final int SHIFT = 9;

  /// HotSpot compiles no method of more bytecodes than this.
  private static final int TOO_LARGE = 8_000;

  private static final int INSTANCE = 0;
  private static final int MEMORY = 1;
  private static final int NUMBER = 2;
  private static final int ARGUMENTS = 3;

  private final ClassDesc owner;
  private final String name;
  private final MethodTypeDesc type;
  private final Map<Label, InvokeInstruction> calls = new HashMap<>();

  /// What each number calls.
  private final TreeMap<Integer, InvokeInstruction> functions = new TreeMap<>();

  private final UnaryOperator<MethodTypeDesc> types;

  private DispatchTuner(ClassDesc owner, MethodModel method, UnaryOperator<MethodTypeDesc> types) {
    this.owner = owner;
    this.name = method.methodName().stringValue();
    this.type = types.apply(method.methodTypeSymbol());
    this.types = types;
    read(method.code().orElseThrow().elementList());
  }

  static boolean isTooLarge(MethodModel method) {
    return method.methodName().stringValue().startsWith(NAME)
        && method.code().filter(c -> ((CodeAttribute) c).codeLength() > TOO_LARGE).isPresent();
  }

  /// Writes the method anew, with those it needs.
  ///
  /// @param types what becomes of a method's type
  static void write(
      ClassBuilder out, ClassDesc owner, MethodModel method, UnaryOperator<MethodTypeDesc> types) {
    DispatchTuner dispatch = new DispatchTuner(owner, method, types);
    dispatch.writeParts(out, method.flags().flagsMask());
  }

  private void read(List<CodeElement> elements) {
    List<Label> here = new ArrayList<>();
    List<SwitchCase> cases = List.of();
    for (CodeElement element : elements) {
      switch (element) {
        case LabelTarget target -> here.add(target.label());
        case TableSwitchInstruction table -> cases = table.cases();
        case InvokeInstruction call -> {
          here.forEach(label -> calls.put(label, call));
          here.clear();
        }
        default -> {}
      }
    }
    for (SwitchCase one : cases) {
      InvokeInstruction call = calls.get(one.target());
      if (call == null) {
        throw new IllegalStateException("a case that calls nothing in " + name);
      }
      functions.put(one.caseValue(), call);
    }
  }

  private void writeParts(ClassBuilder out, int flags) {
    TreeMap<Integer, List<Integer>> parts = new TreeMap<>();
    for (int number : functions.keySet()) {
      parts.computeIfAbsent(number >> SHIFT, part -> new ArrayList<>()).add(number);
    }
    parts.forEach(
        (part, numbers) ->
            out.withMethodBody(partName(part), type, flags, code -> writePart(code, numbers)));
    out.withMethodBody(
        name,
        type,
        flags,
        code -> {
          code.iload(NUMBER).loadConstant(SHIFT).ishr();
          List<SwitchCase> cases = new ArrayList<>();
          parts.keySet().forEach(part -> cases.add(SwitchCase.of(part, code.newLabel())));
          Label unknown = code.newLabel();
          code.tableswitch(unknown, cases);
          for (SwitchCase one : cases) {
            code.labelBinding(one.target());
            code.aload(INSTANCE).aload(MEMORY).iload(NUMBER).aload(ARGUMENTS);
            code.invokestatic(owner, partName(one.caseValue()), type).areturn();
          }
          code.labelBinding(unknown);
          unknown(code);
        });
  }

  private String partName(int part) {
    return name + "_" + part;
  }

  private void writePart(CodeBuilder code, List<Integer> numbers) {
    List<SwitchCase> cases = new ArrayList<>();
    numbers.forEach(number -> cases.add(SwitchCase.of(number, code.newLabel())));
    Label unknown = code.newLabel();
    code.iload(NUMBER).tableswitch(unknown, cases);
    for (SwitchCase one : cases) {
      code.labelBinding(one.target());
      InvokeInstruction call = requireNonNull(functions.get(one.caseValue()));
      String function = call.name().stringValue();
      if (function.equals(UNKNOWN)) {
        unknown(code);
        continue;
      }
      code.aload(INSTANCE);
      if (function.equals(HOST)) {
        code.iload(NUMBER);
      } else if (function.startsWith(FUNCTION)) {
        code.aload(MEMORY);
      } else {
        throw new IllegalStateException(name + " calls " + function);
      }
      code.aload(ARGUMENTS);
      code.invokestatic(call.owner().asSymbol(), function, types.apply(call.typeSymbol()));
      code.areturn();
    }
    code.labelBinding(unknown);
    unknown(code);
  }

  private void unknown(CodeBuilder code) {
    code.iload(NUMBER);
    code.invokestatic(shaded(), UNKNOWN, MethodTypeDesc.of(desc(RuntimeException.class), CD_int));
    code.athrow();
  }

  private ClassDesc shaded() {
    String machine = owner.displayName().substring(0, owner.displayName().lastIndexOf("Dispatch_"));
    return ClassDesc.of(owner.packageName(), machine + "Shaded");
  }

  private static ClassDesc desc(Class<?> type) {
    return ClassDesc.of(type.getName());
  }
}
