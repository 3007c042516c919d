package dev.lapidary.engine.guest;

import dev.lapidary.abi.rpc.ByteStream;
import dev.lapidary.abi.rpc.Facets;
import dev.lapidary.abi.rpc.Stub;
import dev.lapidary.abi.rpc.Worker;
import dev.lapidary.abi.rpc.WorkerLoader;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** For guests that are alone in the world. */
public enum NothingOutside implements Outside {
  INSTANCE;

  @Override
  public Facets facets() {
    throw new IllegalArgumentException("no facets");
  }

  @Override
  public Sockets sockets() {
    throw new IllegalArgumentException("no sockets");
  }

  @Override
  public Worker worker() {
    throw new IllegalArgumentException("no worker");
  }

  @Override
  public @Nullable Stub outbound() {
    return null;
  }

  @Override
  public Stub export(int number) {
    throw new IllegalArgumentException("nobody to export to");
  }

  @Override
  public ByteStream exportStream(int number) {
    throw new IllegalArgumentException("nobody to export to");
  }

  @Override
  public CompletableFuture<Facets.Startup> facetClass(int callback, String name) {
    return CompletableFuture.failedFuture(new IllegalArgumentException("no facets"));
  }

  @Override
  public WorkerLoader.CodeSource code(int callback) {
    throw new IllegalArgumentException("no loader");
  }
}
