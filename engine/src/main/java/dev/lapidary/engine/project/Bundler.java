package dev.lapidary.engine.project;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lapidary.engine.guest.js.ModuleContent;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Makes modules of a project's sources with esbuild, in a Node.js process for each time.
/// Thread-safe.
public final class Bundler {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int MOST_BYTES = 512 << 20;
  private static final long MOST_SECONDS = 120;

  private final Path sdk;

  /// @param home Lapidary's own folder, in which the build has put esbuild
  public Bundler(Path home) {
    this.sdk = home.resolve("guest-sdk");
  }

  /// Makes the modules.
  ///
  /// @param folder the project's folder; messages name files from there
  /// @throws InvalidProject with esbuild's errors, or what is missing to run it
  public Bundle bundle(Path folder, WranglerConfig config) throws InvalidProject {
    Path root = real(folder);
    JsonNode answer = ask(root, request(root, config));
    List<String> errors = texts(answer.path("errors"));
    if (!errors.isEmpty()) {
      throw new InvalidProject(errors);
    }
    Map<String, ModuleContent> modules = new LinkedHashMap<>();
    for (JsonNode module : answer.path("modules")) {
      modules.put(
          module.path("name").asText(),
          ModuleContent.of(
              module.path("type").asText(),
              Base64.getDecoder().decode(module.path("base64").asText())));
    }
    return new Bundle(
        answer.path("main").asText(),
        modules,
        Set.copyOf(texts(answer.path("exports"))),
        answer.has("map") ? SourceMap.parse(answer.path("map").asText()) : SourceMap.NONE,
        texts(answer.path("inputs")).stream().map(root::resolve).toList(),
        texts(answer.path("warnings")));
  }

  private static Path real(Path folder) throws InvalidProject {
    try {
      return folder.toRealPath();
    } catch (IOException e) {
      throw new InvalidProject("There is no folder " + folder + ".");
    }
  }

  private static byte[] request(Path root, WranglerConfig config) {
    ObjectNode request = JSON.createObjectNode();
    request.put("root", root.toString());
    request.put("entry", config.main().toAbsolutePath().normalize().toString());
    request.put("bundle", config.bundling().bundle());
    request.put("nodeCompat", config.bundling().nodeCompat());
    request.set("options", config.bundling().options());
    request.set("rules", JSON.valueToTree(config.bundling().rules()));
    try {
      return JSON.writeValueAsBytes(request);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JsonNode ask(Path root, byte[] request) throws InvalidProject {
    if (!Files.isDirectory(sdk.resolve("node_modules/esbuild"))) {
      throw new InvalidProject(
          "esbuild is not installed: run 'npm ci --ignore-scripts' in Lapidary's folder guest-sdk.");
    }
    Path script = sdk.resolve("src/main/node/bundler.mjs");
    Process node;
    try {
      node =
          new ProcessBuilder("node", script.toString())
              .directory(root.toFile())
              .redirectError(ProcessBuilder.Redirect.PIPE)
              .start();
    } catch (IOException e) {
      throw new InvalidProject(
          "Node.js 20 or newer is needed to bundle a project; \"node\" is not on the PATH.");
    }
    try {
      return JSON.readTree(exchange(node, request));
    } catch (IOException e) {
      throw new InvalidProject("The bundler's answer cannot be read.");
    } finally {
      node.destroyForcibly();
    }
  }

  private static byte[] exchange(Process node, byte[] request) throws IOException, InvalidProject {
    CompletableFuture<byte[]> answer = reading(node.getInputStream());
    CompletableFuture<byte[]> complaint = reading(node.getErrorStream());
    try (OutputStream out = node.getOutputStream()) {
      out.write(request);
    } catch (IOException e) {
      // The process has ended before it read: its exit says why.
    }
    try {
      if (!node.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
        throw new InvalidProject("The bundler did not end within " + MOST_SECONDS + " seconds.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InvalidProject("The bundler was interrupted.");
    }
    if (node.exitValue() != 0) {
      throw new InvalidProject(
          "The bundler failed:\n" + new String(complaint.join(), StandardCharsets.UTF_8).strip());
    }
    return answer.join();
  }

  private static CompletableFuture<byte[]> reading(InputStream in) {
    CompletableFuture<byte[]> bytes = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try (in) {
                bytes.complete(in.readNBytes(MOST_BYTES));
              } catch (IOException | RuntimeException e) {
                bytes.complete(new byte[0]);
              }
            });
    return bytes;
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(element -> texts.add(element.asText()));
    return texts;
  }
}
