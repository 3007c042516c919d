package dev.lapidary.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// The load loop against a server that answers what the test wants.
class LoadLoopTest {
  private static final Cell HELLO = new Cell(Workload.HELLO, 3, 4);
  private static final Cell KV = new Cell(Workload.KV, 1, 1);

  @Test
  void rightAnswersAreCounted() throws IOException {
    Sample sample = load(HELLO, 200, () -> "hello");
    assertThat(sample.errors()).isZero();
    assertThat(sample.requests()).isPositive();
    assertThat(sample.p99Micros()).isGreaterThanOrEqualTo(sample.p50Micros()).isPositive();
  }

  @Test
  void aWrongBodyIsAnError() throws IOException {
    Sample sample = load(HELLO, 200, () -> "hellO");
    assertThat(sample.requests()).isZero();
    assertThat(sample.errors()).isPositive();
    assertThat(sample.complaints()).first().asString().contains("wrong body", "hellO");
  }

  @Test
  void anotherStatusIsAnError() throws IOException {
    Sample sample = load(HELLO, 503, () -> "hello");
    assertThat(sample.requests()).isZero();
    assertThat(sample.complaints()).first().asString().contains("503");
  }

  @Test
  void aCounterThatStandsStillIsAnError() throws IOException {
    AtomicLong count = new AtomicLong();
    assertThat(load(KV, 200, () -> "" + count.incrementAndGet()).errors()).isZero();
    Sample stuck = load(KV, 200, () -> "7");
    assertThat(stuck.requests()).isEqualTo(1);
    assertThat(stuck.errors()).isPositive();
  }

  private static Sample load(Cell cell, int status, Supplier<String> body) throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    HttpServer server = HttpServer.create(any, 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] bytes = body.get().getBytes(US_ASCII);
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
    try {
      return LoadLoop.run(server.getAddress(), cell, "bench", Duration.ofMillis(200), null);
    } finally {
      server.stop(0);
    }
  }
}
