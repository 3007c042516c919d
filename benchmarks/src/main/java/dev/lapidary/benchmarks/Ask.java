package dev.lapidary.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

/// A request, and its right answer: a text, or so many bytes of [Pattern].
///
/// @param sent bytes of the pattern that go up; a POST where there are any
/// @param text null where the pattern is to come down
/// @param received bytes that are to come down
record Ask(String path, long sent, @Nullable String text, long received) {
  static Ask forText(String path, long sent, String text) {
    return new Ask(path, sent, text, text.getBytes(UTF_8).length);
  }

  static Ask forPattern(String path, long sent, long received) {
    return new Ask(path, sent, null, received);
  }
}
