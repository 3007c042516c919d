package dev.lapidary.abi;

import java.util.Set;

/// A value that guest code threw, made safe to show: no host path, no host stack trace.
///
/// @param name the error's class as the guest names it, such as `TypeError`
/// @param message what the guest said; may be empty
/// @param stack the guest's own stack trace, for its author's log; may be empty
/// @param details what else a caller in another guest learns of it
public record GuestError(String name, String message, String stack, Details details) {

  public GuestError(String name, String message, String stack) {
    this(name, message, stack, Details.NONE);
  }

  /// What the caller of another guest sees on the error it catches.
  ///
  /// @param properties the error's own enumerable properties, an object in V8's format; empty where
  ///     it has none
  /// @param marks facts the runtime knows
  /// @param objectId the Durable Object that threw it, 64 hex digits; empty where none did
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  public record Details(byte[] properties, Set<Mark> marks, String objectId) {
    public static final Details NONE = new Details(new byte[0], Set.of(), "");

    public Details {
      marks = Set.copyOf(marks);
    }
  }

  /// Facts about an error; each a property that is `true` in JavaScript.
  public enum Mark {
    /// Thrown on the other side of a call.
    REMOTE,
    DURABLE_OBJECT_RESET,
    OVERLOADED,
    RETRYABLE
  }

  /// The same error with these facts instead.
  public GuestError with(Details others) {
    return new GuestError(name, message, stack, others);
  }

  /// The summary, and below it the stack trace where there is one.
  public String withStack() {
    return stack.isBlank() ? summary() : summary() + "\n" + stack.stripTrailing();
  }

  /// `Name: message`, as JavaScript's `String(error)` shows it.
  public String summary() {
    return message.isEmpty() ? name : name + ": " + message;
  }
}
