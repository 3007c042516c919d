package dev.lapidary.engine.guest.js;

import dev.lapidary.abi.Limits;
import dev.lapidary.engine.guest.FuelTank;
import dev.lapidary.engine.guest.Group;
import dev.lapidary.engine.guest.HogLane;
import dev.lapidary.engine.guest.MemoryBudget;
import dev.lapidary.engine.guest.TurnGuard;
import dev.lapidary.engine.guest.Watchdog;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/// The build step that compiles the platform's modules to bytecode, boots them, and writes the
/// [Platform] below the directory given as the first argument. The JavaScript engine's own build
/// step comes before.
public final class PlatformBuild {
  private PlatformBuild() {}

  public static void main(String[] args) throws IOException {
    Path file = Path.of(args[0] + Platform.RESOURCE);
    Files.createDirectories(file.getParent());
    try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
      boot(PlatformSources::source).writeTo(out);
    }
  }

  /// Boots the platform from other sources than those on the class path.
  ///
  /// @param sources text of the modules, by name
  static Platform boot(Function<String, String> sources) {
    try (Watchdog watchdog = new Watchdog()) {
      TurnGuard guard =
          new TurnGuard(
              Limits.DEFAULT, watchdog, new HogLane(1, 8), Group.of("platform"), () -> {});
      JsRuntime.Surroundings surroundings =
          new JsRuntime.Surroundings(
              Limits.DEFAULT, MemoryBudget.halfOfHeap(), guard, new byte[32]);
      FuelTank fuel = guard.fuel().aside();
      try {
        Map<String, byte[]> bytecode = compile(sources, surroundings, fuel);
        try (JsRuntime runtime = JsRuntime.bare(bytecode, surroundings, fuel)) {
          runtime.bootPlatform();
          return new Platform(runtime.image(null), bytecode);
        }
      } finally {
        fuel.end();
      }
    }
  }

  private static Map<String, byte[]> compile(
      Function<String, String> sources, JsRuntime.Surroundings surroundings, FuelTank fuel) {
    Map<String, byte[]> bytecode = new TreeMap<>();
    try (JsRuntime runtime = JsRuntime.bare(Map.of(), surroundings, fuel)) {
      for (String name : PlatformSources.names()) {
        bytecode.put(name, Modules.compile(runtime.js(), name, sources.apply(name)));
      }
    }
    return Map.copyOf(bytecode);
  }
}
