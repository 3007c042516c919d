package dev.lapidary.engine.project;

import java.util.List;

/// A project that cannot run as it is. The message is for its author: each line names a file, and
/// where in it, and what to do.
public final class InvalidProject extends Exception {
  private static final long serialVersionUID = 1L;

  InvalidProject(String message) {
    super(message, null, false, false);
  }

  InvalidProject(List<String> problems) {
    this(String.join("\n", problems));
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
