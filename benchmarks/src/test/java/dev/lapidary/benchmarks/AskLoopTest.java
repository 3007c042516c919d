package dev.lapidary.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The loop of requests with long bodies, against a server that answers what the test wants.
class AskLoopTest {
  private static final long SIZE = 3 * Pattern.PERIOD + 77;

  @Test
  void aRightBodyIsCounted() throws IOException {
    AskLoop.Taken taken = ask(Ask.forPattern("/", 0, SIZE), 200, SIZE, pattern(SIZE));
    assertThat(taken.complaints()).isEmpty();
    assertThat(taken.count()).isEqualTo(5);
    assertThat(taken.bytes()).isEqualTo(5 * SIZE);
    assertThat(taken.first().count()).isEqualTo(5);
  }

  @Test
  void aBodyInChunksIsTheSame() throws IOException {
    AskLoop.Taken taken = ask(Ask.forPattern("/", 0, SIZE), 200, 0, pattern(SIZE));
    assertThat(taken.complaints()).isEmpty();
    assertThat(taken.count()).isEqualTo(5);
  }

  @Test
  void whatGoesUpArrives() throws IOException {
    AskLoop.Taken taken = ask(Ask.forText("/", SIZE, "" + SIZE), 200, 0, null);
    assertThat(taken.complaints()).isEmpty();
    assertThat(taken.bytes()).isEqualTo(5 * SIZE);
  }

  @Test
  void aChangedByteIsAnError() throws IOException {
    byte[] body = pattern(SIZE);
    body[body.length - 1]++;
    AskLoop.Taken taken = ask(Ask.forPattern("/", 0, SIZE), 200, 0, body);
    assertThat(taken.count()).isZero();
    assertThat(taken.complaints()).first().asString().startsWith("wrong body");
  }

  @Test
  void aShortBodyIsAnError() throws IOException {
    AskLoop.Taken taken = ask(Ask.forPattern("/", 0, SIZE), 200, 0, pattern(SIZE - 1));
    assertThat(taken.complaints()).containsOnly(SIZE - 1 + " bytes came, not " + SIZE);
  }

  @Test
  void anotherStatusIsAnError() throws IOException {
    AskLoop.Taken taken = ask(Ask.forText("/", 0, "no"), 500, 0, new byte[] {'n', 'o'});
    assertThat(taken.count()).isZero();
    assertThat(taken.complaints()).first().asString().contains("500", "no");
  }

  private static byte[] pattern(long size) {
    byte[] bytes = new byte[(int) size];
    for (int i = 0; i < bytes.length; i++) {
      int at = i % 65_536;
      bytes[i] = (byte) (at * 7 + (at >> 8));
    }
    return bytes;
  }

  /// @param declared the length that is told; 0 for chunks
  /// @param body null for the number of bytes received, where they are right
  private static AskLoop.Taken ask(Ask ask, int status, long declared, byte @Nullable [] body)
      throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] got = exchange.getRequestBody().readAllBytes();
          boolean right = Arrays.equals(got, pattern(ask.sent()));
          exchange.sendResponseHeaders(status, declared);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(body == null ? (right ? "" + got.length : "wrong").getBytes(UTF_8) : body);
          }
        });
    server.start();
    try {
      return AskLoop.run(server.getAddress(), 2, Duration.ofSeconds(20), 5, () -> ask);
    } finally {
      server.stop(0);
    }
  }
}
