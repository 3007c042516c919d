package dev.lapidary.benchmarks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;

/// Reads HTTP/1.1 answers off a byte array: a length or chunks, no trailers, no bodiless statuses
/// but 204 and 304. Allocates nothing for an answer, because the harness shares its cores with the
/// server it measures. One connection's, so used by one thread.
final class ResponseReader {
  private static final byte[] LENGTH = "content-length:".getBytes(ISO_8859_1);
  private static final byte[] CHUNKED = "transfer-encoding: chunked".getBytes(ISO_8859_1);
  private static final byte[] CLOSE = "connection: close".getBytes(ISO_8859_1);

  private int status;
  private boolean closes;
  private byte[] body = new byte[16 * 1024];
  private int length;

  /// Tries to read one whole answer from the first `limit` bytes. False when more must arrive.
  ///
  /// @throws IllegalArgumentException when the bytes are not an HTTP/1.1 answer
  boolean read(byte[] bytes, int limit) {
    int head = indexOfBlankLine(bytes, limit);
    if (head < 0) {
      return false;
    }
    if (head < 12 || bytes[0] != 'H' || bytes[8] != ' ') {
      throw new IllegalArgumentException("not an HTTP answer");
    }
    status = (bytes[9] - '0') * 100 + (bytes[10] - '0') * 10 + (bytes[11] - '0');
    closes = find(bytes, head, CLOSE) >= 0;
    int start = head + 4;
    int field = find(bytes, head, LENGTH);
    if (field >= 0) {
      return readFixed(bytes, start, limit, number(bytes, field + LENGTH.length, head));
    }
    if (find(bytes, head, CHUNKED) >= 0) {
      return readChunks(bytes, start, limit);
    }
    if (status == 204 || status == 304) {
      length = 0;
      return true;
    }
    throw new IllegalArgumentException("an answer of status " + status + " without a length");
  }

  int status() {
    return status;
  }

  /// Whether the server said it will close the connection.
  boolean closes() {
    return closes;
  }

  boolean bodyEquals(byte[] expected) {
    return Arrays.equals(body, 0, length, expected, 0, expected.length);
  }

  /// The body as a number, or -1 when it is not a plain decimal one.
  long bodyNumber() {
    if (length == 0 || length > 18) {
      return -1;
    }
    long value = 0;
    for (int i = 0; i < length; i++) {
      int digit = body[i] - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }

  /// The body's beginning, for error reports.
  String excerpt() {
    return new String(body, 0, Math.min(length, 200), ISO_8859_1);
  }

  private boolean readFixed(byte[] bytes, int start, int limit, int size) {
    if (limit - start < size) {
      return false;
    }
    length = 0;
    append(bytes, start, size);
    return true;
  }

  private boolean readChunks(byte[] bytes, int start, int limit) {
    length = 0;
    int at = start;
    while (true) {
      int end = at;
      while (end + 1 < limit && bytes[end] != '\r') {
        end++;
      }
      if (end + 1 >= limit) {
        return false;
      }
      int size = Integer.parseInt(new String(bytes, at, end - at, ISO_8859_1), 16);
      int data = end + 2;
      if (limit < data + size + 2) {
        return false;
      }
      if (size == 0) {
        return true;
      }
      append(bytes, data, size);
      at = data + size + 2;
    }
  }

  private void append(byte[] bytes, int from, int size) {
    if (length + size > body.length) {
      body = Arrays.copyOf(body, Math.max(body.length * 2, length + size));
    }
    System.arraycopy(bytes, from, body, length, size);
    length += size;
  }

  private static int indexOfBlankLine(byte[] bytes, int limit) {
    for (int i = 0; i + 3 < limit; i++) {
      if (bytes[i] == '\r'
          && bytes[i + 1] == '\n'
          && bytes[i + 2] == '\r'
          && bytes[i + 3] == '\n') {
        return i;
      }
    }
    return -1;
  }

  /// Where a header line starts with `lower`, letters of any case; -1 when none does.
  private static int find(byte[] bytes, int limit, byte[] lower) {
    for (int i = 1; i + lower.length <= limit; i++) {
      if (bytes[i - 1] == '\n' && matches(bytes, i, lower)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean matches(byte[] bytes, int at, byte[] lower) {
    for (int k = 0; k < lower.length; k++) {
      int c = bytes[at + k];
      if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != lower[k]) {
        return false;
      }
    }
    return true;
  }

  private static int number(byte[] bytes, int from, int limit) {
    int value = 0;
    for (int i = from; i < limit && bytes[i] != '\r'; i++) {
      if (bytes[i] != ' ') {
        value = value * 10 + bytes[i] - '0';
      }
    }
    return value;
  }
}
