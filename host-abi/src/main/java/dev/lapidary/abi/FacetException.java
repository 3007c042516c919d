package dev.lapidary.abi;

/// An event of a facet that did not end in an answer. The message is safe to show to the caller.
public final class FacetException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Outcome outcome;
  private final transient GuestError error;

  public FacetException(Outcome outcome, GuestError error) {
    super(error.summary(), null, false, false);
    this.outcome = outcome;
    this.error = error;
  }

  public FacetException(Outcome outcome, String message) {
    this(outcome, new GuestError("Error", message, ""));
  }

  public Outcome outcome() {
    return outcome;
  }

  public GuestError error() {
    return error;
  }
}
