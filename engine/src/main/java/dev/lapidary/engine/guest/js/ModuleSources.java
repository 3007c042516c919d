package dev.lapidary.engine.guest.js;

import dev.lapidary.abi.Limits;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/// The ES modules of one app: names to sources, and how they find each other. Immutable.
///
/// Names are keys of this map and nothing else: no specifier leads to a file or a network.
public final class ModuleSources {
  /// What apps import that is not theirs.
  static final String WORKERS = "cloudflare:workers";

  private final String main;
  private final Map<String, String> sources;

  /// @param main the name of the entry module, one of the sources
  /// @param sources ES module text by name; a name ends in `.js` or `.mjs`
  /// @throws InvalidModules where a name, a size or a number is not allowed
  public ModuleSources(String main, Map<String, String> sources, Limits limits) {
    this.main = main;
    this.sources = new TreeMap<>(sources);
    if (sources.isEmpty()) {
      throw new InvalidModules("Dynamic Worker code must contain at least one module.");
    }
    if (sources.size() > limits.modules()) {
      throw new InvalidModules(
          "The code has " + sources.size() + " modules; at most " + limits.modules() + " may be.");
    }
    long bytes = 0;
    for (var module : this.sources.entrySet()) {
      checkName(module.getKey());
      bytes += module.getValue().getBytes(StandardCharsets.UTF_8).length;
    }
    if (bytes > limits.moduleBytes()) {
      throw new InvalidModules(
          "Dynamic Worker code size (%d bytes) exceeds the maximum allowed size of %d bytes."
              .formatted(bytes, limits.moduleBytes()));
    }
    if (!sources.containsKey(main)) {
      throw new InvalidModules("No such module: " + main);
    }
  }

  /// One module alone.
  public static ModuleSources single(String name, String source, Limits limits) {
    return new ModuleSources(name, Map.of(name, source), limits);
  }

  private static void checkName(String name) {
    if (!name.endsWith(".js") && !name.endsWith(".mjs")) {
      throw new InvalidModules(
          "Module name must end with '.js' or '.mjs' (or the content must be an object indicating"
              + " the type explicitly). Got: "
              + name);
    }
    if (name.length() > 512 || name.indexOf(':') >= 0 || name.chars().anyMatch(c -> c < ' ')) {
      throw new InvalidModules(
          "Module names have at most 512 characters, no colon and no control character. Got: "
              + name);
    }
  }

  /// The modules cannot be accepted as they are; the message says which and why.
  public static final class InvalidModules extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidModules(String message) {
      super(message, null, false, false);
    }
  }

  public String main() {
    return main;
  }

  public Map<String, String> sources() {
    return Map.copyOf(sources);
  }

  String mainSource() {
    return source(main);
  }

  String source(String name) {
    String source = sources.get(name);
    if (source == null) {
      throw new HostCallException(HostCallException.Kind.ERROR, "No such module \"" + name + "\".");
    }
    return source;
  }

  /// The full name of what a module imports.
  ///
  /// @param importer the importing module's name
  String resolve(String importer, String specifier) {
    if (specifier.equals(WORKERS) || sources.containsKey(specifier)) {
      return specifier;
    }
    if (specifier.startsWith("./") || specifier.startsWith("../")) {
      String name = join(importer, specifier);
      if (sources.containsKey(name)) {
        return name;
      }
    }
    String node =
        specifier.startsWith(PlatformSources.NODE) ? specifier : PlatformSources.NODE + specifier;
    if (PlatformSources.isNodeModule(node)) {
      return node;
    }
    throw new HostCallException(
        HostCallException.Kind.ERROR,
        "No such module \"" + specifier + "\", imported from \"" + importer + "\".");
  }

  private static String join(String importer, String specifier) {
    Deque<String> path = new ArrayDeque<>();
    int slash = importer.lastIndexOf('/');
    String folder = slash < 0 ? "" : importer.substring(0, slash);
    for (String part : (folder + "/" + specifier).split("/", -1)) {
      if (part.equals("..")) {
        path.pollLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        path.addLast(part);
      }
    }
    return String.join("/", path);
  }

  /// SHA-256 over the entry's name and every name and source, in lower-case hex.
  String hash() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      update(digest, main);
      sources.forEach(
          (name, source) -> {
            update(digest, name);
            update(digest, source);
          });
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// 32 bytes that follow from the code alone, for whatever needs a seed before there is a facet.
  byte[] seed() {
    return HexFormat.of().parseHex(hash());
  }

  private static void update(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int shift = 24; shift >= 0; shift -= 8) {
      digest.update((byte) (bytes.length >> shift));
    }
    digest.update(bytes);
  }
}
