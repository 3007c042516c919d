package dev.lapidary.engine.guest.wasm;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lapidary.engine.guest.wasm.split.MethodSizes;
import dev.lapidary.engine.guest.wasm.split.Profile;
import dev.lapidary.engine.guest.wasm.split.SplitLimits;
import dev.lapidary.engine.guest.wasm.split.SplitModule;
import dev.lapidary.engine.guest.wasm.split.Splitter;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/// The build step that sends the JavaScript engine through the pipeline: reads the binaries from
/// the class path, links, splits, meters and compiles them, and writes class files and a stub below
/// the directory given as the first argument. Does nothing when neither binaries nor pipeline
/// changed since its last run.
public final class QuickJsBuild {
  /// The side modules linked into the engine, in order of their initialization.
  public static final List<String> EXTENSIONS =
      List.of("url", "encoding", "headers", "crypto", "structured-clone");

  private static final String SDK = "/dev/lapidary/sdk/quickjs/";
  private static final String OWN_CLASSES = "dev/lapidary/engine/guest/wasm";
  private static final String STAMP = "quickjs.stamp";

  private QuickJsBuild() {}

  public static void main(String[] args) throws IOException {
    Path classes = Path.of(args[0]);
    String inputs = inputHash(classes);
    Path stamp = classes.resolveSibling(STAMP);
    if (Files.exists(stamp)
        && Files.readString(stamp).equals(inputs)
        && Files.exists(classes.resolve(OWN_CLASSES).resolve(PipelineVersion.RESOURCE))) {
      return;
    }
    LinkedModule linked = link();
    System.err.println(
        "quickjs: unresolved at link time, trap when called: " + linked.unresolved());
    SplitModule split = Splitter.split(linked.module(), Profile.quickJs(), SplitLimits.DEFAULT);
    split.functions().forEach(part -> System.err.println("quickjs: split " + part));
    check(PrebuiltModule.write(Meter.apply(split.module(), MeterOptions.DEFAULT), classes));
    Files.writeString(classes.resolve(OWN_CLASSES).resolve(PipelineVersion.RESOURCE), inputs);
    Files.writeString(stamp, inputs);
  }

  /// HotSpot would never compile a larger function; what Chicory adds around them is only reported.
  private static void check(MethodSizes sizes) {
    System.err.println("quickjs: largest methods " + sizes.methods().subList(0, 3));
    List<MethodSizes.Method> huge =
        sizes.huge().stream().filter(MethodSizes.Method::isFunction).toList();
    if (!huge.isEmpty()) {
      throw new IllegalStateException("functions still too large for HotSpot: " + huge);
    }
  }

  /// The engine and its side modules as one module, not transformed further.
  public static LinkedModule link() throws IOException {
    List<SideModule> sides = new ArrayList<>();
    for (String name : EXTENSIONS) {
      sides.add(SideModule.parse(name, resource("extensions/" + name + "/" + name + ".so")));
    }
    return Linker.link(GuestModule.parse(resource("quickjs.wasm")), sides);
  }

  static byte[] resource(String name) throws IOException {
    try (InputStream in = QuickJsBuild.class.getResourceAsStream(SDK + name)) {
      if (in == null) {
        throw new FileNotFoundException("no " + SDK + name + " on the class path");
      }
      return in.readAllBytes();
    }
  }

  private static String inputHash(Path classes) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(resource("quickjs.wasm"));
      for (String name : EXTENSIONS) {
        digest.update(resource("extensions/" + name + "/" + name + ".so"));
      }
      for (Path own : ownClasses(classes)) {
        digest.update(own.toString().getBytes(UTF_8));
        digest.update(Files.readAllBytes(own));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Path> ownClasses(Path classes) throws IOException {
    Path own = classes.resolve(OWN_CLASSES);
    try (Stream<Path> files = Files.walk(own)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.startsWith(own.resolve("quickjs")))
          .sorted()
          .toList();
    }
  }
}
