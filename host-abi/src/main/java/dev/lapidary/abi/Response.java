package dev.lapidary.abi;

import dev.lapidary.abi.rpc.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a facet answered to a [Request].
///
/// @param status the HTTP status, 200 to 599; 101 where it hands over a WebSocket
/// @param headers the header lines in the order the facet set them
/// @param body the body, [Body#NONE] where there is none
/// @param webSocket with status 101, the end of a WebSocket that the client shall talk to
/// @param statusText the reason phrase; empty for the status's own
/// @param redirectedTo the URL it is of, where redirects were followed on the way; else null
public record Response(
    int status,
    List<Header> headers,
    Body body,
    @Nullable WebSocket webSocket,
    String statusText,
    @Nullable String redirectedTo) {
  private static final int SWITCHING_PROTOCOLS = 101;

  public Response {
    if ((status < 200 || status > 599) && status != SWITCHING_PROTOCOLS) {
      throw new IllegalArgumentException("status must be from 200 to 599, not " + status);
    }
    headers = List.copyOf(headers);
  }

  public Response(int status, List<Header> headers, Body body, @Nullable WebSocket webSocket) {
    this(status, headers, body, webSocket, "", null);
  }

  public Response(int status, List<Header> headers, Body body) {
    this(status, headers, body, null);
  }

  public Response(int status, List<Header> headers, byte[] body) {
    this(status, headers, Body.of(body), null);
  }

  /// Gives up what the response holds: nobody will read it.
  public void discard() {
    body.discard("never sent");
    if (webSocket != null) {
      webSocket.abort();
    }
  }

  /// The first value of a header, its name compared without case.
  public Optional<String> header(String name) {
    return headers.stream()
        .filter(header -> header.name().equalsIgnoreCase(name))
        .map(Header::value)
        .findFirst();
  }

  /// The body read as UTF-8.
  ///
  /// @throws IllegalStateException where it is a stream
  public String text() {
    return new String(body.bytes(), StandardCharsets.UTF_8);
  }
}
