package dev.lapidary.engine.facet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.lapidary.abi.Event;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.rpc.WebSocket;
import dev.lapidary.engine.guest.MemoryBudget;
import dev.lapidary.engine.guest.Sockets;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What the host holds a guest to that has taken over its platform. */
class FacetSocketsTest {
  private final List<Event.OfSocket> told = new CopyOnWriteArrayList<>();
  private final MemoryBudget memory = new MemoryBudget(4 << 20);
  private final FacetSockets sockets = facet();

  private FacetSockets facet() {
    return new FacetSockets(
        Limits.DEFAULT.sockets(),
        InstantSource.system(),
        memory,
        event -> {
          told.add(event);
          return CompletableFuture.completedFuture(null);
        });
  }

  @Test
  void tagsAreFewAndShort() {
    int end = sockets.open(new MemoryBudget(1 << 20));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sockets.hibernate(end, Collections.nCopies(11, "tag"), null));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sockets.hibernate(end, List.of("t".repeat(257)), null));
    assertThatCode(() -> sockets.hibernate(end, Collections.nCopies(10, "t".repeat(256)), null))
        .doesNotThrowAnyException();
  }

  @Test
  void anAutomaticResponseIsNotAnsweredAutomatically() {
    FacetSockets other = facet();
    Sockets.AutoResponse echo = new Sockets.AutoResponse("ping", "ping");
    sockets.respond(echo);
    other.respond(echo);
    int here = sockets.open(new MemoryBudget(1 << 20));
    int there = other.hold(sockets.release(here + 1));
    sockets.hibernate(here, List.of(), null);
    other.hibernate(there, List.of(), null);
    sockets.send(here, new WebSocket.Message.Text("ping"));
    // The other facet answers by itself; this one's handler gets the answer.
    assertThat(other.respondedMillis(there)).isPresent();
    assertThat(sockets.respondedMillis(here)).isEmpty();
    assertThat(told)
        .singleElement()
        .isInstanceOfSatisfying(
            Event.OfSocket.Received.class, event -> assertThat(event.socket()).isEqualTo(here));
  }

  @Test
  void autoResponsesAreShort() {
    String most = "x".repeat(2_048);
    assertThatCode(() -> sockets.respond(new Sockets.AutoResponse(most, most)))
        .doesNotThrowAnyException();
    assertThatIllegalArgumentException().isThrownBy(() -> new Sockets.AutoResponse(most + "x", ""));
    assertThatIllegalArgumentException().isThrownBy(() -> new Sockets.AutoResponse("", most + "x"));
  }

  @Test
  void endsAndWhatIsAttachedToThemTakeMemory() {
    byte[] attachment = new byte[16 * 1024];
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> {
              for (int i = 0; i < 1_000; i++) {
                int end = sockets.open(memory);
                sockets.hibernate(end, List.of("tag"), attachment);
              }
            })
        .withMessage("The WebSockets need more memory than there is.");
    assertThat(memory.used()).isGreaterThan(3 << 20);
    int end = sockets.open("tag").getFirst();
    sockets.attach(end, new byte[0]);
    sockets.attach(end, attachment);
    sockets.release(end);
    sockets.close(end + 1, WebSocket.ABNORMAL, "");
    sockets.lifeEnded();
    assertThat(memory.used()).isGreaterThan(1 << 20);
    sockets.abort();
    assertThat(memory.used()).isZero();
  }
}
