package dev.lapidary.engine;

import dev.lapidary.abi.rpc.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Writes down, in words, what a WebSocket's end hears. */
public final class Ear implements WebSocket.Listener {
  private static final int LONG = 1_000;

  public final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

  /** Messages that it is not done with, where it is slow. */
  public final List<CompletableFuture<Void>> unfinished = new ArrayList<>();

  /** Whether whoever tests says when it is done with a message. */
  public volatile boolean slow;

  public static Ear thatIsSlow() {
    Ear ear = new Ear();
    ear.slow = true;
    return ear;
  }

  @Override
  public CompletionStage<?> message(WebSocket.Message message) {
    heard.add(
        message instanceof WebSocket.Message.Text text && message.size() < LONG
            ? text.text()
            : message.size() + " bytes");
    CompletableFuture<Void> done = new CompletableFuture<>();
    if (slow) {
      unfinished.add(done);
    } else {
      done.complete(null);
    }
    return done;
  }

  @Override
  public void closed(int code, String reason, boolean clean) {
    heard.add("closed " + code + " " + reason + " " + clean);
  }

  @Override
  public void failed(String reason) {
    heard.add("failed " + reason);
  }

  /** The next of them, waited for; "null" where none comes. */
  public String next() throws InterruptedException {
    return String.valueOf(heard.poll(20, TimeUnit.SECONDS));
  }
}
