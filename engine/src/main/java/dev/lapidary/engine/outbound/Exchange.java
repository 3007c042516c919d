package dev.lapidary.engine.outbound;

import dev.lapidary.abi.Body;
import dev.lapidary.abi.Client;
import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Header;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.abi.rpc.ByteStream;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// One request to the internet, with the redirects it follows. Its state lives on one context.
final class Exchange {
  private static final int MAX_REDIRECTS = 20;
  private static final String LOST = "Network connection lost.";
  private final Vertx vertx;
  private final Context context;
  private final Internet internet;
  private final OutboundPolicy policy;
  private final Request.Redirect mode;
  private final @Nullable Upgrade upgrade;
  private final Runnable ended;
  private final CompletableFuture<Response> answer = new CompletableFuture<>();
  private Hop hop;
  private int redirects;
  private boolean over;
  private long deadline = -1;
  private final Client asker;
  private Runnable deaf = () -> {};
  private @Nullable HttpClientRequest sent;

  /// @param upgrade whether a WebSocket is asked for, whose handshake this then is
  /// @param ended run once, when nothing of it is under way any more
  Exchange(Internet internet, Request request, boolean upgrade, Runnable ended) {
    this.internet = internet;
    this.vertx = internet.vertx();
    this.context = vertx.getOrCreateContext();
    this.policy = internet.policy();
    this.mode = request.redirect();
    this.upgrade = upgrade ? new Upgrade() : null;
    this.ended = ended;
    this.hop = upgrade ? Hop.handshake(request) : Hop.first(request);
    this.asker = request.client();
  }

  /// Sends the request.
  ///
  /// @return the answer; fails with [FacetException]
  CompletableFuture<Response> start() {
    long most =
        upgrade == null
            ? policy.limits().totalMillis()
            : policy.limits().sockets().handshakeMillis();
    deadline = vertx.setTimer(most, late -> context.runOnContext(now -> giveUp(LOST)));
    deaf = asker.whenGone(() -> context.runOnContext(now -> left()));
    context.runOnContext(now -> send());
    return answer;
  }

  private void send() {
    if (hop.target().isEmpty()) {
      fail(Internet.typeError("Invalid URL: " + hop.address()));
      return;
    }
    Target to = hop.target().get();
    if (!policy.allowsHost(to.host()) || !policy.allowsPort(to.port())) {
      fail(refused(to, "."));
      return;
    }
    Future<?> ignored =
        vertx
            .executeBlocking(() -> internet.resolver().resolve(to.host()), false)
            .onComplete(
                found ->
                    context.runOnContext(
                        now -> {
                          if (found.succeeded()) {
                            connect(to, found.result());
                          } else {
                            fail(Internet.failure(LOST));
                          }
                        }));
  }

  private static FacetException refused(Target to, String why) {
    return Internet.failure(
        "This worker is not permitted to access " + to.host() + ":" + to.port() + why);
  }

  private void connect(Target to, List<InetAddress> addresses) {
    if (over) {
      return;
    }
    if (internet.isClosed()) {
      fail(Internet.failure(LOST));
      return;
    }
    InetAddress address = addresses.stream().filter(policy::allowsAddress).findFirst().orElse(null);
    if (address == null) {
      fail(
          addresses.isEmpty()
              ? Internet.failure(LOST)
              : refused(to, ": its address is not public."));
      return;
    }
    HttpMethod verb;
    try {
      verb = HttpMethod.valueOf(hop.method());
    } catch (IllegalArgumentException e) {
      fail(Internet.typeError("Invalid HTTP method string: " + hop.method()));
      return;
    }
    RequestOptions options =
        new RequestOptions()
            .setMethod(verb)
            .setServer(SocketAddress.inetSocketAddress(to.port(), address.getHostAddress()))
            .setHost(to.host())
            .setPort(to.port())
            .setSsl(to.secure())
            .setURI(to.path())
            .setFollowRedirects(false)
            .setIdleTimeout(upgrade == null ? policy.limits().idleMillis() : 0);
    Future<HttpClientRequest> asked;
    try {
      asked = internet.client(upgrade != null).request(options);
    } catch (IllegalStateException e) {
      fail(Internet.failure(LOST)); // closed meanwhile
      return;
    }
    Future<HttpClientRequest> ignored =
        asked.onComplete(
            made ->
                context.runOnContext(
                    now -> {
                      if (made.succeeded()) {
                        write(made.result());
                      } else {
                        fail(Internet.failure(LOST));
                      }
                    }));
  }

  private void awaitResponse(HttpClientRequest request) {
    Future<HttpClientResponse> ignored =
        request.response().onComplete(came -> respond(request, came));
  }

  private void write(HttpClientRequest request) {
    if (over) {
      reset(request);
      return;
    }
    sent = request;
    request.exceptionHandler(lost -> {}); // the response tells
    try {
      hop.headers().forEach(header -> request.headers().add(header.name(), header.value()));
    } catch (IllegalArgumentException e) {
      fail(Internet.typeError("Invalid header value."));
      return;
    }
    if (upgrade == null && !request.headers().contains("accept-encoding")) {
      request.putHeader("accept-encoding", "gzip, deflate");
    }
    if (upgrade != null) {
      upgrade.write(request.headers());
      Future<?> ignored = request.connect().onComplete(came -> respond(request, came));
      return;
    }
    awaitResponse(request);
    switch (hop.body()) {
      case Body.Whole whole -> {
        if (whole.bytes().length > policy.limits().requestBytes()) {
          fail(tooLarge());
        } else if (whole.bytes().length == 0) {
          Future<Void> ignored = request.end();
        } else {
          Future<Void> ignored = request.end(Buffer.buffer(whole.bytes()));
        }
      }
      case Body.Streamed streamed -> {
        if (streamed.length().isPresent()) {
          request.putHeader("content-length", Long.toString(streamed.length().getAsLong()));
        } else {
          request.setChunked(true);
        }
        CompletableFuture<?> ignored =
            new StreamWriter(context, streamed.stream(), request, policy.limits().requestBytes())
                .write()
                .whenComplete(
                    (done, failure) -> {
                      if (failure != null) {
                        context.runOnContext(now -> fail(Internet.failure(LOST)));
                      }
                    });
      }
    }
  }

