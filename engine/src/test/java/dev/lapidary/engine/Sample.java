package dev.lapidary.engine;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The counter samples, one for each language, built by the commands that their readers use. What
 * they do is the same.
 */
public enum Sample {
  JAVASCRIPT("text/javascript", "examples/counter"),
  ASSEMBLYSCRIPT("application/wasm", "examples/counter-as", "guest-sdk/src/main/assemblyscript"),
  C("application/wasm", "examples/counter-c", "guest-sdk/src/main/c");

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private final String contentType;
  private final List<String> folders;

  Sample(String contentType, String... folders) {
    this.contentType = contentType;
    this.folders = Arrays.asList(folders);
  }

  public String contentType() {
    return contentType;
  }

  /** What to deploy. Skips the test where the language's compiler is not installed. */
  public byte[] code() {
    try {
      return switch (this) {
        case JAVASCRIPT -> Files.readAllBytes(ROOT.resolve("examples/counter/app.js"));
        case ASSEMBLYSCRIPT ->
            built(
                "node",
                "guest-sdk/node_modules/assemblyscript/bin/asc.js",
                "--config",
                "examples/counter-as/asconfig.json",
                "-o");
        case C -> {
          requireClang();
          yield built(
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
              "examples/counter-c/app.c",
              "-o");
        }
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void requireClang() {
    for (String tool : List.of("clang", "wasm-ld")) {
      boolean found =
          Stream.of(System.getenv("PATH").split(File.pathSeparator))
              .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
      Assumptions.assumeTrue(
          found, "the C sample is skipped: install " + tool + " (Debian: clang and lld)");
    }
  }

  /** Runs a compiler, unless what it makes of the same sources is there already. */
  private synchronized byte[] built(String... command) throws IOException {
    Path file = ROOT.resolve("engine/target/samples").resolve(name() + "-" + hash() + ".wasm");
    if (!Files.exists(file)) {
      Files.createDirectories(file.getParent());
      Path fresh = Files.createTempDirectory(file.getParent(), "build").resolve("app.wasm");
      run(Stream.concat(Stream.of(command), Stream.of(fresh.toString())).toList());
      Files.move(fresh, file);
      Files.delete(fresh.getParent());
    }
    return Files.readAllBytes(file);
  }

  private static void run(List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command).directory(ROOT.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    try {
      if (process.waitFor() != 0) {
        throw new AssertionError(String.join(" ", command) + "\n" + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private String hash() throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String folder : folders) {
        try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
          for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
            digest.update(Files.readAllBytes(file));
          }
        }
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
