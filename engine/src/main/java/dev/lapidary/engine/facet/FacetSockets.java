package dev.lapidary.engine.facet;

import dev.lapidary.abi.Event;
import dev.lapidary.abi.SocketLimits;
import dev.lapidary.abi.rpc.WebSocket;
import dev.lapidary.engine.guest.MemoryBudget;
import dev.lapidary.engine.guest.Sockets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// The WebSocket ends of one facet. Those accepted for hibernation outlive its lives; a life that
/// fails takes all of them along.
///
/// Not thread-safe: lives in its facet's mailbox, but for what arrives and [#isEmpty].
final class FacetSockets implements Sockets {
  private static final int GOING_AWAY = 1001;

  /// What the platform allows, and the envelope it writes around it.
  private static final int MAX_ATTACHMENT_BYTES = 32 * 1024;

  private static final int MAX_TAGS = 10;
  private static final int MAX_TAG_LENGTH = 256;

  private final SocketLimits limits;
  private final InstantSource clock;
  private final SocketEnd.Receiver receiver;
  private final Map<Integer, SocketEnd> ends = new LinkedHashMap<>();
  private int next = 1;
  private int hibernatable;
  private int eventTimeoutMillis;
  private volatile @Nullable AutoResponse autoResponse;
  private volatile boolean empty = true;

  /// What the ends take from: the current life's.
  private MemoryBudget memory;

  /// @param memory what ends take from before a life tells of its own
  /// @param receiver gets what the ends receive, on any thread
  FacetSockets(
      SocketLimits limits, InstantSource clock, MemoryBudget memory, SocketEnd.Receiver receiver) {
    this.memory = memory;
    this.limits = limits;
    this.clock = clock;
    this.receiver = receiver;
  }

  /// A life begins.
  ///
  /// @param budget what the ends that it makes take from, until they are gone
  void lifeBegins(MemoryBudget budget) {
    memory = budget;
  }

  /// Whether there are no ends at all; for any thread.
  boolean isEmpty() {
    return empty;
  }

  /// Whether the life may end: nobody talks to it by an end that does not hibernate.
  boolean allHibernate() {
    return ends.values().stream().noneMatch(SocketEnd::keepsAwake);
  }

  @Override
  public int open(MemoryBudget budget) {
    requireRoom(2);
    SocketPair pair = new SocketPair(budget, limits.bufferBytes());
    int first = put(pair.first());
    put(pair.second());
    return first;
  }

  @Override
  public int hold(WebSocket end) {
    requireRoom(1);
    return put(end);
  }

  private void requireRoom(int more) {
    if (ends.size() - hibernatable + more > limits.perFacet()) {
      throw new IllegalArgumentException(
          "only "
              + limits.perFacet()
              + " non-hibernatable websockets can be open on a single Durable Object instance");
    }
    if (!memory.reserve((long) more * SocketEnd.BYTES)) {
      throw tooMuch();
    }
  }

  private static IllegalArgumentException tooMuch() {
    return new IllegalArgumentException("The WebSockets need more memory than there is.");
  }

  /// Takes over an end for which there is room.
  private int put(WebSocket end) {
    int number = next++;
    ends.put(number, new SocketEnd(number, end, this, memory, receiver));
    empty = false;
    return number;
  }

  private @Nullable SocketEnd remove(int number) {
    SocketEnd end = ends.remove(number);
    if (end != null) {
      end.letGo();
      hibernatable -= end.isHibernatable() ? 1 : 0;
    }
    empty = ends.isEmpty();
    return end;
  }

  @Override
  public WebSocket release(int number) {
    SocketEnd end = remove(number);
    if (end == null) {
      throw new IllegalArgumentException("there is no such WebSocket");
    }
    return end.webSocket();
  }

  @Override
  public void accept(int number) {
    SocketEnd end = ends.get(number);
    if (end != null) {
      end.listen();
    }
  }

  @Override
  public void hibernate(int number, List<String> tags, byte @Nullable [] attachment) {
    if (hibernatable >= limits.perFacet()) {
      throw new IllegalArgumentException(
          "only "
              + limits.perFacet()
              + " websockets can be accepted on a single Durable Object instance");
    }
    requireShort(attachment);
    requireFew(tags);
    SocketEnd end = ends.get(number);
    if (end != null) {
      if (!end.weigh(tags, attachment)) {
        throw tooMuch();
      }
      ends.remove(number);
      ends.put(number, end); // so that the order is that of acceptance
      hibernatable++;
      end.hibernate(tags, attachment);
    }
  }

  private static void requireFew(List<String> tags) {
    if (tags.size() > MAX_TAGS || tags.stream().anyMatch(tag -> tag.length() > MAX_TAG_LENGTH)) {
      throw new IllegalArgumentException(
          "a WebSocket has at most %d tags of %d characters".formatted(MAX_TAGS, MAX_TAG_LENGTH));
    }
  }

