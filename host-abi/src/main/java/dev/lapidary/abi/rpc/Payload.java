package dev.lapidary.abi.rpc;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// A value on its way from one place to another.
///
/// @param format how the bytes are to be read; a call is answered in the format it came in
/// @param bytes owned by this record, never written to again
/// @param capabilities what the value refers to by index, one reference to each
@SuppressWarnings("ArrayRecordComponent") // moved, never compared
public record Payload(Format format, byte[] bytes, List<Capability> capabilities) {
  /// The JavaScript value `undefined`.
  public static final Payload UNDEFINED = v8(new byte[] {(byte) 0xff, 15, '_'});

  public Payload {
    capabilities = List.copyOf(capabilities);
  }

  /// How the bytes are to be read.
  public enum Format {
    /// V8's serialization, version 15; host objects are indices into the capabilities.
    V8,
    /// JSON in UTF-8. Refers to no capabilities.
    JSON
  }

  public static Payload v8(byte[] bytes) {
    return new Payload(Format.V8, bytes, List.of());
  }

  public static Payload json(String text) {
    return new Payload(Format.JSON, text.getBytes(StandardCharsets.UTF_8), List.of());
  }

  /// The text of a JSON payload.
  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /// Takes one more reference to each capability: for a second receiver.
  public Payload retain() {
    capabilities.forEach(Capability::retain);
    return this;
  }

  /// Gives the value up, and with it the references it owns.
  public void release() {
    capabilities.forEach(Capability::release);
  }
}
