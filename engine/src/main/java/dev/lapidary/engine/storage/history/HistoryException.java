package dev.lapidary.engine.storage.history;

/// A question the history cannot answer: a bookmark that is wrong, foreign or no longer kept, or a
/// history that is damaged. The message is safe to show; the database itself is unharmed.
public final class HistoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public HistoryException(String message) {
    super(message);
  }

  HistoryException(String message, Throwable cause) {
    super(message, cause);
  }
}
