package dev.lapidary.engine.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The examples that are made with packages from npm, as `lapidary dev` runs them, asked by the
 * packages' own clients: `examples/npm-test.mjs`, which passes on workerd too.
 */
class NpmAppsIT {
  private static final Path EXAMPLES = Path.of("../examples");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"hono", "itty-router", "tokens", "drizzle", "partyserver", "agents"})
  void anAppFromNpmRunsUnchanged(String app) throws IOException, InterruptedException {
    assertThat(EXAMPLES.resolve("node_modules")).as("npm ci in examples").isDirectory();
    Path data = folder.resolve("data");
    try (ServerProcess server =
        ServerProcess.dev(EXAMPLES.resolve(app), "--data", data.toString())) {
      ProcessBuilder node =
          new ProcessBuilder("node", "--test", "--test-reporter=spec", "npm-test.mjs")
              .directory(EXAMPLES.toFile())
              .redirectErrorStream(true);
      node.environment().put("EXAMPLES", app + "=" + server.base());
      Process test = node.start();
      String report = new String(test.getInputStream().readAllBytes(), UTF_8);
      assertThat(test.waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(test.exitValue()).as(report).isZero();
      assertThat(report).as("tests ran").containsPattern("pass [1-9]");
    }
  }
}
