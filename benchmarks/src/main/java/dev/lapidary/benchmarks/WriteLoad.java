package dev.lapidary.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Writers, each on its own connection, that write to the facets in turn until the server dies.
final class WriteLoad {
  private final Api api;
  private final List<WriteLedger> ledgers;
  private final int round;
  private final AtomicLong nextSeq = new AtomicLong(1);
  private final CountDownLatch firstAnswer = new CountDownLatch(1);
  private final List<Thread> writers;
  private volatile @Nullable String refusal;

  private WriteLoad(Api api, List<WriteLedger> ledgers, int round, int connections) {
    this.api = api;
    this.ledgers = ledgers;
    this.round = round;
    this.writers =
        IntStream.range(0, connections)
            .mapToObj(i -> Thread.ofVirtual().unstarted(this::write))
            .toList();
  }

  static WriteLoad start(Api api, List<WriteLedger> ledgers, int round, int connections) {
    WriteLoad load = new WriteLoad(api, ledgers, round, connections);
    load.writers.forEach(Thread::start);
    return load;
  }

  /// Waits for the first acknowledged write, at most 30 s.
  void awaitFirstAnswer() throws InterruptedException {
    if (!firstAnswer.await(30, TimeUnit.SECONDS)) {
      throw new Missing("no write was acknowledged within 30 s");
    }
  }

  /// To be called once the server is dead.
  ///
  /// @return an answer that was not a success, which a kill does not explain; or null
  @Nullable String join() throws InterruptedException {
    for (Thread writer : writers) {
      writer.join();
    }
    return refusal;
  }

  private void write() {
    try {
      while (true) {
        long seq = nextSeq.getAndIncrement();
        int facet = (int) (seq % ledgers.size());
        WriteLedger ledger = ledgers.get(facet);
        ledger.sending(seq);
        String path = "/o%d/%s/write?round=%d&seq=%d".formatted(facet, KillNine.APP, round, seq);
        ledger.acknowledge(seq, Long.parseLong(api.post(path)));
        firstAnswer.countDown();
      }
    } catch (Api.Refused e) {
      refusal = e.getMessage();
      firstAnswer.countDown();
    } catch (IOException e) {
      // The server was killed: this write is one of those that may be there or not.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
