package dev.lapidary.engine.worker;

import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.rpc.InvocationLimits;
import dev.lapidary.abi.rpc.Payload;
import dev.lapidary.abi.rpc.Stub;
import dev.lapidary.engine.facet.Facet;
import dev.lapidary.engine.object.ObjectNamespace;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A worker that was defined ahead of time and has started well. Thread-safe.
public final class DefinedWorker {
  private static final GuestError UPDATED =
      new GuestError("Error", "Durable Object reset because its code was updated.", "");

  private final LoadedWorker worker;
  private final Map<String, WorkerNamespace> objects;

  DefinedWorker(LoadedWorker worker, Map<String, WorkerNamespace> objects) {
    this.worker = worker;
    this.objects = objects;
  }

  /// A way to an entrypoint.
  ///
  /// @param name the export's name; null for the default export
  public Stub entrypoint(@Nullable String name) {
    return worker.entrypoint(name, Payload.UNDEFINED, InvocationLimits.NONE);
  }

  /// The objects of one of its classes.
  ///
  /// @throws IllegalArgumentException where there is no such class
  public ObjectNamespace objects(String className) {
    WorkerNamespace namespace = objects.get(className);
    if (namespace == null) {
      throw new IllegalArgumentException("There is no Durable Object class " + className + ".");
    }
    return namespace.objects();
  }

  /// Takes over the objects: from here on, alarms run this worker's code, and what still runs older
  /// code is reset.
  public void takeOver() {
    objects
        .values()
        .forEach(
            namespace -> {
              namespace.objects().startAlarms(namespace.initializer());
              namespace.objects().awake().forEach(DefinedWorker::reset);
            });
  }

  private static void reset(Facet facet) {
    facet.abort(UPDATED);
  }
}
