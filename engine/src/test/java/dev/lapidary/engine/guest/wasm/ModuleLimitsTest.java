package dev.lapidary.engine.guest.wasm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapidary.abi.Limits.Wasm;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ModuleLimitsTest {
  private static final ModuleLimits TINY =
      new ModuleLimits(
          new Wasm(100_000, 1, 1, 1, 1, 2, 10, 10, 1, 1, 2, 1, 9, 3, 3, 3, 3, 9, 9, 9));

  @Test
  void offersOnlyTheGuestsImports() {
    assertThat(ModuleLimits.DEFAULT.parse(importing("sql", "query")).imports()).hasSize(1);
    assertThat(ModuleLimits.DEFAULT.parse(importing("kv", "get")).imports()).hasSize(1);
    assertThat(ModuleLimits.DEFAULT.parse(importing("wasi_snapshot_preview1", "random_get")))
        .isNotNull();
    assertRefused(importing("env", "memory"), "import of function env.memory is not offered");
    assertRefused(importing("wasi_snapshot_preview1", "path_open"), "path_open is not offered");
    assertRefused(importing("lapidary", "fuel"), "lapidary.fuel is not offered");
  }

  private static void assertRefused(byte[] module, String message) {
    assertThatThrownBy(() -> ModuleLimits.DEFAULT.parse(module))
        .isInstanceOf(InvalidModuleException.class)
        .hasMessageContaining(message);
  }

  @Test
  void namesTheLimitThatIsExceeded() throws IOException {
    byte[] big = QuickJsBuild.resource("extensions/crypto/crypto.so");
    assertThatThrownBy(() -> TINY.parse(big)).hasMessageContaining("module bytes: ");
    ModuleBuilder builder = new ModuleBuilder();
    Block body = new Block(Block.Kind.FUNCTION, FunctionType.EMPTY);
    builder.add(FunctionType.EMPTY, Locals.NONE, body);
    assertThat(TINY.parse(builder.build().encode())).isNotNull();
    builder.add(FunctionType.EMPTY, Locals.NONE, body);
    assertThatThrownBy(() -> TINY.parse(builder.build().encode()))
        .hasMessageContaining("functions: 2 is over the limit of 1");
  }

  private static byte[] importing(String module, String name) {
    return new GuestModule(
            List.of(FunctionType.EMPTY),
            List.of(new Import(module, name, new ExternType.FunctionRef(0))),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            null,
            List.of(),
            List.of(),
            Map.of(),
            List.of())
        .encode();
  }
}
