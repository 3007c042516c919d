package dev.lapidary.engine.guest.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/// The JavaScript engine as linked, split and compiled answers to every program what the published
/// binary answers in Node's WebAssembly. Those answers are recorded, and checked against the binary
/// by `conformance.test.mjs` of guest-sdk.
final class JsConformanceTest {
  private static final Path HOME =
      Path.of("src/test/resources/dev/lapidary/engine/guest/wasm/conformance");

  @Test
  void theTransformedEngineAnswersAsThePublishedOne() throws Exception {
    Map<String, String> programs = programs();
    Map<?, ?> golden =
        new ObjectMapper().readValue(HOME.resolve("golden.json").toFile(), Map.class);
    assertThat(programs).hasSizeGreaterThanOrEqualTo(150);
    assertThat(programs.keySet()).isEqualTo(golden.keySet());
    String prelude = Files.readString(HOME.resolve("prelude.js"));
    FutureTask<Map<String, String>> answers = new FutureTask<>(() -> answers(prelude, programs));
    // As turns run: on a thread with room for the recursion that the engine itself admits.
    new Thread(null, answers, "turn", StackBudget.TURN_THREAD_BYTES).start();
    SoftAssertions all = new SoftAssertions();
    answers
        .get()
        .forEach((name, answer) -> all.assertThat(answer).as(name).isEqualTo(golden.get(name)));
    all.assertAll();
  }

  private static Map<String, String> answers(String prelude, Map<String, String> programs) {
    QuickJsInstance js = QuickJsInstance.prebuilt(StackBudget.TURN);
    js.eval(prelude + "; 0");
    Map<String, String> answers = new LinkedHashMap<>();
    programs.forEach(
        (name, body) -> {
          String value = js.eval("conform(function () {\n" + body + "\n})");
          answers.put(name, value + " / " + js.eval("out.map(String).join()"));
        });
    return answers;
  }

  private static Map<String, String> programs() throws IOException {
    Map<String, String> programs = new LinkedHashMap<>();
    for (Path file : files()) {
      String area = file.getFileName().toString().replace(".js", "");
      String[] parts = Files.readString(file).split("(?m)^//--- ", -1);
      for (String part : List.of(parts).subList(1, parts.length)) {
        int line = part.indexOf('\n');
        programs.put(area + ": " + part.substring(0, line), part.substring(line + 1));
      }
    }
    return programs;
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(HOME)) {
      return files
          .filter(file -> file.toString().endsWith(".js") && !file.endsWith("prelude.js"))
          .sorted()
          .toList();
    }
  }
}
