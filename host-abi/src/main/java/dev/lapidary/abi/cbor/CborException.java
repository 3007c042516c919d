package dev.lapidary.abi.cbor;

/// CBOR that is malformed, or says what the contract does not allow. The message tells what was
/// wrong and where, for the guest's author.
public final class CborException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CborException(String message) {
    super(message, null, false, false);
  }
}
