package dev.lapidary.engine.supervisor;

import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.abi.rpc.ActorClass;
import dev.lapidary.abi.rpc.InvocationLimits;
import dev.lapidary.abi.rpc.Stub;
import dev.lapidary.engine.FacetEngine;
import dev.lapidary.engine.facet.Facet;
import dev.lapidary.engine.facet.FacetId;
import dev.lapidary.engine.facet.FacetStatus;
import dev.lapidary.engine.facet.WorkerContext;
import dev.lapidary.engine.guest.Group;
import dev.lapidary.engine.guest.GuestCode;
import dev.lapidary.engine.guest.raw.RawCode;
import dev.lapidary.engine.log.LogEntry;
import dev.lapidary.engine.log.LogStore;
import dev.lapidary.engine.object.FacetStorage;
import dev.lapidary.engine.object.NoSuchFacetException;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The built-in supervisor: runs the apps that were deployed to it by name.
///
/// A facet named `counter` or `counter.<anything>` runs the class `App` of the app `counter`.
/// Deploying again resets the app's running facets, so that their next request meets the new code;
/// their data stays.
public final class AppRunner extends SupervisorVerticle {
  private static final String APP_NAME = "[a-z0-9][a-z0-9_-]{0,62}";
  private static final GuestError UPDATED =
      new GuestError("Error", "Durable Object reset because its code was updated.", "");

  private final AppStore store;
  private final @Nullable Stub outbound;
  private final Map<String, GuestCode> apps = new ConcurrentSkipListMap<>();

  /// Its apps reach nothing outside.
  public AppRunner(FacetEngine engine) {
    this(engine, null);
  }

  /// @param outbound what its apps' `fetch()` goes to; null refuses
  public AppRunner(FacetEngine engine, @Nullable Stub outbound) {
    super(engine, "AppRunner");
    this.outbound = outbound;
    this.store = AppStore.open(engine.data().resolve("AppRunner"), engine.limits());
  }

  /// An app and the code it runs at the moment.
  public record App(String app, String codeId) {}

  /// A deployment that is durable.
  ///
  /// @param warnings what the code's author should know
  public record Deployed(App app, List<String> warnings) {}

  @Override
  public Future<?> start() {
    store.load(engine().limits()).forEach((name, source) -> apps.put(name, code(source)));
    return super.start();
  }

  @Override
  public Future<?> stop() {
    store.close();
    return Future.succeededFuture();
  }

  @Override
  protected Response fetch(String object, String facet, Request request) {
    return facet(object, facet).fetch(request);
  }

  /// Calls a method of a facet.
  ///
  /// @param args a JSON array
  /// @return the result as JSON
  public Future<String> call(String object, String facet, String method, String args) {
    return call(() -> facet(object, facet).callJson(method, args));
  }

  private BlockingStub facet(String object, String facet) {
    String app = appOf(facet);
    if (!apps.containsKey(app)) {
      throw new UnknownAppException(app);
    }
    return object(object).facets().get(facet, () -> actorClass(app, current(app)));
  }

  @Override
  protected Optional<ActorClass> classOf(FacetId facet) {
    return facet.path().size() == 1
        ? Optional.ofNullable(apps.get(appOf(facet.name())))
            .map(code -> actorClass(appOf(facet.name()), code))
        : Optional.empty();
  }

  /// An app shares what the engine has with the other apps, whatever code it runs.
  private ActorClass actorClass(String app, GuestCode code) {
    Group group = Group.of("app " + app);
    return engine()
        .actorClass(
            code, null, new WorkerContext(null, outbound, List.of(), InvocationLimits.NONE, group));
  }

  /// Ends a facet's life.
  ///
  /// @return fails with [NoSuchFacetException] where there never was such a facet
  public Future<Void> abort(String object, String facet, String reason) {
    return call(
        () -> {
          BlockingFacets facets = object(object).facets();
          if (facets.stat(facet).isEmpty()) {
            throw new NoSuchFacetException(object, facet);
          }
          facets.abort(facet, reason);
          return null;
        });
  }

  /// Deletes a facet, its data and all facets below it; nothing where there is none.
  ///
  /// @return completed once that is on disk
  public Future<Void> delete(String object, String facet) {
    return call(
        () -> {
          object(object).facets().delete(facet);
          return null;
        });
  }

  /// What is known of a facet, which the question does not wake.
  ///
  /// @return empty where there never was such a facet; fails with [IllegalArgumentException] where
  ///     a name is empty or too long
  public Future<Optional<FacetStatus>> stat(String object, String facet) {
    return call(() -> object(object).facets().stat(facet));
  }

  /// What a facet logged. Does not wake it.
  ///
  /// @param waitMillis how long to wait for a line where there is none
  /// @return fails with [NoSuchFacetException] where there never was such a facet
  public Future<List<LogEntry>> logs(
      String object, String facet, LogStore.Query query, long waitMillis) {
    return stat(object, facet)
        .compose(
            known ->
                known
                    .map(status -> engine().logs().follow(status.id(), query, waitMillis))
                    .map(Future::fromCompletionStage)
                    .orElseGet(() -> Future.failedFuture(new NoSuchFacetException(object, facet))));
  }

  private GuestCode current(String app) {
    return Objects.requireNonNull(apps.get(app), "apps are never taken away");
  }

  /// Does something with what is stored for a facet; does not wake it.
  ///
  /// @return what the work came to; fails as [FacetStorage] says
  public <T> Future<T> storage(
      String object, String facet, Function<FacetStorage, CompletionStage<T>> work) {
    return call(() -> await(work.apply(object(object).storage(facet))));
  }

  /// A name for a file that is needed for a while: on the disk of the data, and gone with the next
  /// start.
  public Path scratchFile() {
    return engine().scratchFile();
  }

  private static String appOf(String facet) {
    int dot = facet.indexOf('.');
    return dot < 0 ? facet : facet.substring(0, dot);
  }

  /// Deploys an app, or new code for it.
  ///
  /// @return the app, once it is durable; fails with [IllegalArgumentException] for a bad name and
  ///     with [dev.lapidary.abi.FacetException] for code that does not start
  public Future<Deployed> deploy(String name, AppSource source) {
    return call(() -> deployNow(name, source));
  }

  private Deployed deployNow(String name, AppSource source) {
    if (!name.matches(APP_NAME)) {
      throw new IllegalArgumentException(
          "An app's name has 1 to 63 characters, a-z, 0-9, - and _, and starts with a letter or"
              + " digit.");
    }
    Checked checked = check(source);
    store.put(name, source);
    apps.put(name, checked.code());
    for (Facet facet : objects().awake()) {
      if (appOf(facet.id().name()).equals(name)) {
        facet.abort(UPDATED);
      }
    }
    return new Deployed(new App(name, checked.code().codeId()), checked.warnings());
  }

  private record Checked(GuestCode code, List<String> warnings) {}

  private Checked check(AppSource source) {
    return switch (source) {
      case AppSource.JavaScript app ->
          new Checked(await(engine().load(app.modules(), null)), List.of());
      case AppSource.WebAssembly app -> {
        RawCode code = engine().wasm(app.module());
        yield new Checked(code, await(engine().check(code)));
      }
    };
  }

  private GuestCode code(AppSource source) {
    return switch (source) {
      case AppSource.JavaScript app -> engine().javaScript(app.modules());
      case AppSource.WebAssembly app -> engine().wasm(app.module());
    };
  }

  /// The deployed apps, by name.
  public List<App> apps() {
    return apps.entrySet().stream()
        .map(app -> new App(app.getKey(), app.getValue().codeId()))
        .toList();
  }
}
