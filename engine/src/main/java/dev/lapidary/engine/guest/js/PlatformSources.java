package dev.lapidary.engine.guest.js;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The guest SDK's own JavaScript: modules `lapidary:<name>` that only each other may import, and
/// `cloudflare:workers`, which apps import. Thread-safe.
final class PlatformSources {
  static final String PREFIX = "lapidary:";
  static final String ENTRY = PREFIX + "platform";

  private static final String FOLDER = "/dev/lapidary/sdk/js/";
  private static final Map<String, String> CACHE = new ConcurrentHashMap<>();

  private PlatformSources() {}

  static boolean has(String name) {
    return name.startsWith(PREFIX) || name.equals(ModuleSources.WORKERS);
  }

  static String source(String name) {
    return CACHE.computeIfAbsent(name, PlatformSources::read);
  }

  private static String read(String name) {
    String file =
        name.equals(ModuleSources.WORKERS)
            ? "cloudflare-workers.js"
            : name.substring(PREFIX.length()) + ".js";
    try (InputStream in = PlatformSources.class.getResourceAsStream(FOLDER + file)) {
      if (in == null) {
        throw new IllegalStateException("the guest SDK has no module " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
