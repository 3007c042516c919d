package dev.lapidary.abi;

import java.util.List;

/// An HTTP request as a facet sees it: nothing is removed, added or decoded on the way.
///
/// @param method the method, upper case for the standard ones
/// @param url the absolute URL
/// @param headers the header lines in the order they arrived
/// @param body the body, [Body#NONE] where there is none
/// @param redirect what to do with a redirect; of concern only on the way out to the internet
/// @param client who waits for the response
public record Request(
    String method, String url, List<Header> headers, Body body, Redirect redirect, Client client) {
  public Request {
    headers = List.copyOf(headers);
  }

  public Request(String method, String url, List<Header> headers, Body body, Redirect redirect) {
    this(method, url, headers, body, redirect, Client.PATIENT);
  }

  public Request(String method, String url, List<Header> headers, Body body) {
    this(method, url, headers, body, Redirect.FOLLOW);
  }

  public Request(String method, String url, List<Header> headers, byte[] body) {
    this(method, url, headers, Body.of(body));
  }

  /// What becomes of a response that redirects.
  public enum Redirect {
    FOLLOW,
    MANUAL,
    ERROR
  }

  /// The same request with another body.
  public Request with(Body other) {
    return new Request(method, url, headers, other, redirect, client);
  }

  /// The same request of another client's.
  public Request with(Client other) {
    return new Request(method, url, headers, body, redirect, other);
  }

  /// A GET without headers.
  public static Request get(String url) {
    return new Request("GET", url, List.of(), Body.NONE);
  }
}
