package dev.lapidary.engine.object;

import dev.lapidary.abi.Effect.FacetChange;
import dev.lapidary.engine.alarm.AlarmScheduler;
import dev.lapidary.engine.facet.AlarmBook;
import dev.lapidary.engine.facet.Facet;
import dev.lapidary.engine.facet.FacetHost;
import dev.lapidary.engine.facet.FacetId;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.facet.Supervised;
import dev.lapidary.engine.facet.Supervision;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
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
  private final Supervised supervised = new Supervised();
  private final FacetHost host;
  private final AlarmScheduler alarms;
  private final FacetChanges changes = new FacetChanges(this);
  private final ConcurrentHashMap<ObjectId, DurableObject> objects = new ConcurrentHashMap<>();

  /// @param name letters, digits, `-` and `_`: it is a folder's name and the key of all ids
  public ObjectNamespace(String name, Path data, FacetHost host) {
    if (!name.matches("[A-Za-z0-9_-]{1,64}")) {
      throw new IllegalArgumentException(
          "a namespace's name has 1 to 64 letters, digits, - and _; got: " + name);
    }
    this.name = name;
    this.folder = data.resolve(name);
    this.host = host.supervisedBy(supervised);
    FacetSwap.finish(folder);
    this.alarms =
        new AlarmScheduler(
            folder.resolve("alarms.sqlite"), host, RandomGenerator.of("L64X128MixRandom"));
  }

  /// Says who judges and meters the facets of these objects; it is one at a time.
  public void supervise(Supervision supervision) {
    supervised.by(supervision);
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

  /// The object of an id.
  ///
  /// @throws IllegalArgumentException where the text is no id of this namespace
  public ObjectStub get(String id) {
    return get(checkedId(id), Optional.empty());
  }

  /// The object of an id, and the name the id was made from where the caller knows it.
  public ObjectStub get(ObjectId id, Optional<String> objectName) {
    return new ObjectStub(this, id, objectName);
  }

  /// The id that a name stands for.
  public ObjectId idFromName(String objectName) {
    return ObjectId.fromName(name, objectName);
  }

  /// An id that no other object has.
  ///
  /// @param randomness 16 bytes
  public ObjectId uniqueId(byte[] randomness) {
    return ObjectId.unique(name, randomness);
  }

  /// The id that a text is.
  ///
  /// @throws IllegalArgumentException where it is none, or one of another namespace
  public ObjectId checkedId(String text) {
    return ObjectId.parse(name, text);
  }

  /// Asks a facet, which is made if there is none.
  <T> CompletableFuture<T> reach(
      FacetId id, Function<Facet, Optional<CompletableFuture<T>>> question) {
    while (true) {
      Optional<CompletableFuture<T>> answer = question.apply(facet(id));
      if (answer.isPresent()) {
        return answer.get();
      }
    }
  }

  /// Completed once no change is under way of a facet or of one below it.
  CompletableFuture<Void> settled(FacetId id) {
    return changes.settled(id);
  }

  /// The same, after all changes of the facet that are under way.
  <T> CompletableFuture<T> send(
      FacetId id, Function<Facet, Optional<CompletableFuture<T>>> question) {
    return changes.send(id, () -> reach(id, question));
  }

  CompletableFuture<Void> delete(FacetId facet) {
    return changes.delete(facet);
  }

  CompletableFuture<Void> change(FacetId parent, FacetChange change) {
    return changes.change(parent, change);
  }

  /// Asks the object without waking a facet of it; one that was not in memory stays out of it.
  <T> T ask(FacetId facet, Function<DurableObject, T> question) {
    List<T> answer = new ArrayList<>(1);
    objects.compute(
        new ObjectId(facet.objectId()),
        (id, known) -> {
          answer.add(question.apply(known != null ? known : open(id, facet.objectName())));
          return known;
        });
    return answer.getFirst();
  }

  /// Does something with an object that is in memory.
  void ifAwake(FacetId facet, Consumer<DurableObject> work) {
    DurableObject known = objects.get(new ObjectId(facet.objectId()));
    if (known != null) {
      work.accept(known);
    }
  }

  FacetHost host() {
    return host;
  }

  AlarmBook alarmBook() {
    return alarms;
  }

  /// Begins to swap databases of an object of this namespace.
  FacetSwap swap() {
    return FacetSwap.begin(folder);
  }

  /// Where a facet that was used before has its database.
  Path file(FacetId facet) {
    return ask(facet, object -> object.file(facet));
  }

  /// A facet, which is made if there is none.
  Facet facet(FacetId facet) {
    Facet[] found = new Facet[1];
    objects.compute(
        new ObjectId(facet.objectId()),
        (id, known) -> {
          DurableObject object = known != null ? known : open(id, facet.objectName());
          facet.objectName().ifPresent(object::learn);
          found[0] = object.facet(facet);
          return object;
        });
    return found[0];
  }

  void make(FacetId id) {
    Facet ignored = facet(id);
  }

  private DurableObject open(ObjectId id, Optional<String> objectName) {
    Path shard = folder.resolve("%04x".formatted(id.shard()));
    Path own = shard.resolve(id.hex());
    return new DurableObject(
        id,
        objectName.or(() -> ObjectName.read(own)),
        own,
        host,
        alarms,
        parent -> new ObjectFacets(this, parent));
  }

  /// Begins to run the facets' alarms; until then they are kept and wait.
  ///
  /// @param code asked for each alarm which code to run it with
  public void startAlarms(FacetCode code) {
    alarms.start(new AlarmDelivery(this, code), new AlarmScan(folder, this, alarms));
  }

  /// The same where the objects run a class of their own, and their facets what they say: whoever
  /// is due is started by those above it.
  ///
  /// @param root what an object is started with
  public void startAlarms(FacetStart.Initializer root) {
    startAlarms(facet -> Optional.of(initializer(facet, root)));
  }

  private FacetStart.Initializer initializer(FacetId id, FacetStart.Initializer root) {
    return id.path().isEmpty()
        ? root
        : FacetStart.Initializer.later(
            () ->
                reach(
                        id.parent(),
                        parent -> parent.startFacet(id.name(), initializer(id.parent(), root)))
                    .thenCompose(ObjectFacets::started));
  }

  /// A facet that was used before; starts nothing.
  Optional<Facet> existing(FacetId id) {
    return inObject(id, object -> object.existing(id));
  }

  /// An object and all facets below it that there ever were.
  List<FacetId> all(ObjectId id) {
    FacetId root = new FacetId(id.hex(), Optional.empty(), List.of());
    return inObject(root, object -> object.everything(root));
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
