package dev.lapidary.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Request;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.guest.js.JsCode;
import dev.lapidary.engine.guest.js.ModuleSources;
import dev.lapidary.engine.object.FacetStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The web platform's APIs, case by case, against what the standard has: the cases are the guest
/// SDK's, in `src/test/wpt`. What may differ stands in `differences.json` there, with what comes
/// out here and why; what no longer differs must leave it.
@SuppressWarnings("InlineFormatString")
class WebConformanceTest {
  private static final Path HOME = Path.of("../guest-sdk/src/test/wpt");
  private static final Path REPORT = Path.of("target/web-conformance.md");
  private static final Path ACTUAL = Path.of("target/web-conformance.json");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String APP =
      """
      import { cases } from "./cases/%s.js";
      import { runCase } from "./run-case.js";
      export class App {
        async fetch() {
          const results = {};
          for (const [name, run] of Object.entries(cases)) results[name] = await runCase(run);
          return Response.json(results);
        }
      }
      """;

  @TempDir Path folder;

  @Test
  void everyCaseAnswersAsTheStandardHasItOrAsListed() throws IOException {
    JsonNode differences = JSON.readTree(HOME.resolve("differences.json").toFile());
    List<String> wrong = new ArrayList<>();
    ObjectNode actual = JSON.createObjectNode();
    StringBuilder table =
        new StringBuilder("| API | cases | as the standard has it |\n|---|---|---|\n");
    Limits limits = Limits.DEFAULT.withCpuMillis(30_000);
    try (FacetEngine engine =
        FacetEngine.open(folder.resolve("data"), limits, (facet, level, message) -> {})) {
      for (String api : apis()) {
        JsonNode expected = JSON.readTree(HOME.resolve("expected/" + api + ".json").toFile());
        JsonNode results = JSON.readTree(run(engine, limits, api));
        actual.set(api, results);
        int right = compare(api, expected, results, differences, wrong);
        table.append(
            "| %s | %d | %.1f %% |%n"
                .formatted(
                    api, expected.size(), Math.floor(1000.0 * right / expected.size()) / 10));
      }
    }
    Files.createDirectories(REPORT.getParent());
    Files.writeString(REPORT, table);
    JSON.writerWithDefaultPrettyPrinter().writeValue(ACTUAL.toFile(), actual);
    assertThat(wrong).as("see " + ACTUAL).isEmpty();
    assertThat(Files.readString(Path.of("../docs/compatibility.md")))
        .as("the table of " + REPORT)
        .contains(table);
  }

  private static List<String> apis() throws IOException {
    try (Stream<Path> files = Files.list(HOME.resolve("cases"))) {
      return files.map(f -> f.getFileName().toString().replace(".js", "")).sorted().toList();
    }
  }

  private static String run(FacetEngine engine, Limits limits, String api) throws IOException {
    String module = "cases/" + api + ".js";
    ModuleSources sources =
        ModuleSources.es(
            "app.js",
            Map.of(
                "app.js",
                APP.formatted(api),
                "run-case.js",
                Files.readString(HOME.resolve("run-case.js")),
                module,
                Files.readString(HOME.resolve(module))),
            limits);
    JsCode code = engine.load(sources, null).join();
    FacetStub facet =
        engine.namespace("Web").getByName("o").facet(api, () -> new FacetStart(code, null));
    return facet.fetch(Request.get("http://facet/")).join().text();
  }

  /// @return how many cases answer as expected
  private static int compare(
      String api, JsonNode expected, JsonNode results, JsonNode differences, List<String> wrong) {
    int right = 0;
    for (var one : expected.properties()) {
      JsonNode result = results.path(one.getKey());
      JsonNode listed = differences.path(api).path(one.getKey());
      if (one.getValue().equals(result)) {
        right++;
        if (!listed.isMissingNode()) {
          wrong.add(api + ": " + one.getKey() + " differs no longer");
        }
      } else if (!listed.path("here").equals(result)) {
        wrong.add(api + ": " + one.getKey() + ": " + result + " instead of " + one.getValue());
      }
    }
    return right;
  }
}
