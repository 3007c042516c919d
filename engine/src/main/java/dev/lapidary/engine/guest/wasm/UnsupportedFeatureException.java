package dev.lapidary.engine.guest.wasm;

/// A well-formed use of something the pipeline does not know (a proposal, an instruction), named in
/// the message. Refused, since code that is not understood cannot be metered.
public final class UnsupportedFeatureException extends InvalidModuleException {
  public UnsupportedFeatureException(String message) {
    super(message);
  }
}
