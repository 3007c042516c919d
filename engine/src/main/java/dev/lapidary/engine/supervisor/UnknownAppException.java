package dev.lapidary.engine.supervisor;

/// A request for an app that was never deployed.
public final class UnknownAppException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnknownAppException(String app) {
    super("There is no app named \"" + shorten(app) + "\".", null, false, false);
  }

  private static String shorten(String app) {
    return app.length() <= 63 ? app : app.substring(0, 63) + "…";
  }
}
