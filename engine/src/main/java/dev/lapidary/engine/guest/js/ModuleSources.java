package dev.lapidary.engine.guest.js;

import dev.lapidary.abi.Limits;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The modules of one app: names to contents, and how they find each other. Immutable.
///
/// Names are keys of this map and nothing else: no specifier leads to a file or a network. A name
/// is a path, `./lib/a.js` the same as `lib/a.js`; a specifier is looked up from the folder of the
/// module that imports it, or from the root where it starts with a slash.
public final class ModuleSources {
  private static final int MAX_NAME = 512;
  private static final byte[] WASM_MAGIC = {0, 'a', 's', 'm'};

  /// Words that speak of the platform's lazy modules, by module.
  private static final SortedMap<String, Pattern> LAZY =
      new TreeMap<>(
          Map.of(
              "web-streams", Pattern.compile("\\b(new \\w*Stream|ReadableStream)\\b|\\.body\\b"),
              "intl",
                  Pattern.compile(
                      "\\bIntl\\.|\\.toLocale(Date|Time)?String\\b|\\.localeCompare\\b"),
              "subtle", Pattern.compile("\\bcrypto\\.subtle\\b"),
              "urlpattern", Pattern.compile("\\bnew URLPattern\\b")));

  private final String main;
  private final SortedMap<String, ModuleContent> modules = new TreeMap<>();

  /// @param main the name of the entry module, an ES module among the modules
  /// @param modules the modules by name
  /// @throws InvalidModules where a name, a size or a number is not allowed
  public ModuleSources(String main, Map<String, ModuleContent> modules, Limits limits) {
    if (modules.isEmpty()) {
      throw new InvalidModules("Dynamic Worker code must contain at least one module.");
    }
    if (modules.size() > limits.modules()) {
      throw new InvalidModules(
          "The code has " + modules.size() + " modules; at most " + limits.modules() + " may be.");
    }
    long bytes = 0;
    for (var module : modules.entrySet()) {
      String name = checkedName(module.getKey());
      if (this.modules.put(name, module.getValue()) != null) {
        throw new InvalidModules("Two modules have the name " + name + ".");
      }
      bytes += checkedSize(name, module.getValue());
    }
    if (bytes > limits.moduleBytes()) {
      throw new InvalidModules(
          "Dynamic Worker code size (%d bytes) exceeds the maximum allowed size of %d bytes."
              .formatted(bytes, limits.moduleBytes()));
    }
    String entry = path("", main);
    ModuleContent content = entry == null ? null : this.modules.get(entry);
    if (entry == null || content == null) {
      throw new InvalidModules(InvalidModules.Kind.ERROR, "No such module: " + main);
    }
    if (!(content instanceof ModuleContent.Es)) {
      throw new InvalidModules(InvalidModules.Kind.TYPE_ERROR, "Main module must be an ES module.");
    }
    this.main = entry;
  }

  /// ES modules alone.
  ///
  /// @param sources ES module text by name; a name ends in `.js` or `.mjs`
  /// @throws InvalidModules where a name, a size or a number is not allowed
  public static ModuleSources es(String main, Map<String, String> sources, Limits limits) {
    Map<String, ModuleContent> modules = new LinkedHashMap<>();
    sources.forEach((name, source) -> modules.put(name, untyped(name, source)));
    return new ModuleSources(main, modules, limits);
  }

  /// One module alone.
  public static ModuleSources single(String name, String source, Limits limits) {
    return es(name, Map.of(name, source), limits);
  }

  /// The module that a plain string stands for: its name tells the type.
  ///
  /// @throws InvalidModules where the name does not end in `.js` or `.mjs`
  public static ModuleContent untyped(String name, String source) {
    if (name.endsWith(".js") || name.endsWith(".mjs")) {
      return new ModuleContent.Es(source);
    }
    throw new InvalidModules(
        "Module name must end with '.js' or '.mjs' (or the content must be an object indicating"
            + " the type explicitly). Got: "
            + name);
  }

  private static String checkedName(String name) {
    if (name.length() > MAX_NAME || name.indexOf(':') >= 0 || name.chars().anyMatch(c -> c < ' ')) {
      throw new InvalidModules(
          "Module names have at most 512 characters, no colon and no control character. Got: "
              + name);
    }
    String path = name.startsWith("/") ? null : path("", name);
    if (path == null || path.isEmpty()) {
      throw new InvalidModules("A module's name is a relative path. Got: " + name);
    }
    return path;
  }