  private FacetException tooLarge() {
    return Internet.failure(
        "The request body has more than " + policy.limits().requestBytes() + " bytes.");
  }

  private void respond(HttpClientRequest request, AsyncResult<HttpClientResponse> came) {
    if (over) {
      return;
    }
    if (came.failed()) {
      fail(Internet.failure(LOST));
      return;
    }
    HttpClientResponse response = came.result();
    String location = response.getHeader("location");
    if (mode != Request.Redirect.MANUAL
        && Hop.isRedirect(response.statusCode())
        && location != null) {
      response.exceptionHandler(reset -> {});
      reset(request);
      redirect(response.statusCode(), location);
      return;
    }
    deliver(request, response);
  }

  private void redirect(int status, String location) {
    if (mode == Request.Redirect.ERROR) {
      fail(Internet.typeError("The request was redirected, and its redirect mode is \"error\"."));
      return;
    }
    if (++redirects > MAX_REDIRECTS) {
      fail(Internet.typeError("Too many redirects."));
      return;
    }
    try {
      hop = hop.redirected(status, location);
    } catch (FacetException e) {
      fail(e);
      return;
    }
    send();
  }

  private void deliver(HttpClientRequest request, HttpClientResponse response) {
    List<Header> received = new ArrayList<>();
    response
        .headers()
        .forEach(
            (name, value) -> {
              if (!name.equalsIgnoreCase("connection")
                  && !name.equalsIgnoreCase("transfer-encoding")
                  && !name.equalsIgnoreCase("keep-alive")) {
                received.add(new Header(name, value));
              }
            });
    int status = response.statusCode();
    if (upgrade != null && status == 101) {
      join(upgrade, request, response, received);
      return;
    }
    if (status < 200 || status > 599) {
      reset(request);
      fail(Internet.failure(LOST));
      return;
    }
    boolean empty = hop.method().equals("HEAD") || status == 204 || status == 205 || status == 304;
    Body came = Body.NONE;
    if (empty) {
      response.handler(ignored -> {}).endHandler(end -> finish());
    } else {
      ReadStreamBytes stream =
          new ReadStreamBytes(
              vertx,
              context,
              response,
              new ReadStreamBytes.Bounds(
                  policy.limits().responseBytes(), policy.limits().idleMillis()),
              () -> {
                reset(request);
                finish();
              });
      if (upgrade != null) {
        stream.readAhead(); // whoever refuses a WebSocket may close at once, with what nobody took
      }
      came = Body.of(new Ending(unpacked(response, received, stream), this::finishSoon));
    }
    String phrase = response.statusMessage();
    answer.complete(
        new Response(
            status,
            received,
            came,
            null,
            phrase == null ? "" : phrase,
            redirects == 0 ? null : hop.target().map(Target::url).orElse(null)));
  }

  private ByteStream unpacked(
      HttpClientResponse response, List<Header> received, ByteStream stream) {
    String encoding = response.getHeader("content-encoding");
    if (encoding == null || !Unpacked.knows(encoding)) {
      return stream;
    }
    received.removeIf(Exchange::isOfThePacked);
    return new Unpacked(stream, encoding, policy.limits().responseBytes());
  }

  private static boolean isOfThePacked(Header header) {
    return header.name().equalsIgnoreCase("content-encoding")
        || header.name().equalsIgnoreCase("content-length");
  }

  /// Nobody waits for the answer any more; one that has begun is given up by whoever reads it.
  private void left() {
    if (!answer.isDone()) {
      giveUp(LOST);
    }
  }

  /// The connection is a WebSocket from here on, if the server did as it should.
  private void join(
      Upgrade asked, HttpClientRequest request, HttpClientResponse response, List<Header> head) {
    Optional<String> complaint = asked.complaint(response);
    if (complaint.isPresent()) {
      String text = "Server failed WebSocket handshake: " + complaint.get();
      response.exceptionHandler(reset -> {});
      answer.complete(new Response(502, List.of(), Body.of(text)));
      finish();
      return;
    }
    over = true;
    vertx.cancelTimer(deadline);
    deaf.run();
    RemoteSocket socket =
        new RemoteSocket(
            context,
            response.netSocket(),
            policy.limits().sockets(),
            internet.waiting(),
            () -> Connections.cut(request.connection()),
            ended);
    answer.complete(new Response(101, head, Body.NONE, socket));
  }

  private void finishSoon() {
    context.runOnContext(now -> finish());
  }

  private void finish() {
    if (!over) {
      over = true;
      vertx.cancelTimer(deadline);
      deaf.run();
      if (upgrade != null && sent != null) {
        reset(sent); // it was left open for what it did not become
      }
      ended.run();
    }
  }

  private void giveUp(String message) {
    fail(Internet.failure(message));
  }

  private void fail(FacetException failure) {
    if (over) {
      return;
    }
    HttpClientRequest request = sent;
    finish();
    hop.body().discard("not sent");
    if (request != null) {
      reset(request);
    }
    answer.completeExceptionally(failure);
  }

  private static void reset(HttpClientRequest request) {
    Future<Void> ignored = request.reset();
  }
}
