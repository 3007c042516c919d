package dev.lapidary.engine.guest.js;

import dev.lapidary.abi.Effect;
import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.rpc.ByteStream;
import dev.lapidary.engine.guest.FuelTank;
import java.util.EnumSet;
import java.util.Set;

/// The host functions for streams of bytes: those that the guest reads, those that are read from
/// it, and the codecs of compression streams. All but the codecs are effects.
final class StreamFunctions implements AutoCloseable {
  private static final Set<HostFunction> FUNCTIONS =
      EnumSet.range(HostFunction.PULL, HostFunction.CODEC_CLOSE);

  private final QuickJs js;
  private final Handles handles;
  private final Payloads payloads;
  private final EffectFunctions effects;
  private final Codecs codecs;

  StreamFunctions(
      QuickJs js, Handles handles, Payloads payloads, EffectFunctions effects, FuelTank fuel) {
    this.js = js;
    this.handles = handles;
    this.payloads = payloads;
    this.effects = effects;
    this.codecs = new Codecs(fuel);
  }

  boolean has(HostFunction function) {
    return FUNCTIONS.contains(function);
  }

  long perform(HostFunction function, long[] args) {
    switch (function) {
      case PULL -> effects.add(new Effect.OfStream.Pull((int) args[0], held(args[0])));
      case CANCEL_STREAM ->
          effects.add(new Effect.OfStream.Cancel(held(args[0]), js.text(args[1])));
      case CHUNK -> effects.chunk((int) args[0], js.arrayBufferBytes(args[1]));
      case END_STREAM -> effects.add(new Effect.OfStream.End((int) args[0]));
      case ERROR_STREAM ->
          effects.add(
              new Effect.OfStream.Fail(
                  (int) args[0], new GuestError(js.text(args[1]), js.text(args[2]), "")));
      case EXPORT_STREAM -> {
        return JsValue.of(handles.hold(payloads.exportedStream((int) args[0])));
      }
      case CODEC_OPEN -> {
        return JsValue.of(codecs.open((int) args[0], (int) args[1]));
      }
      case CODEC_WRITE ->
          codecs.write((int) args[0], js.arrayBufferBytes(args[1]), args[2] == JsValue.TRUE);
      case CODEC_READ -> {
        byte[] output = codecs.read((int) args[0]);
        return output.length == 0 ? JsValue.NULL : js.arrayBuffer(output);
      }
      case CODEC_CLOSE -> codecs.close((int) args[0]);
      default -> throw new IllegalStateException("not a stream function: " + function);
    }
    return JsValue.UNDEFINED;
  }

  private ByteStream held(long handle) {
    return handles.get(handle, ByteStream.class);
  }

  @Override
  public void close() {
    codecs.close();
  }
}
