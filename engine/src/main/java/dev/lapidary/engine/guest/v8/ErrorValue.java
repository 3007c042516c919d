package dev.lapidary.engine.guest.v8;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A JavaScript error as a value.
///
/// @param name its class, `TypeError` say
/// @param stack where it was thrown, as JavaScript tells it; may be empty
/// @param properties its other own properties
public record ErrorValue(
    String name, String message, String stack, Map<String, @Nullable Object> properties) {
  public ErrorValue {
    properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
  }

  public ErrorValue(String name, String message) {
    this(name, message, "", Map.of());
  }
}
