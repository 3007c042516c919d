package dev.lapidary.engine.facet;

import dev.lapidary.abi.rpc.InvocationLimits;
import dev.lapidary.abi.rpc.Stub;
import dev.lapidary.abi.rpc.Worker;
import dev.lapidary.engine.guest.Group;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What all that runs one worker's code has in common.
///
/// @param self the worker, for `ctx.exports`; null for code that is none
/// @param outbound what `fetch()` goes to; null where it is refused
/// @param tails told of every event
/// @param limits what one event may use
/// @param group whom it shares memory and turns with; null for all that runs the same code
public record WorkerContext(
    @Nullable Worker self,
    @Nullable Stub outbound,
    List<Stub> tails,
    InvocationLimits limits,
    @Nullable Group group) {
  public static final WorkerContext NONE =
      new WorkerContext(null, null, List.of(), InvocationLimits.NONE, null);

  public WorkerContext {
    tails = List.copyOf(tails);
  }
}
