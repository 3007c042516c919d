package dev.lapidary.engine.guest.wasm;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.dylibso.chicory.wasm.Version;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/// Which pipeline this is: a hash of its classes, taken when Lapidary was built, and the runtime's
/// version. What another one compiled is of no use to this one.
final class PipelineVersion {
  static final String RESOURCE = "quickjs/pipeline.id";
  static final String ID = read() + " " + Version.version();

  private PipelineVersion() {}

  private static String read() {
    try (InputStream in = PipelineVersion.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(
            RESOURCE + " is not on the class path: the build step did not run");
      }
      return new String(in.readAllBytes(), US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(RESOURCE, e);
    }
  }
}
