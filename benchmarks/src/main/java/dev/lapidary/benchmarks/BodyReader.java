package dev.lapidary.benchmarks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Reads one HTTP/1.1 answer as it arrives, however long, and checks its body on the way. One
/// connection's, so used by one thread.
final class BodyReader {
  private static final int MOST_OF_A_LINE = 16 * 1024;

  private enum Part {
    HEAD,
    LENGTH,
    CHUNK_SIZE,
    CHUNK,
    CHUNK_END,
    TRAILER,
    DONE
  }

  private final Ask ask;
  private final byte @Nullable [] text;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final ByteArrayOutputStream beginning = new ByteArrayOutputStream();
  private Part part = Part.HEAD;
  private String head = "";
  private boolean right = true;
  private long left;
  private long received;

  BodyReader(Ask ask) {
    this.ask = ask;
    this.text = ask.text() == null ? null : ask.text().getBytes(UTF_8);
  }

  /// Takes what has arrived.
  ///
  /// @return whether the answer is whole
  /// @throws IOException where the bytes are no HTTP/1.1 answer
  boolean read(byte[] bytes, int limit) throws IOException {
    int at = 0;
    while (at < limit && part != Part.DONE) {
      if (part == Part.LENGTH || part == Part.CHUNK) {
        int length = (int) Math.min(left, limit - at);
        body(bytes, at, at + length);
        at += length;
        left -= length;
        if (left == 0) {
          part = part == Part.LENGTH ? Part.DONE : Part.CHUNK_END;
        }
      } else {
        byte next = bytes[at++];
        line.write(next);
        if (line.size() > MOST_OF_A_LINE) {
          throw new IOException("a line or head of the answer is too long");
        }
        if (next == '\n') {
          lineEnded();
        }
      }
    }
    if (at < limit) {
      throw new IOException("more arrived than the answer");
    }
    return part == Part.DONE;
  }

  /// Bytes of the body that have arrived.
  long received() {
    return received;
  }

  /// What is wrong with the whole answer; empty where nothing is.
  String complaint() {
    String status = head.lines().findFirst().orElse("");
    if (!status.contains(" 200")) {
      return status + ": " + beginning.toString(ISO_8859_1);
    }
    if (received != ask.received()) {
      return received + " bytes came, not " + ask.received();
    }
    return right ? "" : "wrong body: " + beginning.toString(ISO_8859_1);
  }

  private void body(byte[] bytes, int from, int to) {
    if (text == null) {
      right &= Pattern.matches(received, bytes, from, to);
    } else {
      int at = (int) Math.min(received, text.length);
      int end = Math.min(text.length, at + to - from);
      right &= Arrays.equals(bytes, from, to, text, at, end);
    }
    if (beginning.size() < 200 && (text != null || !head.contains(" 200"))) {
      beginning.write(bytes, from, Math.min(to - from, 200));
    }
    received += to - from;
  }

  private void lineEnded() throws IOException {
    switch (part) {
      case HEAD -> {
        String text = line.toString(ISO_8859_1);
        if (!text.endsWith("\r\n\r\n")) {
          return; // the head is kept whole
        }
        headEnded(text);
      }
      case CHUNK_SIZE -> {
        left = Long.parseLong(line.toString(ISO_8859_1).trim(), 16);
        part = left == 0 ? Part.TRAILER : Part.CHUNK;
      }
      case CHUNK_END -> part = Part.CHUNK_SIZE;
      case TRAILER -> part = Part.DONE;
      case LENGTH, CHUNK, DONE -> throw new IllegalStateException(part + " has no lines");
    }
    line.reset();
  }

  private void headEnded(String text) throws IOException {
    head = text;
    if (!text.startsWith("HTTP/1.1 ")) {
      throw new IOException("not an HTTP answer");
    }
    String lower = text.toLowerCase(Locale.ROOT);
    int length = lower.indexOf("\ncontent-length:");
    if (length >= 0) {
      String value = lower.substring(length + 16, lower.indexOf('\r', length));
      left = Long.parseLong(value.trim());
      part = left == 0 ? Part.DONE : Part.LENGTH;
    } else if (lower.contains("\ntransfer-encoding: chunked")) {
      part = Part.CHUNK_SIZE;
    } else {
      throw new IOException("an answer without a length");
    }
  }
}
