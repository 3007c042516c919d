package dev.lapidary.benchmarks;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A request, and its right answer: a text, or so many bytes of [Pattern].
///
/// @param sent bytes of the pattern that go up; a POST where there are any
/// @param text null where the pattern is to come down
/// @param received bytes that are to come down
record Ask(String path, long sent, byte @Nullable [] text, long received) {
  static Ask forText(String path, long sent, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new Ask(path, sent, bytes, bytes.length);
  }

  static Ask forPattern(String path, long sent, long received) {
    return new Ask(path, sent, null, received);
  }
}
