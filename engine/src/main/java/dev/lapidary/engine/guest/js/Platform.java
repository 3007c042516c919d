package dev.lapidary.engine.guest.js;

import dev.lapidary.abi.Limits;
import dev.lapidary.engine.guest.wasm.Snapshot;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The platform, booted, before any app: what the images of all code are made from. [PlatformBuild]
/// makes it when Lapidary is built, so that nothing of it is parsed or evaluated at run time, and
/// no guest's memory holds its sources. Immutable.
///
/// @param image the platform's runtime
/// @param bytecode all its modules by name, also those that are evaluated when they are used
record Platform(JsImage image, Map<String, byte[]> bytecode) {
  static final String RESOURCE = "/dev/lapidary/engine/guest/js/platform.image";

  /// What stands for an app where there is none.
  static final ModuleSources NO_APP = ModuleSources.single("none.js", "", Limits.DEFAULT);

  private static volatile @Nullable Platform shared;

  /// The one that Lapidary was built with; read once for the whole process.
  static Platform shared() {
    Platform known = shared;
    if (known == null) {
      synchronized (Platform.class) {
        known = shared == null ? read() : shared;
        shared = known;
      }
    }
    return known;
  }

  private static Platform read() {
    try (InputStream in = Platform.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("the platform's build step did not run");
      }
      return readFrom(new DataInputStream(new BufferedInputStream(in, 65_536)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Writes what [#readFrom] reads, for the same build of the engine.
  void writeTo(DataOutput out) throws IOException {
    image.snapshot().writeTo(out);
    QuickJsLayout layout = image.layout();
    out.writeInt(layout.context());
    out.writeInt(layout.hostSlot());
    out.writeInt(layout.scratch());
    out.writeInt(layout.arguments());
    out.writeLong(layout.arrayBufferClass());
    out.writeInt(image.randomState());
    out.writeLong(image.dispatcher());
    out.writeInt(image.loaded().size());
    for (String name : new TreeSet<>(image.loaded())) {
      out.writeUTF(name);
    }
    out.writeInt(bytecode.size());
    for (var module : new TreeMap<>(bytecode).entrySet()) {
      out.writeUTF(module.getKey());
      out.writeInt(module.getValue().length);
      out.write(module.getValue());
    }
  }

  private static Platform readFrom(DataInputStream in) throws IOException {
    Snapshot snapshot = Snapshot.readFrom(in);
    QuickJsLayout layout =
        new QuickJsLayout(in.readInt(), in.readInt(), in.readInt(), in.readInt(), in.readLong());
    int randomState = in.readInt();
    long dispatcher = in.readLong();
    Set<String> loaded = new HashSet<>();
    for (int left = in.readInt(); left > 0; left--) {
      loaded.add(in.readUTF());
    }
    Map<String, byte[]> bytecode = new HashMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      bytecode.put(in.readUTF(), in.readNBytes(in.readInt()));
    }
    JsImage image =
        new JsImage(
            snapshot,
            layout,
            randomState,
            dispatcher,
            JsValue.UNDEFINED,
            Handles.Image.EMPTY,
            WasmImage.EMPTY,
            Set.copyOf(loaded));
    return new Platform(image, Map.copyOf(bytecode));
  }
}
