package dev.lapidary.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The counter samples, one for each language, built by the commands that their readers use. What
 * they do is the same.
 */
public enum Sample {
  JAVASCRIPT("text/javascript"),
  ASSEMBLYSCRIPT("application/wasm"),
  C("application/wasm");

  private final String contentType;

  Sample(String contentType) {
    this.contentType = contentType;
  }

  public String contentType() {
    return contentType;
  }

  /** What to deploy. Skips the test where the language's compiler is not installed. */
  public byte[] code() {
    try {
      return switch (this) {
        case JAVASCRIPT -> Files.readAllBytes(Path.of("../examples/counter/app.js"));
        case ASSEMBLYSCRIPT -> GuestCompiler.assemblyScript("examples/counter-as");
        case C -> GuestCompiler.c("examples/counter-c/app.c");
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
