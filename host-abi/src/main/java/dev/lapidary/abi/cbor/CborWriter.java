package dev.lapidary.abi.cbor;

import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Makes CBOR for guests: definite lengths, shortest integers, 64-bit floats; half of a surrogate
/// pair becomes U+FFFD. Thread-safe.
public final class CborWriter {
  private static final CBORFactory FACTORY = new CBORFactory();
  private static final byte[] REPLACEMENT = {(byte) 0xEF, (byte) 0xBF, (byte) 0xBD};

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

  /// Writes text with its length before it, however long: the generator's own way breaks long text
  /// into chunks.
  public static void text(CBORGenerator out, String text) throws IOException {
    byte[] utf8 = utf8(text);
    out.writeUTF8String(utf8, 0, utf8.length);
  }

  private static byte[] utf8(String text) throws IOException {
    if (text.chars().noneMatch(c -> Character.isSurrogate((char) c))) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    ByteBuffer encoded =
        StandardCharsets.UTF_8
            .newEncoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .replaceWith(REPLACEMENT)
            .encode(CharBuffer.wrap(text));
    byte[] utf8 = new byte[encoded.remaining()];
    encoded.get(utf8);
    return utf8;
  }
}
