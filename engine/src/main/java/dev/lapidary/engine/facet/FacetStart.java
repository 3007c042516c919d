package dev.lapidary.engine.facet;

import dev.lapidary.engine.guest.GuestCode;
import org.jspecify.annotations.Nullable;

/// What a facet is started with.
///
/// @param code the loaded code
/// @param className the class it exports; null picks `App`, else the only one
public record FacetStart(GuestCode code, @Nullable String className) {

  /// Answers with what to run, each time a facet that is not running gets an event. May be called
  /// from any thread and may load code; what it throws fails the event and is forgotten.
  @FunctionalInterface
  public interface Initializer {
    FacetStart start();
  }
}