  private static void requireShort(byte @Nullable [] attachment) {
    if (attachment != null && attachment.length > MAX_ATTACHMENT_BYTES) {
      throw new IllegalArgumentException(
          "an attachment has at most " + MAX_ATTACHMENT_BYTES + " bytes");
    }
  }

  @Override
  public List<Integer> open(@Nullable String tag) {
    List<Integer> open = new ArrayList<>();
    for (SocketEnd end : ends.values()) {
      if (end.isListed() && (tag == null || end.tags().contains(tag))) {
        open.add(end.number());
      }
    }
    return tag == null ? open.reversed() : open;
  }

  @Override
  public List<String> tags(int number) {
    SocketEnd end = ends.get(number);
    return end == null ? List.of() : end.tags();
  }

  @Override
  public boolean peerClosed(int number) {
    SocketEnd end = ends.get(number);
    return end == null || end.peerClosed();
  }

  @Override
  public boolean closed(int number) {
    SocketEnd end = ends.get(number);
    return end == null || end.closed();
  }

  @Override
  public byte @Nullable [] attachment(int number) {
    SocketEnd end = ends.get(number);
    return end == null ? null : end.attachment();
  }

  @Override
  public void attach(int number, byte[] attachment) {
    requireShort(attachment);
    SocketEnd end = ends.get(number);
    if (end != null) {
      if (!end.weigh(end.tags(), attachment)) {
        throw tooMuch();
      }
      end.attach(attachment);
    }
  }

  @Override
  public void respond(@Nullable AutoResponse response) {
    autoResponse = response;
  }

  @Override
  public @Nullable AutoResponse autoResponse() {
    return autoResponse;
  }

  @Override
  public OptionalLong respondedMillis(int number) {
    SocketEnd end = ends.get(number);
    return end == null ? OptionalLong.empty() : end.respondedMillis();
  }

  @Override
  public int eventTimeoutMillis() {
    return eventTimeoutMillis;
  }

  @Override
  public void setEventTimeoutMillis(int millis) {
    eventTimeoutMillis = millis;
  }

  long now() {
    return clock.millis();
  }

  // Effects

  void send(int number, WebSocket.Message message) {
    SocketEnd end = ends.get(number);
    if (end != null) {
      CompletionStage<?> ignored = end.webSocket().send(message);
    }
  }

  void close(int number, int code, String reason) {
    SocketEnd end = ends.get(number);
    if (end != null && end.close(code, reason)) {
      remove(number);
    }
  }

  /// Cuts one connection: what it received cannot be told.
  void abort(Event.OfSocket event) {
    SocketEnd end = remove(event.socket());
    if (end != null) {
      end.webSocket().abort();
    }
  }

  /// Whether an event may still be told: its end is there.
  boolean begins(Event.OfSocket event) {
    SocketEnd end = ends.get(event.socket());
    if (end != null && !(event instanceof Event.OfSocket.Received)) {
      end.peerHasClosed();
    }
    return end != null;
  }

  /// An event was told.
  void told(Event.OfSocket event) {
    switch (event) {
      case Event.OfSocket.Closed closed -> delist(closed.socket(), closed.clean());
      case Event.OfSocket.Failed failed -> delist(failed.socket(), false);
      case Event.OfSocket.Received received -> {}
    }
  }

  private void delist(int number, boolean canAnswer) {
    SocketEnd end = ends.get(number);
    if (end != null) {
      end.delist();
      if (!canAnswer) {
        end.webSocket().abort();
      }
      if (!canAnswer || end.closed()) {
        remove(number);
      }
    }
  }

  /// A life ended in good order: only those that hibernate stay.
  void lifeEnded() {
    for (Iterator<SocketEnd> all = ends.values().iterator(); all.hasNext(); ) {
      SocketEnd end = all.next();
      if (!end.isHibernatable()) {
        all.remove();
        end.letGo();
        end.webSocket().abort();
      }
    }
    empty = ends.isEmpty();
  }

  /// Cuts all connections.
  void abort() {
    List<SocketEnd> all = List.copyOf(ends.values());
    ends.clear();
    hibernatable = 0;
    eventTimeoutMillis = 0;
    autoResponse = null;
    empty = true;
    all.forEach(SocketEnd::letGo);
    all.forEach(end -> end.webSocket().abort());
  }

  /// Says good-bye on all connections: the engine ends.
  void leave() {
    ends.values().forEach(SocketEnd::letGo);
    ends.values().forEach(end -> end.webSocket().close(GOING_AWAY, ""));
    ends.clear();
    hibernatable = 0;
    empty = true;
  }
}
