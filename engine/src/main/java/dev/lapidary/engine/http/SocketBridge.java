package dev.lapidary.engine.http;

import dev.lapidary.abi.Header;
import dev.lapidary.abi.Response;
import dev.lapidary.abi.SocketLimits;
import dev.lapidary.abi.rpc.WebSocket;
import dev.lapidary.engine.outbound.Connections;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.WebSocketBase;
import io.vertx.core.http.WebSocketFrame;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Joins the WebSocket of a connection with an end of the engine's: what one receives, the other
/// sends.
///
/// Whoever reads slowly slows the other side down, as far as that can wait: a client is not read
/// from meanwhile. A client that takes nothing for long is cut off. Lives on the connection's event
/// loop, but for what the engine sends.
final class SocketBridge implements WebSocket.Listener {
  private static final int WRITE_WINDOW_BYTES = 64 * 1024;
  private static final long STALLED_MILLIS = 30_000;
  private static final int TOO_LARGE = 1009;
  private static final String VERSION = "13";

  /// Headers of the handshake that are the connection's, not the app's.
  private static final Set<String> HANDSHAKE_HEADERS =
      Set.of(
          "connection",
          "content-length",
          "keep-alive",
          "sec-websocket-accept",
          "sec-websocket-extensions",
          "sec-websocket-key",
          "sec-websocket-version",
          "transfer-encoding",
          "upgrade");

  private final WebSocketBase client;
  private final HttpConnection connection;
  private final WebSocket end;
  private final SocketLimits limits;
  private final Context context;
  private @Nullable Buffer partial;
  private boolean partialIsText;
  private boolean bareClose;
  private boolean over;
  private final AtomicLong written = new AtomicLong();
  private boolean watched;

  private SocketBridge(
      WebSocketBase client,
      HttpConnection connection,
      WebSocket end,
      SocketLimits limits,
      Context context) {
    this.client = client;
    this.connection = connection;
    this.end = end;
    this.limits = limits;
    this.context = context;
  }

  /// What a server needs so that its WebSockets keep the limits.
  static HttpServerOptions configure(HttpServerOptions options, SocketLimits limits) {
    return options
        .setMaxWebSocketFrameSize(limits.messageBytes())
        .setMaxWebSocketMessageSize(limits.messageBytes())
        .setPerFrameWebSocketCompressionSupported(false)
        .setPerMessageWebSocketCompressionSupported(false)
        .setTcpKeepAlive(true);
  }

  /// Whether a request asks for an upgrade. Its end must not be read before it got one.
  static boolean isAsked(HttpServerRequest request) {
    return "websocket".equalsIgnoreCase(request.getHeader("upgrade"));
  }

  /// Answers a request to upgrade, and joins the client's WebSocket with the response's. A client
  /// that asked in a wrong way is told so. On the request's event loop.
  static void upgrade(
      Context loop, HttpServerRequest request, Response response, SocketLimits limits) {
    WebSocket end = Objects.requireNonNull(response.webSocket());
    if (!VERSION.equals(request.getHeader("sec-websocket-version"))) {
      end.abort();
      HttpServerResponse ignored = request.response().putHeader("sec-websocket-version", VERSION);
      refuse(request, 426, "The WebSocket protocol is spoken in version " + VERSION + " only.");
      return;
    }
    try {
      for (Header header : response.headers()) {
        if (!HANDSHAKE_HEADERS.contains(header.name().toLowerCase(Locale.ROOT))) {
          request.response().headers().add(header.name(), header.value());
        }
      }
    } catch (IllegalArgumentException e) {
      end.abort();
      request.response().headers().clear();
      refuse(request, 502, "The app's response has a header that HTTP does not allow.");
      return;
    }
    Future<?> ignored =
        request
            .toWebSocket()
            .onSuccess(client -> join(client, request.connection(), end, limits, loop))
            .onFailure(
                failure -> {
                  end.abort();
                  request.response().headers().clear();
                  refuse(request, 400, "This is no proper request for a WebSocket.");
                });
  }

  private static void refuse(HttpServerRequest request, int status, String why) {
    HttpServerResponse out = request.response();
    if (out.ended() || out.closed()) {
      return;
    }
    Future<Void> ignored =
        out.setStatusCode(status)
            .putHeader("connection", "close")
            .putHeader("content-type", "text/plain")
            .end(why + "\n")
            .eventually(() -> request.connection().close());
  }

