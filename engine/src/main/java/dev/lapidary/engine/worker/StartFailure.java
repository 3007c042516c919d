package dev.lapidary.engine.worker;

import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.Outcome;
import dev.lapidary.engine.guest.TurnFailed;
import dev.lapidary.engine.guest.js.ModuleSources.InvalidModules;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Why a worker's code did not start, in the words that Workers have for it.
final class StartFailure {
  private static final String PREFIX = "Failed to start Worker:\nUncaught ";
  private static final Pattern FRAME = Pattern.compile("^\\s*at (?:(.+) \\()?([^()]+?)\\)?$");

  private StartFailure() {}

  /// Code that threw, or reached a limit.
  static FacetException of(TurnFailed failure) {
    if (failure.outcome() != Outcome.EXCEPTION) {
      return new FacetException(failure.outcome(), failure.error());
    }
    GuestError error = failure.error();
    StringBuilder text = new StringBuilder(PREFIX).append(error.summary());
    error.stack().lines().forEach(line -> append(line, text));
    return new FacetException(Outcome.NEVER_STARTED, text.toString());
  }

  /// Modules that do not make a worker.
  static FacetException of(InvalidModules invalid) {
    String message = String.valueOf(invalid.getMessage());
    return new FacetException(
        Outcome.NEVER_STARTED,
        switch (invalid.kind()) {
          case REFUSED -> message;
          case ERROR -> PREFIX + "Error: " + message;
          case TYPE_ERROR -> PREFIX + "TypeError: " + message;
        });
  }

  /// A frame of the code's own.
  private static void append(String line, StringBuilder text) {
    Matcher frame = FRAME.matcher(line);
    if (frame.matches() && !frame.group(2).startsWith("lapidary:")) {
      text.append("\n  at ").append(frame.group(2));
      String function = frame.group(1);
      if (function != null && !function.equals("<anonymous>")) {
        text.append(" in ").append(function);
      }
    }
  }
}
