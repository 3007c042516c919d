package dev.lapidary.engine.supervisor;

import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.abi.rpc.Payload;
import dev.lapidary.abi.rpc.RpcCall;
import dev.lapidary.abi.rpc.Stub;
import dev.lapidary.engine.guest.v8.PayloadReader;
import dev.lapidary.engine.guest.v8.ValueWriter;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A facet, or anything else that can be called, in blocking style: for a supervisor's own virtual
/// threads. What fails, fails with [dev.lapidary.abi.FacetException].
public final class BlockingStub {
  private final Stub stub;

  public BlockingStub(Stub stub) {
    this.stub = stub;
  }

  /// Sends a request and waits for the answer.
  public Response fetch(Request request) {
    return SupervisorVerticle.await(stub.fetch(request));
  }

  /// Calls a method and waits for its result.
  ///
  /// @param args values as [ValueWriter] knows them; stubs may be among them
  /// @return a value as [PayloadReader] knows them; stubs in it are the caller's to release
  /// @throws IllegalArgumentException where an argument has no counterpart in JavaScript
  public @Nullable Object call(String method, @Nullable Object... args) {
    Payload sent = ValueWriter.payload(Arrays.asList(args));
    Payload result = SupervisorVerticle.await(stub.call(new RpcCall(List.of(method), sent)));
    return PayloadReader.read(result);
  }

  /// Calls a method with JSON.
  ///
  /// @param args a JSON array
  /// @return the result as JSON; `null` for `undefined`
  public String callJson(String method, String args) {
    RpcCall call = new RpcCall(List.of(method), Payload.json(args));
    return SupervisorVerticle.await(stub.call(call)).text();
  }

  /// The stub itself, to hand on to others.
  public Stub stub() {
    return stub;
  }
}