  /// Joins both. Call it on the connection's event loop, before anything was received.
  static void join(
      WebSocketBase client,
      HttpConnection connection,
      WebSocket end,
      SocketLimits limits,
      Context context) {
    SocketBridge bridge = new SocketBridge(client, connection, end, limits, context);
    client.frameHandler(bridge::received);
    client.exceptionHandler(bridge::broken);
    client.closeHandler(nothing -> bridge.gone());
    end.listen(bridge);
  }

  // From the client

  private void received(WebSocketFrame frame) {
    switch (frame.type()) {
      case TEXT -> begin(frame, true);
      case BINARY -> begin(frame, false);
      case CONTINUATION -> append(frame);
      case CLOSE -> bareClose = frame.binaryData().length() == 0;
      default -> {}
    }
  }

  private void begin(WebSocketFrame frame, boolean text) {
    if (partial != null) {
      refuse(1002, "Expected continuation frame");
      return;
    }
    partialIsText = text;
    if (frame.isFinal()) {
      pass(frame.binaryData());
    } else {
      partial = Buffer.buffer().appendBuffer(frame.binaryData());
    }
  }

  private void append(WebSocketFrame frame) {
    Buffer message = partial;
    if (message == null) {
      refuse(1002, "Unexpected continuation frame");
      return;
    }
    long size = (long) message.length() + frame.binaryData().length();
    if (size > limits.messageBytes()) {
      refuse(TOO_LARGE, "Message is too large: " + size + " > " + limits.messageBytes());
      return;
    }
    message.appendBuffer(frame.binaryData());
    if (frame.isFinal()) {
      partial = null;
      pass(message);
    }
  }

  private void pass(Buffer message) {
    if (over) {
      return;
    }
    byte[] bytes = message.getBytes();
    CompletableFuture<Void> room =
        end.send(
            partialIsText
                ? new WebSocket.Message.Text(bytes)
                : new WebSocket.Message.Binary(bytes));
    if (!room.isDone()) {
      client.pause();
      CompletableFuture<?> ignored =
          room.whenComplete((nothing, failure) -> context.runOnContext(now -> client.resume()));
    }
  }

  private void refuse(int code, String why) {
    if (!over) {
      fail(code, why);
      close(code, why);
    }
  }

  private void fail(int code, String why) {
    over = true;
    partial = null;
    end.fail(
        "WebSocket protocol error; protocolError.statusCode = "
            + code
            + "; protocolError.description = "
            + why);
  }

  private void broken(Throwable failure) {
    if (over || !(failure instanceof CorruptedWebSocketFrameException corrupted)) {
      return; // a lost connection: the close handler tells
    }
    refuse(corrupted.closeStatus().code(), String.valueOf(corrupted.getMessage()));
  }

  private void gone() {
    if (over) {
      return;
    }
    over = true;
    Short code = client.closeStatusCode();
    String reason = client.closeReason();
    if (code == null || code == WebSocket.ABNORMAL) {
      end.abort();
    } else {
      end.close(bareClose ? WebSocket.NO_STATUS : code, reason == null ? "" : reason);
    }
  }

  // To the client

  @Override
  public int window() {
    return WRITE_WINDOW_BYTES;
  }

  @Override
  public CompletionStage<?> message(WebSocket.Message message) {
    Future<Void> sent;
    try {
      sent =
          switch (message) {
            case WebSocket.Message.Text text -> client.writeTextMessage(text.text());
            case WebSocket.Message.Binary binary ->
                client.writeBinaryMessage(Buffer.buffer(binary.bytes()));
          };
      if (client.writeQueueFull()) {
        context.runOnContext(nothing -> watch());
      }
    } catch (IllegalStateException e) {
      return CompletableFuture.completedFuture(null); // it has closed meanwhile
    }
    return sent.onComplete(result -> written.incrementAndGet()).toCompletionStage();
  }

  private void watch() {
    if (watched || over) {
      return;
    }
    watched = true;
    long before = written.get();
    context
        .owner()
        .setTimer(
            STALLED_MILLIS,
            timer -> {
              watched = false;
              if (over || client.isClosed() || !client.writeQueueFull()) {
                return;
              }
              if (written.get() == before) {
                cut();
              } else {
                watch();
              }
            });
  }

  @Override
  public void closed(int code, String reason, boolean clean) {
    if (clean) {
      close(code == WebSocket.NO_STATUS ? 1000 : code, reason);
    } else {
      cut();
    }
  }

  private void close(int code, String reason) {
    try {
      Future<Void> ignored = client.close((short) code, reason);
    } catch (IllegalStateException e) {
      cut(); // it has closed meanwhile
    }
  }

  /// Ends the connection without a close frame.
  private void cut() {
    Connections.cut(connection);
  }

  @Override
  public void failed(String reason) {
    cut();
  }
}
