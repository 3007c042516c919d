package dev.lapidary.abi.rpc;

import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import java.util.concurrent.CompletableFuture;

/// A way to something that answers requests and calls: a Durable Object, a facet, an entrypoint of
/// a worker, a function or object that a guest handed out, or a service written in Java.
///
/// Calls made through one stub by one caller arrive in their order. Both methods return at once and
/// take what they are given over; failures are [FacetException]s.
public interface Stub extends Capability {

  /// Sends an HTTP request.
  default CompletableFuture<Response> fetch(Request request) {
    request.body().discard("not read");
    return CompletableFuture.failedFuture(
        new FacetException(Outcome.EXCEPTION, "This stub does not take HTTP requests."));
  }

  /// Calls a method or reads a property.
  default CompletableFuture<Payload> call(RpcCall call) {
    call.release();
    return CompletableFuture.failedFuture(
        new FacetException(Outcome.EXCEPTION, "This stub does not take RPC calls."));
  }
}
