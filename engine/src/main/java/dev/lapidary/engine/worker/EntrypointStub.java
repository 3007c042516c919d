package dev.lapidary.engine.worker;

import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.abi.rpc.Payload;
import dev.lapidary.abi.rpc.Recipient;
import dev.lapidary.abi.rpc.RpcCall;
import dev.lapidary.abi.rpc.Stub;
import dev.lapidary.engine.facet.Line;
import java.util.concurrent.CompletableFuture;

/// A way to one entrypoint of a worker. Good for ever.
record EntrypointStub(LoadedWorker worker, Recipient.Entrypoint recipient) implements Stub {

  @Override
  public CompletableFuture<Response> fetch(Request request) {
    return worker.ask(facet -> facet.fetch(request, recipient, new Line(), worker.initializer()));
  }

  @Override
  public CompletableFuture<Payload> call(RpcCall call) {
    return worker.ask(facet -> facet.call(call, recipient, new Line(), worker.initializer()));
  }
}
