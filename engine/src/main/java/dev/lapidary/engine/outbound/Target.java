package dev.lapidary.engine.outbound;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What an http(s) URL names, as far as a request needs it. Laxer than [URI]: takes whatever a
/// browser would have made of a URL, with the characters escaped that HTTP does not allow.
///
/// @param secure whether by TLS
/// @param host in lower case, without brackets
/// @param path with the query
record Target(boolean secure, String host, int port, String path) {
  private static final Pattern URL =
      Pattern.compile(
          "(https?)://(?:[^/?#@]*@)?(\\[[0-9a-f:.]+]|[^/?#:@\\s\\[\\]]+)(?::([0-9]{1,5}))?([/?][^#]*)?(?:#.*)?",
          Pattern.CASE_INSENSITIVE);
  private static final HexFormat HEX = HexFormat.of().withUpperCase();
  private static final String KEPT = "!$%&'()*+,-./:;=?@_~[]";

  /// Reads the URL of a request that goes out.
  ///
  /// @return empty where it is no such URL
  static Optional<Target> of(String url) {
    Matcher parts = URL.matcher(url);
    if (!parts.matches()) {
      return Optional.empty();
    }
    boolean secure = parts.group(1).length() == 5;
    int port = parts.group(3) == null ? (secure ? 443 : 80) : Integer.parseInt(parts.group(3));
    if (port == 0 || port > 65_535) {
      return Optional.empty();
    }
    String host = parts.group(2).toLowerCase(Locale.ROOT);
    String path = parts.group(4) == null ? "/" : escaped(parts.group(4));
    return Optional.of(
        new Target(
            secure,
            host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
            port,
            path.startsWith("?") ? "/" + path : path));
  }

  /// Where a `Location` leads from here.
  Optional<Target> resolve(String location) {
    if (location.matches("(?i)[a-z][a-z0-9+.-]*:.*")) {
      return of(location);
    }
    if (location.startsWith("//")) {
      return of((secure ? "https:" : "http:") + location);
    }
    try {
      int fragment = location.indexOf('#');
      String relative = escaped(fragment < 0 ? location : location.substring(0, fragment));
      URI next = new URI("http://here" + path).resolve(new URI(relative));
      String query = next.getRawQuery();
      String to = next.getRawPath() + (query == null ? "" : "?" + query);
      return Optional.of(new Target(secure, host, port, to));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  /// The URL that it is.
  String url() {
    boolean usual = port == (secure ? 443 : 80);
    String name = host.indexOf(':') < 0 ? host : "[" + host + "]";
    return (secure ? "https://" : "http://") + name + (usual ? "" : ":" + port) + path;
  }

  boolean sameOrigin(Target other) {
    return secure == other.secure && host.equals(other.host) && port == other.port;
  }

  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean kept =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || KEPT.indexOf(c) >= 0;
      if (kept) {
        escaped.append(c);
      } else {
        HEX.toHexDigits(escaped.append('%'), b);
      }
    }
    return escaped.toString();
  }
}
