package dev.lapidary.engine.facet;

import dev.lapidary.abi.rpc.Payload;
import dev.lapidary.abi.rpc.Recipient;
import dev.lapidary.abi.rpc.RpcCall;
import dev.lapidary.abi.rpc.Stub;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/// A way to a function or object that a guest handed out. Ends with the guest's life, or when the
/// last reference is given up. Thread-safe.
final class ExportedStub implements Stub {
  private final Inbox inbox;
  private final Recipient recipient;
  private final Runnable last;
  private final AtomicInteger references = new AtomicInteger(1);

  /// @param last run when the last reference is given up
  ExportedStub(Inbox inbox, Recipient recipient, Runnable last) {
    this.inbox = inbox;
    this.recipient = recipient;
    this.last = last;
  }

  @Override
  public CompletableFuture<Payload> call(RpcCall call) {
    CompletableFuture<Payload> answer = new CompletableFuture<>();
    inbox.post(
        instance -> instance.call(recipient, call, answer),
        () -> {
          call.release();
          GuestOutside.gone(answer);
        });
    return answer;
  }

  @Override
  public ExportedStub retain() {
    references.incrementAndGet();
    return this;
  }

  @Override
  public void release() {
    if (references.decrementAndGet() == 0) {
      last.run();
    }
  }
}
