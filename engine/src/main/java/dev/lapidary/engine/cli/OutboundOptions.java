package dev.lapidary.engine.cli;

import dev.lapidary.engine.outbound.Internet;
import dev.lapidary.engine.outbound.OutboundPolicy;
import dev.lapidary.engine.outbound.OutboundPolicy.PrivateAddresses;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that say where `fetch()` may go.
final class OutboundOptions {
  @Option(
      names = "--allow-host",
      paramLabel = "HOST",
      split = ",",
      description =
          "Hosts that fetch() may reach: api.example.com, *.example.com for all below it, or *."
              + " May be repeated. Default: none; with dev, all")
  private List<String> hosts = new ArrayList<>();

  @Option(
      names = "--allow-private",
      description = "Let fetch() reach private and loopback addresses, too")
  private boolean privateAddresses;

  /// What `fetch()` goes to.
  ///
  /// @param otherwise the hosts where no option names any; none refuses everything
  /// @return null where everything is refused
  @Nullable Internet internet(Vertx vertx, List<String> otherwise) {
    List<String> allowed = hosts.isEmpty() ? otherwise : hosts;
    if (allowed.isEmpty()) {
      return null;
    }
    return new Internet(
        vertx,
        new OutboundPolicy(
            allowed,
            Set.of(),
            privateAddresses ? PrivateAddresses.ALLOWED : PrivateAddresses.REFUSED,
            OutboundPolicy.Limits.DEFAULT));
  }
}
