package dev.lapidary.engine.guest.v8;

import dev.lapidary.abi.rpc.Capability;
import dev.lapidary.abi.rpc.Payload;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads payloads into plain Java values, as [ValueReader] says, with the capabilities in them.
public final class PayloadReader {
  private PayloadReader() {}

  /// The value that a payload holds, which is used up. The capabilities in the value, stubs and
  /// classes, are the caller's to release.
  ///
  /// @throws MalformedValueException as [ValueReader#read(byte[])], also where it is JSON
  public static @Nullable Object read(Payload payload) {
    List<Capability> taken = new ArrayList<>();
    boolean read = false;
    try {
      Object value =
          ValueReader.read(
              payload.bytes(), (kind, in) -> capability(kind, in, payload.capabilities(), taken));
      read = true;
      return value;
    } finally {
      if (!read) {
        taken.forEach(Capability::release);
      }
      payload.release();
    }
  }

  private static Capability capability(
      int kind, ByteInput in, List<Capability> held, List<Capability> taken) {
    if (kind != Tags.HOST_STUB && kind != Tags.HOST_SERVICE && kind != Tags.HOST_CLASS) {
      throw new MalformedValueException(
          "The value holds a Request, Response, Headers or stream, which has no counterpart here.");
    }
    long index = in.varint();
    if (index >= held.size()) {
      throw in.damaged("a capability that is not there");
    }
    Capability capability = held.get((int) index).retain();
    taken.add(capability);
    return capability;
  }
}
