package dev.lapidary.engine.guest;

import dev.lapidary.abi.Effect;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How much one turn may log: what is over the limit is cut, once with a word that says so. Not
/// thread-safe.
public final class LogLines {
  /// What a line costs beyond its text, because the host writes a time and two names with it.
  private static final int LINE_COST = 64;

  private final int limit;
  private int logged;

  /// @param limit for one turn, in UTF-16 units
  public LogLines(int limit) {
    this.limit = limit;
  }

  /// The line as it may be logged, perhaps cut; null where nothing more may be.
  public Effect.@Nullable Log admit(Effect.Level level, String message) {
    if (logged > limit) {
      return null;
    }
    int room = limit - logged;
    logged += message.length() + LINE_COST;
    return new Effect.Log(
        level,
        message.length() <= room ? message : message.substring(0, room) + "… (log limit reached)");
  }

  /// Starts a new turn.
  public void reset() {
    logged = 0;
  }

  /// The log lines among effects, in their order.
  public static List<Effect.Log> among(List<Effect> effects) {
    return effects.stream()
        .filter(Effect.Log.class::isInstance)
        .map(Effect.Log.class::cast)
        .toList();
  }
}
