package dev.lapidary.engine.project;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A Worker project's configuration, checked. Immutable.
///
/// @param file the name of the file it was read from
/// @param name the Worker's name
/// @param main the entry's file
/// @param objects Durable Object namespaces by binding name
/// @param migrations in the order of the file
/// @param loaders names of Worker Loader bindings
/// @param vars texts and JSON values by binding name, `.dev.vars` included
/// @param secrets which of the vars `.dev.vars` gave, and nobody should print
/// @param services entrypoints of this Worker itself, by binding name
/// @param bundling how modules are made of the sources
/// @param limits of one event
/// @param warnings what has no effect, one a line
public record WranglerConfig(
    String file,
    String name,
    Path main,
    String compatibilityDate,
    List<String> compatibilityFlags,
    Map<String, String> objects,
    List<Migration> migrations,
    List<String> loaders,
    Map<String, JsonNode> vars,
    Set<String> secrets,
    Map<String, Service> services,
    Bundling bundling,
    EventLimits limits,
    List<String> warnings) {
  public WranglerConfig {
    compatibilityFlags = List.copyOf(compatibilityFlags);
    objects = Collections.unmodifiableMap(new LinkedHashMap<>(objects));
    migrations = List.copyOf(migrations);
    loaders = List.copyOf(loaders);
    vars = Collections.unmodifiableMap(new LinkedHashMap<>(vars));
    secrets = Set.copyOf(secrets);
    services = Collections.unmodifiableMap(new LinkedHashMap<>(services));
    warnings = List.copyOf(warnings);
  }

  /// The classes that have objects, by the bindings and after all migrations.
  public Set<String> classes() {
    Set<String> classes = new TreeSet<>();
    for (Migration migration : migrations) {
      classes.addAll(migration.created());
      classes.addAll(migration.renamed().values());
      classes.removeAll(migration.renamed().keySet());
      classes.removeAll(migration.deleted());
    }
    classes.addAll(objects.values());
    return classes;
  }

  /// What happened to classes at one time.
  ///
  /// @param created new classes
  /// @param renamed old names to new ones
  /// @param deleted classes whose objects are no longer wanted
  public record Migration(
      String tag, List<String> created, Map<String, String> renamed, List<String> deleted) {
    public Migration {
      created = List.copyOf(created);
      renamed = Collections.unmodifiableMap(new LinkedHashMap<>(renamed));
      deleted = List.copyOf(deleted);
    }
  }

  /// An entrypoint of this Worker.
  ///
  /// @param entrypoint the exported class; null for the default export
  /// @param props what it sees as `ctx.props`; null for none
  public record Service(@Nullable String entrypoint, @Nullable JsonNode props) {}

  /// How modules are made of sources.
  ///
  /// @param bundle false where the sources are modules already (`no_bundle`)
  /// @param rules which imports stay modules of their own, and of which type; the first that fits
  /// @param nodeCompat whether bare names of Node.js' modules mean these
  /// @param options of esbuild, by its own names
  public record Bundling(boolean bundle, List<Rule> rules, boolean nodeCompat, ObjectNode options) {
    public Bundling {
      rules = List.copyOf(rules);
    }
  }

  /// Which files become modules of which type.
  ///
  /// @param type `ESModule`, `CommonJS`, `Text`, `Data` or `CompiledWasm`
  public record Rule(String type, List<String> globs) {
    public Rule {
      globs = List.copyOf(globs);
    }
  }

  /// Limits of one event; null where nothing was said.
  public record EventLimits(@Nullable Integer cpuMillis, @Nullable Integer subrequests) {}

  /// Reads the configuration of the project in a folder.
  ///
  /// @param environment which of its environments (`env`); null for the top level
  /// @throws InvalidProject with everything that is wrong
  public static WranglerConfig read(Path folder, @Nullable String environment)
      throws InvalidProject {
    return new ConfigReader(folder, ConfigFile.read(folder), environment).read();
  }
}
