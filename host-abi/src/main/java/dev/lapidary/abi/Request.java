package dev.lapidary.abi;

import java.util.List;

/// An HTTP request as a facet sees it: nothing is removed, added or decoded on the way.
///
/// @param method the method, upper case for the standard ones
/// @param url the absolute URL
/// @param headers the header lines in the order they arrived
/// @param body the whole body, empty where there is none; owned by this record, never written to
///     again
@SuppressWarnings("ArrayRecordComponent") // a body is moved, not compared
public record Request(String method, String url, List<Header> headers, byte[] body) {
  public Request {
    headers = List.copyOf(headers);
  }

  /// A GET without headers.
  public static Request get(String url) {
    return new Request("GET", url, List.of(), new byte[0]);
  }
}
