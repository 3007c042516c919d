package dev.lapidary.engine.supervisor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lapidary.abi.Limits;
import dev.lapidary.engine.guest.js.ModuleSources;
import dev.lapidary.engine.storage.Bindings;
import dev.lapidary.engine.storage.FacetDatabase;
import dev.lapidary.engine.storage.SqlCursor;
import dev.lapidary.engine.storage.SqlException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// Where the supervisor keeps the code of its apps: a database of its own, `apps.sqlite`. An app is
/// durable when [#put] returns. Guarded by the supervisor, which makes one call at a time.
final class AppStore implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final FacetDatabase database;

  private AppStore(FacetDatabase database) {
    this.database = database;
  }

  static AppStore open(Path folder, Limits limits) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // The quotas are for facets; what may be deployed is limited by itself.
    Limits own = limits.withSql(Limits.Sql.WIDE).withStorage(Limits.Storage.DEFAULT);
    AppStore store =
        new AppStore(FacetDatabase.openWithoutHistory(folder.resolve("apps.sqlite"), own));
    store.database.exec(
        "CREATE TABLE IF NOT EXISTS apps"
            + " (name TEXT PRIMARY KEY, main TEXT NOT NULL, modules TEXT NOT NULL);"
            + "CREATE TABLE IF NOT EXISTS wasm_apps"
            + " (name TEXT PRIMARY KEY, module BLOB NOT NULL)");
    store.database.commit();
    return store;
  }

  /// @throws AppNotStoredException where the disk does not take it; nothing is stored then
  void put(String name, AppSource source) {
    try {
      switch (source) {
        case AppSource.JavaScript app -> {
          database.exec("DELETE FROM wasm_apps WHERE name = ?", Bindings.none().addText(name));
          database.exec(
              "INSERT OR REPLACE INTO apps (name, main, modules) VALUES (?, ?, ?)",
              Bindings.none()
                  .addText(name)
                  .addText(app.modules().main())
                  .addText(ModuleJson.write(app.modules())));
        }
        case AppSource.WebAssembly app -> {
          database.exec("DELETE FROM apps WHERE name = ?", Bindings.none().addText(name));
          database.exec(
              "INSERT OR REPLACE INTO wasm_apps (name, module) VALUES (?, ?)",
              Bindings.none().addText(name).addBlob(app.module()));
        }
      }
      database.commit();
    } catch (SqlException e) {
      database.rollback();
      throw new AppNotStoredException(e);
    } catch (RuntimeException e) {
      database.rollback();
      throw e;
    }
  }

  /// All apps, by name.
  Map<String, AppSource> load(Limits limits) {
    Map<String, AppSource> apps = new TreeMap<>();
    SqlCursor rows = database.exec("SELECT name, main, modules FROM apps");
    for (; rows.hasRow(); rows.advance()) {
      apps.put(rows.text(0), new AppSource.JavaScript(modules(rows.text(1), rows.text(2), limits)));
    }
    SqlCursor modules = database.exec("SELECT name, module FROM wasm_apps");
    for (; modules.hasRow(); modules.advance()) {
      apps.put(modules.text(0), new AppSource.WebAssembly(modules.blob(1)));
    }
    return apps;
  }

  private static ModuleSources modules(String main, String json, Limits limits) {
    try {
      return ModuleJson.read(main, JSON.readTree(json), limits);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the app store holds modules that are not JSON", e);
    }
  }

  @Override
  public void close() {
    database.close();
  }
}
