package dev.lapidary.engine.guest.wasm;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// All that the pipeline makes of a module, as it is kept on disk.
///
/// @param start index of the start function, which the classes' stub leaves out, or [#NO_START]
record ModuleArtifact(ModuleClasses classes, int start, PipelineReport report) {
  static final int NO_START = -1;

  byte[] encode() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeUTF(classes.machine());
      out.writeInt(start);
      out.writeInt(report.slow().size());
      for (PipelineReport.Slow slow : report.slow()) {
        block(out, slow.function().getBytes(UTF_8));
        out.writeInt(slow.bytes());
      }
      block(out, classes.stub());
      out.writeInt(classes.classes().size());
      for (Map.Entry<String, byte[]> file : new TreeMap<>(classes.classes()).entrySet()) {
        out.writeUTF(file.getKey());
        block(out, file.getValue());
      }
    }
    return bytes.toByteArray();
  }

  /// Reads what [#encode] wrote; anything else has undefined results, so check it first.
  static ModuleArtifact decode(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    String machine = in.readUTF();
    int start = in.readInt();
    List<PipelineReport.Slow> slow = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      slow.add(new PipelineReport.Slow(new String(block(in), UTF_8), in.readInt()));
    }
    byte[] stub = block(in);
    Map<String, byte[]> classes = new HashMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      classes.put(in.readUTF(), block(in));
    }
    return new ModuleArtifact(
        new ModuleClasses(machine, classes, stub), start, new PipelineReport(slow));
  }

  private static void block(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static byte[] block(DataInputStream in) throws IOException {
    return in.readNBytes(in.readInt());
  }
}
