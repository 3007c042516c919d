package dev.lapidary.engine.object;

import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.engine.alarm.AlarmScheduler;
import dev.lapidary.engine.facet.Facet;
import dev.lapidary.engine.facet.FacetHost;
import dev.lapidary.engine.facet.FacetId;
import dev.lapidary.engine.facet.FacetStart;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// All objects of one supervisor class, found by name. An object exists from its first event on; it
/// costs memory only while a facet of it runs. Thread-safe.
///
/// On disk: `<namespace>/<shard, 4 hex digits>/<object id>/`.
public final class ObjectNamespace {
  private static final int MAX_NAME_BYTES = 1_024;

  private final String name;
  private final Path folder;
  private final FacetHost host;
  private final AlarmScheduler alarms;
  private final ConcurrentHashMap<ObjectId, DurableObject> objects = new ConcurrentHashMap<>();

  /// @param name letters, digits, `-` and `_`: it is a folder's name and the key of all ids
  public ObjectNamespace(String name, Path data, FacetHost host) {
    if (!name.matches("[A-Za-z0-9_-]{1,64}")) {
      throw new IllegalArgumentException(
          "a namespace's name has 1 to 64 letters, digits, - and _; got: " + name);
    }
    this.name = name;
    this.folder = data.resolve(name);
    this.host = host;
    this.alarms =
        new AlarmScheduler(
            folder.resolve("alarms.sqlite"), host, RandomGenerator.of("L64X128MixRandom"));
  }

  /// The object of a name.
  ///
  /// @throws IllegalArgumentException where the name is empty or longer than 1,024 bytes of UTF-8
  public ObjectStub getByName(String objectName) {
    int bytes = objectName.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > MAX_NAME_BYTES) {
      throw new IllegalArgumentException(
          "An object's name has 1 to " + MAX_NAME_BYTES + " bytes; this one has " + bytes + ".");
    }
    return new ObjectStub(this, ObjectId.fromName(name, objectName), Optional.of(objectName));
  }

  CompletableFuture<Response> fetch(
      ObjectStub object, String facet, FacetStart.Initializer initializer, Request request) {
    while (true) {
      Optional<CompletableFuture<Response>> reply =
          facet(object, facet).fetch(request, initializer);
      if (reply.isPresent()) {
        return reply.get();
      }
    }
  }

  /// Asks the object without waking a facet of it; one that was not in memory stays out of it.
  <T> T ask(ObjectStub stub, Function<DurableObject, T> question) {
    List<T> answer = new ArrayList<>(1);
    objects.compute(
        stub.id(),
        (id, known) -> {
          answer.add(question.apply(known != null ? known : open(id, stub.name())));
          return known;
        });
    return answer.getFirst();
  }

  FacetHost host() {
    return host;
  }

  Facet facet(ObjectStub stub, String facet) {
    Facet[] found = new Facet[1];
    objects.compute(
        stub.id(),
        (id, known) -> {
          DurableObject object = known != null ? known : open(id, stub.name());
          stub.name().ifPresent(object::learn);
          found[0] = object.facet(facet);
          return object;
        });
    return found[0];
  }

  private DurableObject open(ObjectId id, Optional<String> objectName) {
    Path shard = folder.resolve("%04x".formatted(id.shard()));
    Path own = shard.resolve(id.hex());
    return new DurableObject(id, objectName.or(() -> ObjectName.read(own)), own, host, alarms);
  }

  /// Begins to run the facets' alarms; until then they are kept and wait.
  ///
  /// @param code asked for each alarm which code to run it with
  public void startAlarms(FacetCode code) {
    alarms.start(new AlarmDelivery(this, code), new AlarmScan(folder, this, alarms));
  }

  /// A facet that was used before; starts nothing.
  Optional<Facet> existing(FacetId id) {
    return inObject(id, object -> object.existing(id.name()));
  }

  /// The names of all facets of an object.
  List<String> names(ObjectId id, Optional<String> objectName) {
    return inObject(new FacetId(id.hex(), objectName, ""), DurableObject::names);
  }

  private <T> T inObject(FacetId id, Function<DurableObject, T> question) {
    List<T> answer = new ArrayList<>(1);
    objects.compute(
        new ObjectId(id.objectId()),
        (key, known) -> {
          DurableObject object = known != null ? known : open(key, id.objectName());
          answer.add(question.apply(object));
          return object;
        });
    return answer.getFirst();
  }

  /// The facets that have an instance in memory, or may be about to.
  public List<Facet> awake() {
    return objects.values().stream().flatMap(object -> object.facets().stream()).toList();
  }

  /// Lets instances go that have been idle for so long, and forgets objects that have none.
  public void sweep(long idleNanos) {
    for (ObjectId id : objects.keySet()) {
      objects.computeIfPresent(id, (key, object) -> object.sweep(idleNanos) ? null : object);
    }
  }

  /// Closes every instance in good order. No event may be delivered any more.
  public CompletableFuture<Void> close() {
    alarms.stop();
    return CompletableFuture.allOf(
        objects.values().stream()
            .flatMap(object -> object.facets().stream())
            .map(Facet::close)
            .toArray(CompletableFuture[]::new));
  }

  /// Closes the alarms' index, after all facets.
  public void closeAlarms() {
    alarms.close();
  }
}
