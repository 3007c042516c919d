package dev.lapidary.engine.outbound;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Where requests may go, and what each may cost.
///
/// @param hosts names that may be asked: `api.example.com`, `*.example.com` for all below it, `*`
///     for all; empty refuses everything
/// @param ports the ports that may be connected to; empty allows all
/// @param privateAddresses whether addresses may be connected to that are not the public internet's
/// @param limits what one request may take
public record OutboundPolicy(
    List<String> hosts, Set<Integer> ports, PrivateAddresses privateAddresses, Limits limits) {

  /// Whether loopback, private, link-local and other special addresses may be connected to.
  public enum PrivateAddresses {
    REFUSED,
    ALLOWED
  }

  /// What one request may take.
  ///
  /// @param requestBytes the body that is sent
  /// @param responseBytes the body that comes back, after decompression
  /// @param connectMillis until there is a connection
  /// @param idleMillis without a byte in either direction
  /// @param totalMillis from the request to the end of the response
  /// @param underWay requests at once
  /// @param sockets what WebSockets may take
  public record Limits(
      long requestBytes,
      long responseBytes,
      int connectMillis,
      int idleMillis,
      long totalMillis,
      int underWay,
      Sockets sockets) {
    public static final Limits DEFAULT =
        new Limits(100L << 20, 1L << 30, 10_000, 60_000, 900_000, 100, Sockets.DEFAULT);
  }

  /// What WebSockets may take.
  ///
  /// @param open at once
  /// @param handshakeMillis until the server has answered, redirects included
  /// @param messageBytes one message that arrives
  /// @param bufferBytes what may wait to be sent through one, before one more message
  /// @param waitingBytes what may wait in either direction, of all together
  public record Sockets(
      int open, int handshakeMillis, int messageBytes, int bufferBytes, long waitingBytes) {
    public static final Sockets DEFAULT = new Sockets(1_000, 30_000, 32 << 20, 16 << 20, 128 << 20);
  }

  public OutboundPolicy {
    hosts = hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
    ports = Set.copyOf(ports);
  }

  /// Nothing may be asked.
  public static OutboundPolicy denied() {
    return allowing(List.of());
  }

  /// The hosts may be asked, on any port of a public address.
  public static OutboundPolicy allowing(List<String> hosts) {
    return new OutboundPolicy(hosts, Set.of(), PrivateAddresses.REFUSED, Limits.DEFAULT);
  }

  /// @param host in lower case, without brackets
  boolean allowsHost(String host) {
    return hosts.stream().anyMatch(rule -> matches(rule, host));
  }

  private static boolean matches(String rule, String host) {
    return rule.equals("*")
        || rule.equals(host)
        || (rule.startsWith("*.")
            && host.endsWith(rule.substring(1))
            && host.length() > rule.length() - 1);
  }

  boolean allowsPort(int port) {
    return ports.isEmpty() || ports.contains(port);
  }

  boolean allowsAddress(InetAddress address) {
    return privateAddresses == PrivateAddresses.ALLOWED || PublicAddresses.contain(address);
  }
}
