package dev.lapidary.engine.outbound;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/// Looks names up. May block.
@FunctionalInterface
interface Resolver {
  /// The operating system's.
  Resolver SYSTEM = host -> List.of(InetAddress.getAllByName(host));

  /// The addresses of a host.
  ///
  /// @param host a name, or an address as text
  List<InetAddress> resolve(String host) throws UnknownHostException;
}
