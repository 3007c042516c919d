package dev.lapidary.engine.guest.wasm;

import java.util.List;
import java.util.Map;

/// A module without its code: what the runtime needs to make an instance when the code exists as
/// JVM classes. Every function is one `unreachable`.
final class ModuleStub {
  private ModuleStub() {}

  static GuestModule of(GuestModule module) {
    List<WasmFunction> stubs =
        module.functions().stream().map(f -> stub(f, module.typeOf(f))).toList();
    return new GuestModule(
        module.types(),
        module.imports(),
        stubs,
        module.tables(),
        module.memories(),
        module.globals(),
        module.exports(),
        module.start(),
        module.elements(),
        module.data(),
        Map.of(),
        List.of());
  }

  private static WasmFunction stub(WasmFunction function, FunctionType type) {
    Block body = new Block(Block.Kind.FUNCTION, FunctionType.leaving(type.results()));
    body.body().add(Instruction.of(Opcodes.UNREACHABLE));
    return new WasmFunction(function.type(), Locals.NONE, body);
  }
}
