package dev.lapidary.engine;

import dev.lapidary.abi.Effect;
import dev.lapidary.engine.facet.FacetId;
import dev.lapidary.engine.facet.LogSink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes the facets' log lines to slf4j, one line each: a guest cannot forge a line of the host's
/// or send control characters to the operator's terminal.
public final class GuestLog implements LogSink {
  private static final int MAX_NAME = 80;
  private static final Logger LOG = LoggerFactory.getLogger("lapidary.guest");

  @Override
  public void log(FacetId facet, Effect.Level level, String message) {
    String line = "[" + visible(shorten(facet.toString())) + "] " + visible(message);
    switch (level) {
      case DEBUG -> LOG.debug(line);
      case LOG, INFO -> LOG.info(line);
      case WARN -> LOG.warn(line);
      case ERROR -> LOG.error(line);
    }
  }

  private static String shorten(String name) {
    return name.length() <= MAX_NAME ? name : name.substring(0, MAX_NAME) + "…";
  }

  /// A text without line ends and control characters: these are escaped.
  public static String visible(String text) {
    StringBuilder visible = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        visible.append("\\n");
      } else if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029' || isBidi(c)) {
        visible.append("\\u%04x".formatted((int) c));
      } else {
        visible.append(c);
      }
    }
    return visible.toString();
  }

  private static boolean isBidi(char c) {
    return (c >= '\u202a' && c <= '\u202e') || (c >= '\u2066' && c <= '\u2069');
  }
}
