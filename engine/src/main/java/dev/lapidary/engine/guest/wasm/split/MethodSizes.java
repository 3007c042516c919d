package dev.lapidary.engine.guest.wasm.split;

import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.CodeAttribute;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// Bytecode sizes of compiled methods, read from class files.
///
/// @param methods largest first
public record MethodSizes(List<Method> methods) {
  private static final String FUNCTION = "func_";

  public record Method(String owner, String name, int bytes) {
    /// Whether it is a Wasm function, not one of the methods Chicory adds around them.
    public boolean isFunction() {
      return name.startsWith(FUNCTION);
    }

    /// The index of the Wasm function it is.
    public int function() {
      return Integer.parseInt(name.substring(FUNCTION.length()));
    }
  }

  public MethodSizes {
    methods = List.copyOf(methods);
  }

  public static MethodSizes of(Map<String, byte[]> classes) {
    List<Method> all = new ArrayList<>();
    classes.forEach(
        (name, bytes) -> {
          for (var method : ClassFile.of().parse(bytes).methods()) {
            method
                .code()
                .ifPresent(
                    code ->
                        all.add(
                            new Method(
                                name,
                                method.methodName().stringValue(),
                                ((CodeAttribute) code).codeLength())));
          }
        });
    all.sort(Comparator.comparingInt(Method::bytes).reversed());
    return new MethodSizes(all);
  }

  /// Methods that HotSpot will not compile.
  public List<Method> huge() {
    return methods.stream().takeWhile(m -> m.bytes() > SplitLimits.JVM).toList();
  }
}
