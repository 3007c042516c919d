package dev.lapidary.abi.cbor;

import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/// Makes CBOR for guests: definite lengths, shortest integers, 64-bit floats; half of a surrogate
/// pair becomes U+FFFD. Thread-safe.
public final class CborWriter {
  private static final CBORFactory FACTORY =
      CBORFactory.builder().enable(CBORGenerator.Feature.LENIENT_UTF_ENCODING).build();

  private CborWriter() {}

  /// Writes items; arrays and maps with their sizes.
  @FunctionalInterface
  public interface Content {
    void writeTo(CBORGenerator out) throws IOException;
  }

  public static byte[] write(Content content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (CBORGenerator out = to(bytes)) {
      content.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /// A generator over memory, for items one by one.
  public static CBORGenerator to(OutputStream bytes) {
    try {
      return FACTORY.createGenerator(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
