package dev.lapidary.engine.supervisor;

/// The disk did not take an app's code; what was deployed before is still there.
public final class AppNotStoredException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  AppNotStoredException(Throwable cause) {
    super("The app cannot be stored: " + cause.getMessage(), cause);
  }
}
