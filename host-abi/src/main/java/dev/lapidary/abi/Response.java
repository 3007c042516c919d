package dev.lapidary.abi;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// What a facet answered to a [Request].
///
/// @param status the HTTP status, 200 to 599
/// @param headers the header lines in the order the facet set them
/// @param body the whole body; empty where there is none
@SuppressWarnings("ArrayRecordComponent") // a body is moved, not compared
public record Response(int status, List<Header> headers, byte[] body) {
  public Response {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("status must be from 200 to 599, not " + status);
    }
    headers = List.copyOf(headers);
  }

  /// The first value of a header, its name compared without case.
  public Optional<String> header(String name) {
    return headers.stream()
        .filter(header -> header.name().equalsIgnoreCase(name))
        .map(Header::value)
        .findFirst();
  }

  /// The body read as UTF-8.
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }
}
