package dev.lapidary.engine.guest.js;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

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
  private static final Map<String, String> CACHE = new ConcurrentHashMap<>();

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

  static String source(String name) {
    return CACHE.computeIfAbsent(name, PlatformSources::read);
  }

  private static String file(String name) {
    if (CLOUDFLARE.contains(name)) {
      return name.replace(':', '-') + ".js";
    }
    return name.startsWith(NODE)
        ? "node/" + name.substring(NODE.length()) + ".js"
        : name.substring(PREFIX.length()) + (name.endsWith(".mjs") ? "" : ".js");
  }

  private static String read(String name) {
    try (InputStream in = PlatformSources.class.getResourceAsStream(FOLDER + file(name))) {
      if (in == null) {
        throw new IllegalStateException("the guest SDK has no module " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
