package dev.lapidary.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// What the harness itself spends on an answer of 100 rows, which it takes from the server's cores.
@State(Scope.Thread)
public class ResponseReaderBenchmark {
  private final ResponseReader reader = new ResponseReader();
  private final byte[] answer = answer();

  /// One whole answer, read and compared.
  @Benchmark
  public boolean list() {
    return reader.read(answer, answer.length) && reader.bodyEquals(Workload.LIST.expected(0));
  }

  private static byte[] answer() {
    String body = new String(Workload.LIST.expected(0), US_ASCII);
    String head = "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n";
    return (head + body).getBytes(US_ASCII);
  }
}