  private static int checkedSize(String name, ModuleContent content) {
    byte[] bytes = content.bytes();
    if (content instanceof ModuleContent.Wasm
        && (bytes.length < 8 || !startsWith(bytes, WASM_MAGIC))) {
      throw new InvalidModules(
          "Module \"" + name + "\" is no WebAssembly: it does not start with 00 61 73 6d.");
    }
    return bytes.length;
  }

  private static boolean startsWith(byte[] bytes, byte[] start) {
    return Arrays.equals(bytes, 0, start.length, start, 0, start.length);
  }

  /// The modules cannot be accepted as they are; the message says which and why.
  public static final class InvalidModules extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    public InvalidModules(String message) {
      this(Kind.REFUSED, message);
    }

    InvalidModules(Kind kind, String message) {
      super(message, null, false, false);
      this.kind = kind;
    }

    public Kind kind() {
      return kind;
    }

    /// What Workers tell it as: a refusal, or an error of the start, of one class or the other.
    public enum Kind {
      REFUSED,
      ERROR,
      TYPE_ERROR
    }
  }

  public String main() {
    return main;
  }

  /// The modules by name, sorted.
  public SortedMap<String, ModuleContent> modules() {
    return Collections.unmodifiableSortedMap(modules);
  }

  String mainSource() {
    return content(main) instanceof ModuleContent.Es es ? es.source() : "";
  }

  /// The platform's lazy modules that some JavaScript in it speaks of. They take milliseconds to
  /// evaluate, so they belong into its image.
  List<String> mentioned() {
    return LAZY.entrySet().stream()
        .filter(lazy -> modules.values().stream().anyMatch(code -> mentions(code, lazy.getValue())))
        .map(Map.Entry::getKey)
        .toList();
  }

  private static boolean mentions(ModuleContent content, Pattern words) {
    return switch (content) {
      case ModuleContent.Es es -> words.matcher(es.source()).find();
      case ModuleContent.CommonJs cjs -> words.matcher(cjs.source()).find();
      default -> false;
    };
  }

  ModuleContent content(String name) {
    ModuleContent content = modules.get(name);
    if (content == null) {
      throw noSuchModule(name, "");
    }
    return content;
  }

  /// The full name of what a module imports.
  ///
  /// @param importer the importing module's name
  String resolve(String importer, String specifier) {
    if (PlatformSources.CLOUDFLARE.contains(specifier)) {
      return specifier;
    }
    int slash = importer.lastIndexOf('/');
    String name = path(slash < 0 ? "" : importer.substring(0, slash), specifier);
    String from = "\n  imported from \"" + importer + "\"";
    if (name == null) {
      throw new HostCallException(
          HostCallException.Kind.TYPE_ERROR,
          "Invalid module specifier \"" + specifier + "\"." + from + ".");
    }
    if (modules.containsKey(name)) {
      return name;
    }
    String node =
        specifier.startsWith(PlatformSources.NODE) ? specifier : PlatformSources.NODE + specifier;
    if (PlatformSources.isNodeModule(node)) {
      return node;
    }
    throw noSuchModule(name, from);
  }

  private static HostCallException noSuchModule(String name, String from) {
    return new HostCallException(
        HostCallException.Kind.ERROR, "No such module \"" + name + "\"." + from);
  }

  /// The path that a specifier means in a folder; null where it leads out of the root. A name with
  /// a colon is nobody's path.
  private static @Nullable String path(String folder, String specifier) {
    if (specifier.indexOf(':') >= 0) {
      return specifier;
    }
    List<String> path = new ArrayList<>();
    String whole = specifier.startsWith("/") ? specifier : folder + "/" + specifier;
    for (String part : whole.split("/", -1)) {
      if (part.equals("..")) {
        if (path.isEmpty()) {
          return null;
        }
        path.removeLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        path.add(part);
      }
    }
    return String.join("/", path);
  }

  /// SHA-256 over the entry's name and every module's name, type and content, in lower-case hex.
  String hash() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      update(digest, main);
      modules.forEach(
          (name, content) -> {
            update(digest, name);
            update(digest, content.type());
            update(digest, content.bytes());
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
    update(digest, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void update(MessageDigest digest, byte[] bytes) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      digest.update((byte) (bytes.length >> shift));
    }
    digest.update(bytes);
  }
}
