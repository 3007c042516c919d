package dev.lapidary.engine.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same events over the same data burn the same fuel. */
class FuelTest {
  @TempDir static Path folder;

  @Test
  void inEveryInstanceTheFirstOfItsCodeIncluded() throws IOException {
    List<List<Long>> runs = FuelOfEvents.run(Files.createTempDirectory(folder, "here"), 10);
    assertThat(runs.getFirst()).hasSizeGreaterThan(8);
    assertThat(runs).containsOnly(runs.getFirst());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-Xint -XX:+UseSerialGC", "-XX:TieredStopAtLevel=1 -XX:+UseZGC"})
  void inEveryJvm(String options) throws IOException, InterruptedException {
    List<List<Long>> here = FuelOfEvents.run(Files.createTempDirectory(folder, "here"), 1);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options.split(" ")));
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            FuelOfEvents.class.getName(),
            folder.toString(),
            "1"));
    Process process =
        new ProcessBuilder(command).redirectError(folder.resolve("errors").toFile()).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(Files.readString(folder.resolve("errors"))).isZero();
    assertThat(out.strip()).isEqualTo(here.getFirst().toString());
  }
}
