package dev.lapidary.engine.guest.js;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The guest SDK's own JavaScript: modules `lapidary:<name>` that only each other may import, and
/// `cloudflare:workers` and its like, and `node:<name>`, which apps import. Thread-safe.
final class PlatformSources {
  static final String PREFIX = "lapidary:";
  static final String ENTRY = PREFIX + "platform";

  static final String NODE = "node:";

  /// What apps may import by these names.
  static final Set<String> CLOUDFLARE =
      Set.of("cloudflare:workers", "cloudflare:email", "cloudflare:sockets");

  private static final String FOLDER = "/dev/lapidary/sdk/js/";

  private PlatformSources() {}

  static boolean has(String name) {
    return name.startsWith(PREFIX) || CLOUDFLARE.contains(name) || isNodeModule(name);
  }

  /// Whether a name is that of one of Node's modules that there is, `node:` included.
  static boolean isNodeModule(String name) {
    return name.startsWith(NODE)
        && name.length() <= 64
        && name.indexOf('.') < 0
        && PlatformSources.class.getResource(FOLDER + file(name)) != null;
  }

  /// The names of all modules that there are.
  static SortedSet<String> names() {
    try {
      URI folder = Objects.requireNonNull(PlatformSources.class.getResource(FOLDER)).toURI();
      if (!folder.getScheme().equals("jar")) {
        return names(Path.of(folder));
      }
      try (FileSystem jar = FileSystems.newFileSystem(folder, Map.of())) {
        return names(jar.getPath(FOLDER));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SortedSet<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .map(file -> folder.relativize(file).toString())
          .filter(file -> file.endsWith(".js") || file.endsWith(".mjs"))
          .map(PlatformSources::name)
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /// The module in a file: the inverse of [#file].
  private static String name(String file) {
    String stem = file.endsWith(".js") ? file.substring(0, file.length() - 3) : file;
    String cloudflare = stem.replaceFirst("^cloudflare-", "cloudflare:");
    if (CLOUDFLARE.contains(cloudflare)) {
      return cloudflare;
    }
    return stem.startsWith("node/") ? NODE + stem.substring(5) : PREFIX + stem;
  }

  static String source(String name) {
    try (InputStream in = PlatformSources.class.getResourceAsStream(FOLDER + file(name))) {
      if (in == null) {
        throw new IllegalStateException("the guest SDK has no module " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String file(String name) {
    if (CLOUDFLARE.contains(name)) {
      return name.replace(':', '-') + ".js";
    }
    return name.startsWith(NODE)
        ? "node/" + name.substring(NODE.length()) + ".js"
        : name.substring(PREFIX.length()) + (name.endsWith(".mjs") ? "" : ".js");
  }
}
