package dev.lapidary.engine.facet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapidary.abi.rpc.WebSocket;
import dev.lapidary.engine.Ear;
import dev.lapidary.engine.guest.MemoryBudget;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

@SuppressWarnings("FutureReturnValueIgnored")
class SocketPairTest {
  private static final int CAPACITY = 1 << 20;

  private final MemoryBudget budget = new MemoryBudget(64 << 20);
  private final SocketPair pair = new SocketPair(budget, CAPACITY);
  private final WebSocket first = pair.first();
  private final WebSocket second = pair.second();

  private static WebSocket.Message text(String text) {
    return new WebSocket.Message.Text(text);
  }

  private static WebSocket.Message bytes(int count) {
    return new WebSocket.Message.Binary(new byte[count]);
  }

  @Test
  void whatIsSentBeforeAnybodyListensWaitsInOrderAndTheCloseComesLast() {
    first.send(text("a"));
    first.send(bytes(3));
    first.close(4000, "bye");
    first.send(text("too late"));
    Ear ear = new Ear();
    second.listen(ear);
    assertThat(ear.heard).containsExactly("a", "3 bytes", "closed 4000 bye true");
    assertThat(budget.used()).isZero();
    assertThatThrownBy(() -> second.listen(ear)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theDirectionsCloseByThemselves() {
    Ear one = new Ear();
    Ear other = new Ear();
    first.listen(one);
    second.listen(other);
    first.close(WebSocket.NO_STATUS, "");
    second.send(text("still"));
    second.close(1000, "me too");
    assertThat(other.heard).containsExactly("closed 1005  true");
    assertThat(one.heard).containsExactly("still", "closed 1000 me too true");
  }

  @Test
  void theNextMessageComesWhenTheLastIsDoneWith() {
    Ear ear = Ear.thatIsSlow();
    second.listen(ear);
    first.send(text("a"));
    first.send(text("b"));
    assertThat(ear.heard).containsExactly("a");
    ear.unfinished.getFirst().complete(null);
    assertThat(ear.heard).containsExactly("a", "b");
    assertThat(budget.used()).isPositive();
    ear.unfinished.getLast().completeExceptionally(new IllegalStateException("also done"));
    assertThat(budget.used()).isZero();
  }

  @Test
  void aSenderThatCanWaitIsToldWhenThereIsRoom() {
    Ear ear = Ear.thatIsSlow();
    second.listen(ear);
    assertThat(first.send(bytes(10))).isDone();
    CompletableFuture<Void> room = first.send(bytes(300_000));
    assertThat(room).isNotDone();
    ear.unfinished.getFirst().complete(null);
    assertThat(room).isNotDone();
    ear.unfinished.getLast().complete(null);
    assertThat(room).isDone();
  }

  @Test
  void aSenderThatDoesNotWaitLosesTheConnectionAndNothingIsKept() {
    Ear sender = new Ear();
    first.listen(sender);
    for (int i = 0; i < 20; i++) {
      first.send(bytes(100_000));
    }
    assertThat(sender.heard).containsExactly("failed WebSocket peer reads too slowly.");
    assertThat(budget.used()).isZero();
    Ear ear = new Ear();
    second.listen(ear);
    assertThat(ear.heard)
        .containsExactly("closed 1006 WebSocket disconnected without sending Close frame. false");
  }

  @Test
  void oneMessageOfAnySizeFitsWhereNothingWaits() {
    first.send(bytes(8 << 20));
    Ear ear = new Ear();
    second.listen(ear);
    assertThat(ear.heard).containsExactly((8 << 20) + " bytes");
  }

  @Test
  void whatWaitsIsTakenFromTheBudget() {
    MemoryBudget small = new MemoryBudget(1_000);
    SocketPair poor = new SocketPair(small, CAPACITY);
    Ear ear = new Ear();
    poor.first().listen(ear);
    poor.first().send(bytes(700));
    assertThat(ear.heard).isEmpty();
    assertThat(poor.second().send(bytes(10))).as("half is used: wait").isDone();
    poor.first().send(bytes(700));
    assertThat(ear.heard).last().asString().startsWith("failed");
    assertThat(small.used()).isZero();
  }

  @Test
  void abortLosesWhatWaitsAndIsHeardByTheOtherEndAlone() {
    Ear one = new Ear();
    Ear other = new Ear();
    first.listen(one);
    first.send(text("lost"));
    second.send(text("heard"));
    first.abort();
    second.send(text("not heard"));
    second.listen(other);
    assertThat(one.heard).containsExactly("heard");
    assertThat(other.heard)
        .containsExactly("closed 1006 WebSocket disconnected without sending Close frame. false");
    assertThat(budget.used()).isZero();
  }

  @Test
  void aFailureIsHeardAfterWhatWasSent() {
    first.send(text("a"));
    first.fail("why");
    Ear ear = new Ear();
    second.listen(ear);
    assertThat(ear.heard).containsExactly("a", "failed why");
  }

  @Test
  void manySendersAtOnceLoseNothingAndKeepTheirOrder() throws Exception {
    List<String> heard = new ArrayList<>();
    second.listen(
        new WebSocket.Listener() {
          @Override
          public CompletionStage<?> message(WebSocket.Message message) {
            heard.add(((WebSocket.Message.Text) message).text());
            return CompletableFuture.runAsync(() -> {});
          }

          @Override
          public void closed(int code, String reason, boolean clean) {}

          @Override
          public void failed(String reason) {
            heard.add("failed");
          }
        });
    List<CompletableFuture<Void>> senders =
        IntStream.range(0, 4)
            .mapToObj(
                sender ->
                    CompletableFuture.runAsync(
                        () -> {
                          for (int i = 0; i < 500; i++) {
                            first.send(text(sender + " " + i)).join();
                          }
                        }))
            .toList();
    CompletableFuture.allOf(senders.toArray(CompletableFuture[]::new)).get(20, TimeUnit.SECONDS);
    while (budget.used() > 0) {
      Thread.onSpinWait();
    }
    for (int sender = 0; sender < 4; sender++) {
      String prefix = sender + " ";
      assertThat(heard.stream().filter(line -> line.startsWith(prefix)))
          .containsExactlyElementsOf(IntStream.range(0, 500).mapToObj(i -> prefix + i).toList());
    }
  }
}
