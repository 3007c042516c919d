package dev.lapidary.engine.guest;

import dev.lapidary.abi.Effect;
import dev.lapidary.abi.Event;
import java.util.List;

/// One running instance of untrusted code.
///
/// Guarantee: a turn ends within its limits, by returning or by [TurnFailed]; after [TurnFailed]
/// the guest is spent and must be closed. Not thread-safe: the facet that owns it runs one turn at
/// a time.
public interface Guest extends AutoCloseable {

  /// What bodies of requests the guest takes.
  enum Bodies {
    WHOLE,
    STREAMED
  }

  default Bodies bodies() {
    return Bodies.STREAMED;
  }

  /// Runs one turn to its end, microtasks included.
  ///
  /// @return what the guest wants done outside, in the order it asked
  /// @throws TurnFailed where a limit or a trap ended the turn early
  List<Effect> turn(Event event);

  /// The effects of the turns so far have left: they count as the guest's memory no longer.
  void effectsLeft();

  /// Takes what the guest logged before a turn failed, and forgets it.
  List<Effect.Log> takeLogs();

  /// Units of fuel that the last turn burnt, whether it failed or not; before the first event, that
  /// is the turn which started the guest.
  long fuel();

  /// Bytes of Wasm memory that the guest holds.
  long memoryBytes();

  /// Gives the guest's memory back.
  @Override
  void close();
}
