package dev.lapidary.abi.rpc;

import org.jspecify.annotations.Nullable;

/// Who in a guest an event is for.
public sealed interface Recipient {
  Recipient SELF = new Self();

  /// The class instance that the guest is.
  record Self() implements Recipient {}

  /// An entrypoint of a worker.
  ///
  /// @param name the export's name; null for the default export
  /// @param props what the caller was given along with the entrypoint
  /// @param limits what each event may use
  record Entrypoint(@Nullable String name, Payload props, InvocationLimits limits)
      implements Recipient {}

  /// A function or object that the guest has handed out.
  record Export(int number) implements Recipient {}

  static Recipient export(int number) {
    return new Export(number);
  }
}
