package dev.lapidary.engine.guest;

import org.jspecify.annotations.Nullable;

/// Loaded code that facets can be started from. Immutable and thread-safe.
public interface GuestCode {

  /// The hash of the code, in lower-case hex: equal code has an equal id.
  String codeId();

  /// Starts an instance: evaluates the code and constructs the class.
  ///
  /// @param className the exported class; null picks `App`, else the only one exported
  /// @throws TurnFailed where the code cannot be started
  Guest start(@Nullable String className, GuestContext context);
}
