package dev.lapidary.engine.outbound;

import dev.lapidary.abi.Body;
import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Header;
import dev.lapidary.abi.Request;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What is asked of one address: the request as it was made, or as a redirect changed it.
///
/// @param target empty where the address is none
/// @param address as it was given
record Hop(
    Optional<Target> target, String address, String method, List<Header> headers, Body body) {
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  static Hop first(Request request) {
    return new Hop(
        Target.of(request.url()),
        request.url(),
        request.method(),
        OutgoingHeaders.of(request.headers()),
        request.body());
  }

  /// The handshake of a WebSocket, which has no body: the request's is given up.
  static Hop handshake(Request request) {
    request.body().discard("not sent");
    return new Hop(
        Target.of(request.url()),
        request.url(),
        "GET",
        OutgoingHeaders.ofHandshake(request.headers()),
        Body.NONE);
  }

  static boolean isRedirect(int status) {
    return REDIRECTS.contains(status);
  }

  /// What a redirect makes of this, by the rules of the Fetch standard.
  ///
  /// @throws FacetException where the body would have to be sent once more and cannot be
  Hop redirected(int status, String location) {
    boolean rewritten =
        (status == 303 && !method.equals("HEAD") && !method.equals("GET"))
            || ((status == 301 || status == 302) && method.equals("POST"));
    if (!rewritten && body instanceof Body.Streamed) {
      throw Internet.typeError(
          "A request whose body is a stream met a redirect that wants the body once more. Give it"
              + " a body in one piece.");
    }
    Optional<Target> next = target.flatMap(from -> from.resolve(location));
    boolean elsewhere =
        target.isPresent() && next.isPresent() && !target.get().sameOrigin(next.get());
    List<Header> kept = elsewhere ? OutgoingHeaders.withoutCredentials(headers) : headers;
    if (!rewritten) {
      return new Hop(next, location, method, kept, body);
    }
    body.discard("redirected");
    return new Hop(next, location, "GET", OutgoingHeaders.withoutBody(kept), Body.NONE);
  }
}
