package dev.lapidary.engine.outbound;

import dev.lapidary.abi.Request;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a client says and looks at to make a connection a WebSocket (RFC 6455, section 4). No
/// extensions are offered.
final class Upgrade {
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String key;

  Upgrade() {
    byte[] nonce = new byte[16];
    RANDOM.nextBytes(nonce);
    key = Base64.getEncoder().encodeToString(nonce);
  }

  static boolean isAskedBy(Request request) {
    return request.headers().stream()
        .anyMatch(
            header ->
                header.name().equalsIgnoreCase("upgrade")
                    && header.value().equalsIgnoreCase("websocket"));
  }

  void write(MultiMap headers) {
    headers
        .set("Connection", "Upgrade")
        .set("Upgrade", "websocket")
        .set("Sec-WebSocket-Key", key)
        .set("Sec-WebSocket-Version", "13");
  }

  /// What is wrong with an answer of status 101; empty for nothing.
  Optional<String> complaint(HttpClientResponse response) {
    String upgrade = response.getHeader("upgrade");
    if (!"websocket".equalsIgnoreCase(upgrade)) {
      return Optional.of("incorrect Upgrade header: expected 'websocket', got " + shown(upgrade));
    }
    String expected = accept(key);
    String accept = response.getHeader("sec-websocket-accept");
    if (!expected.equals(accept)) {
      return Optional.of(
          "incorrect Sec-WebSocket-Accept header: expected '"
              + expected
              + "', got "
              + shown(accept));
    }
    String extensions = response.getHeader("sec-websocket-extensions");
    return extensions == null
        ? Optional.empty()
        : Optional.of("an extension that nobody offered: " + shown(extensions));
  }

  private static String shown(@Nullable String value) {
    return value == null ? "nothing." : "'" + value + "'.";
  }

  private static String accept(String key) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-1")
              .digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}
