package dev.lapidary.engine.facet;

import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.rpc.ByteStream;
import dev.lapidary.abi.rpc.Facets;
import dev.lapidary.abi.rpc.Recipient;
import dev.lapidary.abi.rpc.Stub;
import dev.lapidary.abi.rpc.Worker;
import dev.lapidary.abi.rpc.WorkerCode;
import dev.lapidary.engine.guest.Group;
import dev.lapidary.engine.guest.Outside;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// What one life of a facet reaches, and how others reach what it hands out.
final class GuestOutside implements Outside {
  private final Inbox inbox;
  private final Facets facets;
  private final WorkerContext context;
  private final Group group;
  private final FacetSockets sockets;
  private final Streams streams;
  private final @Nullable String idText;

  /// References that others hold to what this life handed out.
  private final AtomicInteger exports = new AtomicInteger();

  GuestOutside(
      Inbox inbox, Facets facets, FacetStart start, Streams streams, FacetSockets sockets) {
    this.inbox = inbox;
    this.streams = streams;
    this.facets = facets;
    this.context = start.worker();
    this.group = start.group();
    this.idText = start.idText();
    this.sockets = sockets;
  }

  @Override
  public Facets facets() {
    return facets;
  }

  @Override
  public FacetSockets sockets() {
    return sockets;
  }

  @Override
  public Worker worker() {
    Worker self = context.self();
    if (self == null) {
      throw new IllegalArgumentException("This code has no exports that can be called.");
    }
    return self;
  }

  @Override
  public @Nullable Stub outbound() {
    return context.outbound();
  }

  /// What the code belongs to.
  WorkerContext context() {
    return context;
  }

  @Override
  public ByteStream exportStream(int number) {
    return streams.export(number);
  }

  boolean isHeld() {
    return exports.get() > 0;
  }

  @Override
  public Stub export(int number) {
    exports.incrementAndGet();
    return new ExportedStub(inbox, Recipient.export(number), () -> released(number));
  }

  private void released(int number) {
    exports.decrementAndGet();
    inbox.post(instance -> instance.released(number), () -> {});
  }

  @Override
  public CompletableFuture<Facets.Startup> facetClass(int callback, String name) {
    CompletableFuture<Facets.Startup> answer = new CompletableFuture<>();
    inbox.post(instance -> instance.startFacet(callback, name, answer), () -> gone(answer));
    return answer.thenApply(this::withId);
  }

  /// A facet that is given no id of its own sees this one's.
  private Facets.Startup withId(Facets.Startup startup) {
    return startup.id() == null ? new Facets.Startup(startup.actorClass(), idText) : startup;
  }

  @Override
  public OwnedCode code(int callback) {
    return new OwnedCode(group, () -> ask(callback));
  }

  private CompletableFuture<WorkerCode> ask(int callback) {
    CompletableFuture<WorkerCode> answer = new CompletableFuture<>();
    inbox.post(instance -> instance.loadCode(callback, answer), () -> gone(answer));
    return answer;
  }

  static void gone(CompletableFuture<?> answer) {
    answer.completeExceptionally(
        new FacetException(
            Outcome.ABORTED,
            "The execution context which hosts this callback is no longer running."));
  }
}
