package dev.lapidary.engine.supervisor;

import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.engine.FacetEngine;
import dev.lapidary.engine.facet.Facet;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.facet.FacetStatus;
import dev.lapidary.engine.guest.js.JsCode;
import dev.lapidary.engine.guest.js.ModuleSources;
import dev.lapidary.engine.object.ObjectNamespace;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/// The built-in supervisor: runs the apps that were deployed to it by name.
///
/// A facet named `counter` or `counter.<anything>` runs the class `App` of the app `counter`.
/// Deploying again resets the app's running facets, so that their next request meets the new code;
/// their data stays.
public final class AppRunner extends SupervisorVerticle {
  private static final String APP_NAME = "[a-z0-9][a-z0-9_-]{0,62}";
  private static final GuestError UPDATED =
      new GuestError("Error", "Durable Object reset because its code was updated.", "");

  private final FacetEngine engine;
  private final ObjectNamespace objects;
  private final AppStore store;
  private final Map<String, JsCode> apps = new ConcurrentSkipListMap<>();

  public AppRunner(FacetEngine engine) {
    this.engine = engine;
    this.objects = engine.namespace("AppRunner");
    this.store = AppStore.open(engine.data().resolve("AppRunner"), engine.limits());
  }

  /// An app and the code it runs at the moment.
  public record App(String app, String codeId) {}

  @Override
  public Future<?> start() {
    store.load(engine.limits()).forEach((name, modules) -> apps.put(name, new JsCode(modules)));
    objects.startAlarms(
        facet -> {
          String app = appOf(facet.name());
          return apps.containsKey(app)
              ? Optional.of(() -> new FacetStart(current(app), null))
              : Optional.empty();
        });
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    store.close();
    return Future.succeededFuture();
  }

  @Override
  protected Response fetch(String object, String facet, Request request) {
    String app = appOf(facet);
    if (!apps.containsKey(app)) {
      throw new UnknownAppException(app);
    }
    return await(
        objects
            .getByName(object)
            .facet(facet, () -> new FacetStart(current(app), null))
            .fetch(request));
  }

  /// What is known of a facet, which the question does not wake.
  ///
  /// @return empty where there never was such a facet; fails with [IllegalArgumentException] where
  ///     a name is empty or too long
  public Future<Optional<FacetStatus>> stat(String object, String facet) {
    return call(
        () ->
            objects
                .getByName(object)
                .facet(facet, () -> new FacetStart(current(appOf(facet)), null))
                .stat());
  }

  private JsCode current(String app) {
    return Objects.requireNonNull(apps.get(app), "apps are never taken away");
  }

  private static String appOf(String facet) {
    int dot = facet.indexOf('.');
    return dot < 0 ? facet : facet.substring(0, dot);
  }

  /// Deploys an app, or new code for it.
  ///
  /// @return the app, once it is durable; fails with [IllegalArgumentException] for a bad name and
  ///     with [dev.lapidary.engine.facet.FacetException] for code that does not start
  public Future<App> deploy(String name, ModuleSources modules) {
    return call(() -> deployNow(name, modules));
  }

  private App deployNow(String name, ModuleSources modules) {
    if (!name.matches(APP_NAME)) {
      throw new IllegalArgumentException(
          "An app's name has 1 to 63 characters, a-z, 0-9, - and _, and starts with a letter or"
              + " digit.");
    }
    JsCode code = await(engine.load(modules, null));
    store.put(name, modules);
    apps.put(name, code);
    for (Facet facet : objects.awake()) {
      if (appOf(facet.id().name()).equals(name)) {
        facet.abort(UPDATED);
      }
    }
    return new App(name, code.codeId());
  }

  /// The deployed apps, by name.
  public List<App> apps() {
    return apps.entrySet().stream()
        .map(app -> new App(app.getKey(), app.getValue().codeId()))
        .toList();
  }
}
