package dev.lapidary.engine.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lapidary.engine.project.WranglerConfig.Migration;
import dev.lapidary.engine.project.WranglerConfig.Rule;
import dev.lapidary.engine.project.WranglerConfig.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WranglerConfigTest {
  private static final String FULL =
      """
      {
        // what wrangler's own template has
        "$schema": "node_modules/wrangler/config-schema.json",
        "name": "runner", "main": "src/index.ts", /* the entry */
        "compatibility_date": "2026-05-01",
        "compatibility_flags": ["nodejs_compat"],
        "durable_objects": {"bindings": [{"name": "RUNNER", "class_name": "AppRunner"}]},
        "migrations": [
          {"tag": "v1", "new_sqlite_classes": ["Old", "Gone"]},
          {"tag": "v2", "renamed_classes": [{"from": "Old", "to": "AppRunner"}], "deleted_classes": ["Gone"]},
        ],
        "worker_loaders": [{"binding": "LOADER"}],
        "vars": {"TEXT": "t", "JSON": {"a": [1, null]}, "NUMBER": 5},
        "services": [{"binding": "SELF", "service": "runner", "entrypoint": "Admin", "props": {"who": "me"}}],
        "rules": [{"type": "Text", "globs": ["**/*.md"], "fallthrough": true}],
        "limits": {"cpu_ms": 100, "subrequests": 5},
        "alias": {"a": "./b"}, "define": {"X": "1"}, "minify": true,
      }
      """;

  @TempDir Path folder;

  @BeforeEach
  void main() throws IOException {
    Files.createDirectories(folder.resolve("src"));
    Files.writeString(folder.resolve("src/index.ts"), "");
  }

  private WranglerConfig json(String text) throws Exception {
    Files.writeString(folder.resolve("wrangler.jsonc"), text);
    return WranglerConfig.read(folder, null);
  }

  /** A configuration that is in order, with further members. */
  private WranglerConfig with(String members) throws Exception {
    return json(
        "{\n\"name\": \"w\", \"main\": \"src/index.ts\", \"compatibility_date\": \"2026-05-01\",\n"
            + members
            + "}");
  }

  private String refusal(String members) {
    try {
      with(members);
      throw new AssertionError("accepted");
    } catch (InvalidProject e) {
      return e.getMessage();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void everythingSupportedIsRead() throws Exception {
    WranglerConfig config = json(FULL);
    assertThat(config.name()).isEqualTo("runner");
    assertThat(config.main()).isEqualTo(folder.resolve("src/index.ts"));
    assertThat(config.compatibilityDate()).isEqualTo("2026-05-01");
    assertThat(config.compatibilityFlags()).containsExactly("nodejs_compat");
    assertThat(config.objects()).isEqualTo(Map.of("RUNNER", "AppRunner"));
    assertThat(config.migrations())
        .containsExactly(
            new Migration("v1", List.of("Old", "Gone"), Map.of(), List.of()),
            new Migration("v2", List.of(), Map.of("Old", "AppRunner"), List.of("Gone")));
    assertThat(config.loaders()).containsExactly("LOADER");
    assertThat(config.vars().get("JSON")).hasToString("{\"a\":[1,null]}");
    assertThat(config.vars().keySet()).containsExactly("TEXT", "JSON", "NUMBER");
    assertThat(config.services())
        .isEqualTo(
            Map.of(
                "SELF",
                new Service("Admin", JsonNodeFactory.instance.objectNode().put("who", "me"))));
    assertThat(config.bundling().rules())
        .startsWith(new Rule("Text", List.of("**/*.md")))
        .contains(new Rule("Text", List.of("**/*.txt", "**/*.html", "**/*.sql")));
    assertThat(config.bundling().nodeCompat()).isTrue();
    assertThat(config.bundling().options())
        .hasToString(
            "{\"alias\":{\"a\":\"./b\"},\"define\":{\"X\":\"1\"},\"minify\":true,\"keepNames\":true}");
    assertThat(config.limits()).isEqualTo(new WranglerConfig.EventLimits(100, 5));
    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void flagsWithoutEffectAreNamed() throws Exception {
    assertThat(
            with("\"compatibility_flags\": [\"js_rpc\", \"global_navigator\", \"webgpu\", \"url_original\"]")
                .warnings())
        .containsExactly(
            "wrangler.jsonc:3: compatibility_flags has no effect here: webgpu, url_original.");
  }

  @Test
  void tomlSaysTheSame() throws Exception {
    String toml =
        """
        name = "runner"
        main = "src/index.ts"
        compatibility_date = "2026-05-01"
        compatibility_flags = ["nodejs_compat"]
        alias = { a = "./b" }
        define = { X = "1" }
        minify = true
        [vars]
        TEXT = "t"
        JSON = { a = [1] }
        [[durable_objects.bindings]]
        name = "RUNNER"
        class_name = "AppRunner"
        [[migrations]]
        tag = "v1"
        new_sqlite_classes = ["AppRunner"]
        [[worker_loaders]]
        binding = "LOADER"
        [limits]
        cpu_ms = 100
        """;
    Files.writeString(folder.resolve("wrangler.toml"), toml);
    WranglerConfig config = WranglerConfig.read(folder, null);
    assertThat(config.objects()).isEqualTo(Map.of("RUNNER", "AppRunner"));
    assertThat(config.vars().get("JSON")).hasToString("{\"a\":[1]}");
    assertThat(config.loaders()).containsExactly("LOADER");
    assertThat(config.limits().cpuMillis()).isEqualTo(100);
    assertThat(config.warnings()).isEmpty();

    Files.writeString(folder.resolve("wrangler.toml"), toml.replace("tag = \"v1\"", "tag = 1"));
    assertThatThrownBy(() -> WranglerConfig.read(folder, null))
        .hasMessage("wrangler.toml:15: migrations[0].tag must be a string, not the number 1.");
    Files.writeString(folder.resolve("wrangler.toml"), "name = \"a\"\nmain =\n");
    assertThatThrownBy(() -> WranglerConfig.read(folder, null))
        .hasMessageStartingWith("wrangler.toml:2:7: this is not TOML: ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"vars\": []                        | wrangler.jsonc:3: vars must be an object, not an array.",
        "\"minify\": \"yes\"                 | wrangler.jsonc:3: minify must be true or false, not a string.",
        "\"compatibility_flags\": [1]        | wrangler.jsonc:3: compatibility_flags[0] must be a string, not the number 1.",
        "\"limits\": {\"cpu_ms\": 0}         | wrangler.jsonc:3: limits.cpu_ms must be a whole number from 1, not the number 0.",
        "\"limits\": {\"cpu_ms\": 1.5}       | wrangler.jsonc:3: limits.cpu_ms must be a whole number from 1, not a number.",
        "\"worker_loaders\": {}              | wrangler.jsonc:3: worker_loaders must be an array of objects, not an object.",
        "\"worker_loaders\": [{}]            | wrangler.jsonc:3: worker_loaders[0] 'binding' is missing.",
        "\"define\": {\"X\": true}           | wrangler.jsonc:3: define.X must be a string, not true.",
        "\"rules\": [{\"type\": \"Python\", \"globs\": [\"*\"]}] | wrangler.jsonc:3: rules[0].type must be ESModule, CommonJS, Text, Data or CompiledWasm, not 'Python'.",
        "\"rules\": [{\"type\": \"Text\"}]   | wrangler.jsonc:3: rules[0].globs must name at least one pattern.",
        "\"durable_objects\": {\"bindings\": [{\"name\": \"A\", \"class_name\": \"B\", \"script_name\": \"c\"}]} | wrangler.jsonc:3: durable_objects.bindings[0].script_name must be this Worker, 'w': a project runs alone, without 'c'.",
        "\"durable_objects\": {\"bindings\": [{\"name\": \"A\", \"class_name\": \"../B\"}]} | wrangler.jsonc:3: durable_objects.bindings[0].class_name must be a class name of letters, digits and _, not '../B'.",
        "\"services\": [{\"binding\": \"A\", \"service\": \"other\"}] | wrangler.jsonc:3: services[0].service must be this Worker, 'w': a project runs alone, without 'other'.",
        "\"vars\": {\"A\": 1}, \"worker_loaders\": [{\"binding\": \"A\"}] | wrangler.jsonc:3: vars.A is the name of another binding already.",
        "\"migrations\": [{\"tag\": \"a\"}, {\"tag\": \"a\"}] | wrangler.jsonc:3: migrations[1].tag is the tag of an earlier migration already: a.",
        "\"kv_namespaces\": [{\"binding\": \"KV\", \"id\": \"1\"}] | wrangler.jsonc:3: kv_namespaces cannot be honoured: KV namespaces are not there; keep data in a Durable Object's ctx.storage.",
        "\"triggers\": {\"crons\": [\"* * * * *\"]} | wrangler.jsonc:3: triggers.crons would never run: there are no cron triggers; use alarms.",
        "\"build\": {\"command\": \"make\"}  | wrangler.jsonc:3: build cannot be honoured: no build command is run; run it yourself, and remove the key.",
        "\"base_dir\": \"lib\", \"no_bundle\": true | wrangler.jsonc:3: base_dir is not supported; modules are found beside main.",
        "\"find_additional_modules\": true   | wrangler.jsonc:3: find_additional_modules goes with no_bundle: it must be false.",
      })
  void aValueThatCannotBeHonouredIsAnErrorWithItsPlace(String members, String message) {
    assertThat(refusal(members)).isEqualTo(message);
  }

  @Test
  void allErrorsAreToldAtOnce() {
    assertThat(refusal("\"vars\": 1,\n\"minify\": 2,\n\"queues\": {\"producers\": [{}]}"))
        .hasLineCount(3)
        .contains("jsonc:3: vars", "jsonc:4: minify", "jsonc:5: queues");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"colour\": 1 | wrangler.jsonc:3: colour is a key that Lapidary does not know; it has no effect.",
        "\"limits\": {\"cpu\": 1} | wrangler.jsonc:3: limits.cpu is a key that Lapidary does not know; it has no effect.",
        "\"observability\": {\"enabled\": true}, \"account_id\": \"1\" | wrangler.jsonc:3: account_id (and observability) has no effect on this machine.",
        "\"durable_objects\": {\"bindings\": [{\"name\": \"A\", \"class_name\": \"A\"}]} | wrangler.jsonc: migrations lacks A in new_sqlite_classes.",
        "\"migrations\": [{\"tag\": \"1\", \"new_classes\": [\"A\"]}] | wrangler.jsonc:3: migrations[0].new_classes makes classes over SQLite, as new_sqlite_classes does.",
        "\"kv_namespaces\": [], \"assets\": null, \"env\": {\"x\": {\"colour\": 1}} | ",
      })
  void whatHasNoEffectIsAWarning(String members, String warning) throws Exception {
    List<String> expected = warning == null ? List.of() : List.of(warning);
    assertThat(with(members).warnings()).isEqualTo(expected);
  }

  @Test
  void anEnvironmentTakesOverWhatWranglerLetsIt() throws Exception {
    Files.writeString(
        folder.resolve("wrangler.json"),
        """
        {"name": "w", "main": "src/index.ts", "compatibility_date": "2026-05-01", "vars": {"A": 1},
         "limits": {"cpu_ms": 7}, "worker_loaders": [{"binding": "LOADER"}],
         "env": {
           "staging": {"vars": {"B": 2}, "limits": {"cpu_ms": 8}},
           "named": {"name": "other", "worker_loaders": [], "vars": {},
             "minify": 1}}}
        """);
    WranglerConfig staging = WranglerConfig.read(folder, "staging");
    assertThat(staging.name()).isEqualTo("w-staging");
    assertThat(staging.vars().keySet()).containsExactly("B");
    assertThat(staging.loaders()).isEmpty();
    assertThat(staging.limits().cpuMillis()).isEqualTo(8);
    assertThat(staging.warnings())
        .containsExactly(
            "wrangler.json:4: env.staging.worker_loaders is not taken over from the top level; repeat it"
                + " there.");
    assertThat(WranglerConfig.read(folder, null).vars().keySet()).containsExactly("A");
    assertThatThrownBy(() -> WranglerConfig.read(folder, "named"))
        .hasMessage("wrangler.json:6: env.named.minify must be true or false, not the number 1.");
    assertThatThrownBy(() -> WranglerConfig.read(folder, "nope"))
        .hasMessage("wrangler.json: there is no environment 'nope'; there is named, staging.");
  }

  @Test
  void secretsForDevelopmentTakeThePlaceOfVars() throws Exception {
    Files.writeString(
        folder.resolve(".dev.vars"),
        "# secrets\nexport TOKEN=abc # no part of it\r\nA=\"two\\nlines\"\nB='#'\nC=\n\nD=`a\nb`\n");
    WranglerConfig config = with("\"vars\": {\"TOKEN\": 1, \"Z\": \"z\"}");
    assertThat(config.vars().toString())
        .isEqualTo("{TOKEN=\"abc\", Z=\"z\", A=\"two\\nlines\", B=\"#\", C=\"\", D=\"a\\nb\"}");
    assertThat(config.secrets()).containsExactlyInAnyOrder("TOKEN", "A", "B", "C", "D");

    Files.writeString(folder.resolve(".dev.vars"), "A=1\nnonsense\n");
    assertThat(refusal("")).isEqualTo(".dev.vars:2: write KEY=value, KEY=\"value\" or # comment.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{                            | wrangler.jsonc:1:2: this is not JSON: ",
        "{\"name\": \"a\", \"name\": \"b\"} | wrangler.jsonc:1:21: this is not JSON: Duplicate field",
        "[]                           | wrangler.jsonc must hold an object.",
        "{} | wrangler.jsonc: the configuration: 'main' is missing.",
        "{\"main\": \"nope.js\"}      | wrangler.jsonc:1: main names a file that does not exist: nope.js.",
        "{\"main\": \"src/index.ts\", \"compatibility_date\": \"today\"} | wrangler.jsonc:1: compatibility_date must be a date such as 2026-08-01, not 'today'.",
        "{\"main\": \"src/index.ts\", \"compatibility_date\": \"9999-01-01\"} | wrangler.jsonc:1: compatibility_date requires a newer runtime: the newest date supported is 2026-11-24.",
        "{\"main\": \"src/index.ts\", \"compatibility_flags\": [\"nope\"]} | wrangler.jsonc:1: compatibility_flags is refused: No such compatibility flag: nope.",
        "{\"main\": \"src/index.ts\", \"compatibility_flags\": [\"url_standard\", \"url_original\"]} | wrangler.jsonc:1: compatibility_flags is refused: Compatibility flags are mutually contradictory: url_standard vs url_original.",
        "{\"main\": \"src/index.ts\", \"name\": \"a/b\"} | wrangler.jsonc:1: name has 1 to 63 letters, digits, - and _, and starts with no - or _.",
      })
  void aFileThatIsNoneIsRefused(String text, String message) {
    assertThatThrownBy(() -> json(text))
        .isInstanceOf(InvalidProject.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void aFolderWithoutConfigurationIsRefused() {
    assertThatThrownBy(() -> WranglerConfig.read(folder, null))
        .hasMessage(
            "There is no wrangler.jsonc, wrangler.json or wrangler.toml in the project's folder.");
  }

  @Test
  void classesThatAMigrationTookAwayCannotBeBound() {
    String bound =
        "\"durable_objects\": {\"bindings\": [{\"name\": \"A\", \"class_name\": \"A\"}]},";
    String made = "{\"tag\": \"1\", \"new_sqlite_classes\": [\"A\"]}";
    for (String took :
        List.of(
            "\"deleted_classes\": [\"A\"]",
            "\"renamed_classes\": [{\"from\": \"A\", \"to\": \"B\"}]")) {
      assertThat(refusal(bound + "\"migrations\": [" + made + ", {\"tag\": \"2\", " + took + "}]"))
          .isEqualTo("wrangler.jsonc:3: durable_objects binds A, which a migration took away.");
    }
  }
}
