package dev.lapidary.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapidary.abi.Body;
import dev.lapidary.abi.Header;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.rpc.WebSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A supervisor that hands its facet's WebSocket on to the client is out of the way.
@SuppressWarnings("FutureReturnValueIgnored")
@NullUnmarked // what is not there fails the test
class PassedSocketTest {
  private static final Path HOME = Path.of("src/test/resources/differential/sockets");
  private static final String PROGRAM = "http://project/facets/the%20parent%20sleeps%20on";

  @TempDir Path folder;

  private static final class Client implements WebSocket.Listener {
    final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    String next() throws InterruptedException {
      return String.valueOf(heard.poll(60, TimeUnit.SECONDS));
    }

    @Override
    public CompletionStage<?> message(WebSocket.Message message) {
      heard.add(message instanceof WebSocket.Message.Text text ? text.text() : "bytes");
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void closed(int code, String reason, boolean clean) {
      heard.add("closed " + code + " " + reason);
    }

    @Override
    public void failed(String reason) {
      heard.add("failed " + reason);
    }
  }

  private static void sleep(TestProject project) throws InterruptedException {
    for (int i = 0; i < 20; i++) {
      project.evict();
      Thread.sleep(5);
    }
  }

  @Test
  void framesPassTheSupervisorByAlsoWhileItSleeps() throws IOException, InterruptedException {
    try (TestProject project = TestProject.open(HOME, folder.resolve("data"), Limits.DEFAULT)) {
      Request upgrade =
          new Request(
              "GET",
              PROGRAM + "/?name=one",
              List.of(new Header("Upgrade", "websocket")),
              Body.NONE);
      WebSocket end = Objects.requireNonNull(project.fetch(upgrade).join().webSocket());
      Client client = new Client();
      end.listen(client);
      for (int i = 0; i < 3; i++) {
        sleep(project);
        end.send(new WebSocket.Message.Text("m" + i));
        assertThat(client.next()).isEqualTo("m" + i + " to one of 1");
      }
      sleep(project);
      assertThat(project.fetch(Request.get(PROGRAM + "/lives")).join().text())
          .as("woken for two requests, and for no message")
          .isEqualTo("2");
      end.close(4001, "bye");
      assertThat(client.next()).isEqualTo("closed 4001 bye");
    }
  }
}
