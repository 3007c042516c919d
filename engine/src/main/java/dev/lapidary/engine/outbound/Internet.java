package dev.lapidary.engine.outbound;

import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.abi.rpc.Stub;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// What `fetch()` goes to where a policy lets it out.
///
/// Guarantees: each connection, of a redirect too, goes to a host and port that the policy allows
/// and to an address that was looked at after the name was looked up; certificates are verified;
/// bodies are never held whole. Thread-safe.
public final class Internet implements Stub, AutoCloseable {
  private static final int MAX_URL = 65_536;
  private final Vertx vertx;
  private final OutboundPolicy policy;
  private final Resolver resolver;
  private final HttpClient client;
  private final HttpClient upgrades;
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicInteger sockets = new AtomicInteger();
  private final Allowance waiting;
  private volatile boolean closed;

  public Internet(Vertx vertx, OutboundPolicy policy) {
    this(vertx, policy, Resolver.SYSTEM, new HttpClientOptions());
  }

  Internet(Vertx vertx, OutboundPolicy policy, Resolver resolver, HttpClientOptions options) {
    this.vertx = vertx;
    this.policy = policy;
    this.resolver = resolver;
    this.client =
        vertx.createHttpClient(
            options
                .setConnectTimeout(policy.limits().connectMillis())
                .setIdleTimeout(policy.limits().idleMillis())
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setMaxRedirects(0),
            new PoolOptions()
                .setHttp1MaxSize(policy.limits().underWay())
                .setMaxWaitQueueSize(policy.limits().underWay()));
    // A WebSocket may be silent for as long as it likes.
    this.upgrades =
        vertx.createHttpClient(
            new HttpClientOptions(options).setIdleTimeout(0).setTcpKeepAlive(true),
            new PoolOptions().setHttp1MaxSize(policy.limits().sockets().open()));
    this.waiting = new Allowance(policy.limits().sockets().waitingBytes());
  }

  @Override
  public CompletableFuture<Response> fetch(Request request) {
    if (request.url().length() > MAX_URL) {
      request.body().discard("not sent");
      return CompletableFuture.failedFuture(
          typeError("Invalid URL: it has more than " + MAX_URL + " characters."));
    }
    boolean upgrade = Upgrade.isAskedBy(request);
    AtomicInteger count = upgrade ? sockets : underWay;
    int most = upgrade ? policy.limits().sockets().open() : policy.limits().underWay();
    if (count.incrementAndGet() > most) {
      count.decrementAndGet();
      request.body().discard("not sent");
      return CompletableFuture.failedFuture(
          failure(
              upgrade
                  ? "Too many WebSockets to the internet are open: at most " + most + " may be."
                  : "Too many requests to the internet are under way: at most "
                      + most
                      + " may be."));
    }
    return new Exchange(this, request, upgrade, count::decrementAndGet).start();
  }

  Vertx vertx() {
    return vertx;
  }

  OutboundPolicy policy() {
    return policy;
  }

  Resolver resolver() {
    return resolver;
  }

  HttpClient client(boolean upgrade) {
    return upgrade ? upgrades : client;
  }

  /// What waits in WebSockets.
  Allowance waiting() {
    return waiting;
  }

  boolean isClosed() {
    return closed;
  }

  static FacetException failure(String message) {
    return new FacetException(Outcome.EXCEPTION, message);
  }

  static FacetException typeError(String message) {
    return new FacetException(Outcome.EXCEPTION, new GuestError("TypeError", message, ""));
  }

  @Override
  public void close() {
    closed = true;
    Future<?> ignored = Future.join(client.close(), upgrades.close());
  }
}
