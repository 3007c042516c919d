package dev.lapidary.engine.guest.wasm;

/// The bytes are not a module this pipeline accepts. The message says what is wrong and where; the
/// module's author, not the host, can mend it.
public class InvalidModuleException extends RuntimeException {
  public InvalidModuleException(String message) {
    super(message);
  }
}
