package dev.lapidary.engine.outbound;

import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.Future;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/// What HTTP's connections can do beyond their interface.
public final class Connections {
  private Connections() {}

  /// Ends a connection at once: nothing that waits is written, and no farewell of whatever protocol
  /// it has changed to. For any thread.
  public static void cut(HttpConnection connection) {
    ChannelHandlerContext first =
        connection instanceof ConnectionBase base ? base.channel().pipeline().firstContext() : null;
    if (first == null) {
      Future<Void> ignored = connection.close();
    } else {
      io.netty.util.concurrent.Future<?> ignored = first.close();
    }
  }
}
