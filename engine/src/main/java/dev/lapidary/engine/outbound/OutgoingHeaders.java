package dev.lapidary.engine.outbound;

import dev.lapidary.abi.Header;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Which of an app's headers go along with its request.
final class OutgoingHeaders {
  /// Headers of a connection, of which this is another one.
  private static final Set<String> CONNECTION =
      Set.of(
          "connection",
          "content-length",
          "expect",
          "host",
          "keep-alive",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  /// Headers of a WebSocket's handshake that are the connection's, too.
  private static final Set<String> HANDSHAKE =
      Set.of(
          "sec-websocket-accept",
          "sec-websocket-extensions",
          "sec-websocket-key",
          "sec-websocket-version");

  private static final Set<String> BODY =
      Set.of("content-encoding", "content-language", "content-location", "content-type");

  private OutgoingHeaders() {}

  static List<Header> of(List<Header> headers) {
    return without(headers, CONNECTION);
  }

  static List<Header> ofHandshake(List<Header> headers) {
    return without(of(headers), HANDSHAKE);
  }

  /// Where a redirect takes the body away.
  static List<Header> withoutBody(List<Header> headers) {
    return without(headers, BODY);
  }

  /// Where a redirect leads elsewhere.
  static List<Header> withoutCredentials(List<Header> headers) {
    return without(headers, Set.of("authorization", "cookie"));
  }

  private static List<Header> without(List<Header> headers, Set<String> names) {
    return headers.stream()
        .filter(header -> !names.contains(header.name().toLowerCase(Locale.ROOT)))
        .toList();
  }
}
