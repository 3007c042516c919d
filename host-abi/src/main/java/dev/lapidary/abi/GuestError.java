package dev.lapidary.abi;

/// A value that guest code threw, made safe to show: no host path, no host stack trace.
///
/// @param name the error's class as the guest names it, such as `TypeError`
/// @param message what the guest said; may be empty
/// @param stack the guest's own stack trace, for its author's log; may be empty
public record GuestError(String name, String message, String stack) {

  /// `Name: message`, as JavaScript's `String(error)` shows it.
  public String summary() {
    return message.isEmpty() ? name : name + ": " + message;
  }
}
