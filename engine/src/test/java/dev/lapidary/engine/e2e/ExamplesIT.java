package dev.lapidary.engine.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The Worker projects in `examples/`, unchanged, served by `lapidary dev` and asked by the script
/// that workerd passes too (`node --test examples/test.mjs`).
class ExamplesIT {
  private static final Path EXAMPLES = Path.of("..", "examples").toAbsolutePath().normalize();

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "app-runner",
        "counter-do",
        "rate-limiter",
        "inventory",
        "agent-memory",
        "session-table",
        "message-log",
        "todo"
      })
  void doesWhatItDoesOnWorkerd(String name) throws IOException, InterruptedException {
    String data = folder.resolve("data").toString();
    try (ServerProcess server = ServerProcess.dev(EXAMPLES.resolve(name), "--data", data)) {
      ProcessBuilder node =
          new ProcessBuilder("node", "--test", EXAMPLES.resolve("test.mjs").toString());
      node.environment().put("EXAMPLES", name + "=" + server.base());
      Process tests = node.redirectErrorStream(true).start();
      String output = new String(tests.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(tests.waitFor(90, TimeUnit.SECONDS)).isTrue();
      assertThat(tests.exitValue()).as(output).isZero();
      assertThat(output).contains("fail 0").doesNotContain("pass 0");
    }
  }
}
