package dev.lapidary.engine.guest.js;

import dev.lapidary.abi.rpc.ActorClass;
import dev.lapidary.abi.rpc.Capability;
import dev.lapidary.abi.rpc.Namespace;
import dev.lapidary.abi.rpc.Payload;
import dev.lapidary.abi.rpc.WorkerLoader;
import dev.lapidary.engine.guest.Environment.Binding;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// An object of named arguments for the platform. Used once.
final class JsOptions {
  private final QuickJs js;
  private final Payloads payloads;
  private final long object;

  JsOptions(QuickJs js, Payloads payloads) {
    this.js = js;
    this.payloads = payloads;
    this.object = js.newObject();
  }

  private JsOptions define(String name, long value) {
    js.define(object, name, value);
    return this;
  }

  /// A text; nothing where it is null.
  JsOptions text(String name, @Nullable String text) {
    return text == null ? this : define(name, js.string(text));
  }

  JsOptions flag(String name, boolean flag) {
    return define(name, JsValue.of(flag));
  }

  JsOptions texts(String name, List<String> texts) {
    long[] values = texts.stream().mapToLong(js::string).toArray();
    return define(name, js.newArray(values, values.length));
  }

  /// A value as `<name>Bytes` and `<name>Caps`; takes its references over.
  JsOptions payload(String name, Payload payload) {
    define(name + "Bytes", js.dup(payloads.bytes(payload)));
    return define(name + "Caps", js.dup(payloads.numbers(payload)));
  }

  /// An array of `[name, kind, handle]`.
  JsOptions bindings(String name, List<Binding> bindings, Handles handles) {
    long[] values = new long[bindings.size()];
    for (int i = 0; i < values.length; i++) {
      Capability capability = bindings.get(i).capability();
      long[] parts = {
        js.string(bindings.get(i).name()),
        js.string(kind(capability)),
        JsValue.of(handles.hold(capability.retain()))
      };
      values[i] = js.newArray(parts, parts.length);
    }
    return define(name, js.newArray(values, values.length));
  }

  private static String kind(Capability capability) {
    return switch (capability) {
      case Namespace namespace -> "namespace";
      case WorkerLoader loader -> "loader";
      case ActorClass actorClass -> "class";
      default -> "service";
    };
  }

  /// An array of `[class name, handle]`.
  JsOptions namespaces(String name, Map<String, Namespace> namespaces, Handles handles) {
    long[] values = new long[namespaces.size()];
    int at = 0;
    for (var namespace : namespaces.entrySet()) {
      long[] parts = {
        js.string(namespace.getKey()), JsValue.of(handles.hold(namespace.getValue()))
      };
      values[at++] = js.newArray(parts, parts.length);
    }
    return define(name, js.newArray(values, values.length));
  }

  /// Calls with the object, which is gone afterwards.
  void passTo(LongConsumer call) {
    call.accept(js.freeLater(object));
  }
}
