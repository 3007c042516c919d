package dev.lapidary.engine.guest;

import dev.lapidary.abi.rpc.ByteStream;
import dev.lapidary.abi.rpc.Facets;
import dev.lapidary.abi.rpc.Stub;
import dev.lapidary.abi.rpc.Worker;
import dev.lapidary.abi.rpc.WorkerLoader;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// What a guest reaches beyond its storage. Asked within its turns; what it answers with does
/// nothing before it is used, and guests use it by effects only.
public interface Outside {

  /// The facets below this one.
  Facets facets();

  /// The worker whose code the guest runs.
  ///
  /// @throws IllegalArgumentException where it belongs to none
  Worker worker();

  /// The WebSocket ends that it has.
  Sockets sockets();

  /// What `fetch()` goes to; null where it is refused.
  @Nullable Stub outbound();

  /// A way to something that the guest hands out, with one reference to it.
  ///
  /// @param number the guest's own for it
  Stub export(int number);

  /// A way to a stream of bytes that the guest hands out.
  ///
  /// @param number the guest's own for it
  /// @throws IllegalArgumentException where it has handed out too many that nobody has read yet
  ByteStream exportStream(int number);

  /// Asks the guest which class a facet runs.
  ///
  /// @param callback the guest's own number for the initializer
  CompletableFuture<Facets.Startup> facetClass(int callback, String name);

  /// Code that the guest has, to be loaded as its own.
  ///
  /// @param callback the guest's own number for the function to ask
  WorkerLoader.CodeSource code(int callback);
}
