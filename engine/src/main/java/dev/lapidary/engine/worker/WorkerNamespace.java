package dev.lapidary.engine.worker;

import dev.lapidary.abi.rpc.Namespace;
import dev.lapidary.abi.rpc.Stub;
import dev.lapidary.engine.facet.FacetClass;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.object.ObjectId;
import dev.lapidary.engine.object.ObjectNamespace;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The objects of one class of a worker's.
record WorkerNamespace(ObjectNamespace objects, FacetClass actorClass) implements Namespace {

  /// A longer name makes an id, but the object does not learn it.
  private static final int MAX_NAME_BYTES = 1_024;

  @Override
  public String idFromName(String name) {
    return objects.idFromName(name).hex();
  }

  @Override
  public String uniqueId(byte[] randomness) {
    return objects.uniqueId(randomness).hex();
  }

  @Override
  public String checkedId(String text) {
    return objects.checkedId(text).hex();
  }

  @Override
  public Stub get(String id, @Nullable String name) {
    ObjectId known = objects.checkedId(id);
    Optional<String> kept =
        Optional.ofNullable(name)
            .filter(text -> text.getBytes(StandardCharsets.UTF_8).length <= MAX_NAME_BYTES);
    return objects.get(known, kept).boundInstance(initializer());
  }

  /// What an object of the class starts with.
  FacetStart.Initializer initializer() {
    return FacetStart.Initializer.later(actorClass::start);
  }
}
