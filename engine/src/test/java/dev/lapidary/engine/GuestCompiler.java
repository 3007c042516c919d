package dev.lapidary.engine;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Compiles raw guests for tests; what was made of the same sources before is used again. */
public final class GuestCompiler {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final List<String> SDK =
      List.of("guest-sdk/src/main/c", "guest-sdk/src/main/assemblyscript");

  private GuestCompiler() {}

  /**
   * Compiles AssemblyScript.
   *
   * @param folder the folder of an `asconfig.json`, from the project's root
   */
  public static byte[] assemblyScript(String folder) {
    return built(
        folder,
        "node",
        "guest-sdk/node_modules/assemblyscript/bin/asc.js",
        "--config",
        folder + "/asconfig.json",
        "-o");
  }

  /**
   * Compiles C, or skips the test where clang has no WebAssembly target or is not there at all.
   *
   * @param file the source, from the project's root
   */
  public static byte[] c(String file) {
    for (String tool : List.of("clang", "wasm-ld")) {
      Assumptions.assumeTrue(
          Stream.of(System.getenv("PATH").split(File.pathSeparator))
              .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool))),
          "C guests are skipped: install " + tool + " (Debian: clang and lld)");
    }
    return built(
        file,
        "clang",
        "--target=wasm32",
        "-O2",
        "-mbulk-memory",
        "-nostdlib",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-Wno-unused-function",
        "-Wl,--no-entry,--stack-first",
        "-I",
        "guest-sdk/src/main/c",
        file,
        "-o");
  }

  private static synchronized byte[] built(String source, String... command) {
    try {
      Path target = ROOT.resolve("engine/target/guests");
      Path file = target.resolve(hash(source, command) + ".wasm");
      if (!Files.exists(file)) {
        Files.createDirectories(target);
        Path fresh = Files.createTempDirectory(target, "build").resolve("app.wasm");
        run(Stream.concat(Stream.of(command), Stream.of(fresh.toString())).toList());
        Files.move(fresh, file);
        Files.delete(fresh.getParent());
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void run(List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command).directory(ROOT.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new AssertionError(String.join(" ", command) + "\n" + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String hash(String source, String... command) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(String.join(" ", command).getBytes(StandardCharsets.UTF_8));
      for (String folder : Stream.concat(Stream.of(source), SDK.stream()).toList()) {
        try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
          for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
            digest.update(Files.readAllBytes(file));
          }
        }
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
