package dev.lapidary.engine.facet;

import dev.lapidary.abi.FacetException;
import java.util.function.Consumer;

/// An event on its way to whatever life of a facet takes it.
///
/// @param trigger what it is
/// @param initializer asked what to run where nothing runs
/// @param line what the sender's stub remembers
/// @param turn delivers it; may throw [dev.lapidary.engine.guest.TurnFailed], which ends the life
/// @param failed told why it reached no life
record Delivery(
    Trigger trigger,
    FacetStart.Initializer initializer,
    Line line,
    Consumer<FacetInstance> turn,
    Consumer<FacetException> failed) {}
