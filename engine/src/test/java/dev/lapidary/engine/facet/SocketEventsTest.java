package dev.lapidary.engine.facet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapidary.abi.Event;
import dev.lapidary.abi.rpc.WebSocket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class SocketEventsTest {
  private final Deque<Runnable> mailbox = new ArrayDeque<>();
  private final Deque<Runnable> later = new ArrayDeque<>();
  private final List<String> told = new ArrayList<>();
  private boolean full;
  private long wait;
  private final SocketEvents events =
      new SocketEvents(this::run, (work, millis) -> later.add(work), () -> wait, this::tell);

  private void run(Runnable work) {
    if (full) {
      throw new RejectedExecutionException();
    }
    mailbox.add(work);
  }

  private void tell(Event.OfSocket event, CompletableFuture<Void> done) {
    told.add(
        event instanceof Event.OfSocket.Received received
            ? ((WebSocket.Message.Text) received.message()).text()
            : "closed");
    done.complete(null);
  }

  private CompletionStage<?> message(String text) {
    return events.add(new Event.OfSocket.Received(1, new WebSocket.Message.Text(text)));
  }

  private static void drain(Deque<Runnable> work) {
    while (!work.isEmpty()) {
      work.remove().run();
    }
  }

  @Test
  void whatWaitsForAQuotaIsNotOvertakenOnceTheQuotaIsOpen() {
    wait = 1_000;
    CompletionStage<?> first = message("one");
    drain(mailbox);
    wait = 0; // open again, before the first was tried again
    message("two");
    events.add(new Event.OfSocket.Closed(1, 1000, "", true));
    drain(mailbox);
    assertThat(told).isEmpty();
    assertThat(first.toCompletableFuture()).isNotDone();
    drain(later);
    drain(mailbox);
    assertThat(told).containsExactly("one", "two", "closed");
    assertThat(first.toCompletableFuture()).isDone();
  }

  @Test
  void whatFoundNoThreadIsNotOvertaken() {
    full = true;
    message("one");
    full = false;
    message("two");
    drain(mailbox);
    drain(later);
    drain(mailbox);
    assertThat(told).containsExactly("one", "two");
  }

  @Test
  void aQuotaThatClosesAgainHoldsTheRest() {
    wait = 10;
    message("one");
    message("two");
    drain(mailbox);
    Runnable resume = later.remove();
    wait = 5;
    resume.run();
    drain(mailbox);
    assertThat(told).isEmpty();
    wait = 0;
    drain(later);
    drain(mailbox);
    assertThat(told).containsExactly("one", "two");
  }
}
