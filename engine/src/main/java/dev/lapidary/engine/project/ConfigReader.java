package dev.lapidary.engine.project;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lapidary.engine.project.WranglerConfig.Bundling;
import dev.lapidary.engine.project.WranglerConfig.EventLimits;
import dev.lapidary.engine.project.WranglerConfig.Migration;
import dev.lapidary.engine.project.WranglerConfig.Service;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Checks a configuration and makes a [WranglerConfig] of it. For one use.
final class ConfigReader {
  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9_-]{0,62}";
  private static final String CLASS = "[A-Za-z][A-Za-z0-9_]{0,99}";

  private final Path folder;
  private final ConfigFile file;
  private final @Nullable String environment;
  private final ConfigProblems problems;
  private final Set<String> bindings = new HashSet<>();

  ConfigReader(Path folder, ConfigFile file, @Nullable String environment) {
    this.folder = folder;
    this.file = file;
    this.environment = environment;
    this.problems = new ConfigProblems(file);
  }

  WranglerConfig read() throws InvalidProject {
    file.beside().forEach(other -> problems.warn("", "is read; " + other + " beside it is not"));
    Section config = chosen();
    Map<String, String> secrets = DevVars.read(folder, environment);
    config.value("$schema");
    config.value("env");
    String name = name(config);
    Path main = main(config);
    String date = Compatibility.date(config, problems);
    List<String> flags = Compatibility.flags(config);
    Map<String, String> objects = objects(config, name);
    List<Migration> migrations = migrations(config);
    checkClasses(config, objects, migrations);
    List<String> loaders = loaders(config);
    Map<String, JsonNode> vars = vars(config, secrets);
    Map<String, Service> services = services(config, name);
    Bundling bundling = bundling(config, flags);
    EventLimits limits = limits(config);
    triggers(config);
    without(config);
    config.end();
    if (!problems.errors().isEmpty()) {
      throw new InvalidProject(problems.errors());
    }
    return new WranglerConfig(
        file.name(),
        name,
        main,
        date,
        flags,
        objects,
        migrations,
        loaders,
        vars,
        secrets.keySet(),
        services,
        bundling,
        limits,
        problems.warnings());
  }

  /// The top level, with the environment's keys over it where one was chosen.
  private Section chosen() throws InvalidProject {
    Section top = new Section(problems, "", file.root());
    if (environment == null) {
      return top;
    }
    Section environments = top.section("env");
    Section own = environments == null ? null : environments.section(environment);
    if (own == null) {
      Set<String> known = environments == null ? Set.of() : new TreeSet<>(environments.keys());
      throw new InvalidProject(
          "%s: there is no environment '%s'; there %s."
              .formatted(
                  file.name(),
                  environment,
                  known.isEmpty() ? "are none" : "is " + String.join(", ", known)));
    }
    ConfigKeys.NOT_INHERITED.stream()
        .filter(key -> top.has(key) && !own.has(key))
        .sorted()
        .forEach(key -> own.warn(key, "is not taken over from the top level; repeat it there"));
    return top.over(own, ConfigKeys.NOT_INHERITED);
  }

  private String name(Section config) {
    String name = config.string("name");
    if (name == null) {
      problems.warn("", "'name' is missing; the Worker is called 'worker'");
      return "worker";
    }
    if (!name.matches(NAME)) {
      config.error("name", "has 1 to 63 letters, digits, - and _, and starts with no - or _");
    }
    boolean ownName = environment != null && config.pointerOf("name").startsWith("/env/");
    return environment == null || ownName ? name : name + "-" + environment;
  }

  private Path main(Section config) {
    String main = config.requiredString("main");
    if (main == null) {
      return folder;
    }
    Path entry = folder.resolve(main).normalize();
    if (!Files.isRegularFile(entry)) {
      config.error("main", "names a file that does not exist: " + main);
    }
    return entry;
  }

  private Map<String, String> objects(Section config, String name) {
    Map<String, String> objects = new LinkedHashMap<>();
    Section durable = config.section("durable_objects");
    if (durable == null) {
      return objects;
    }
    for (Section binding : durable.sections("bindings")) {
      String key = binding(binding, "name");
      String className = className(binding, "class_name");
      refuseOther(binding, "script_name", name);
      refuseEnvironment(binding);
      binding.end();
      if (key != null && className != null) {
        objects.put(key, className);
      }
    }
    durable.end();
    return objects;
  }

  /// The name of a binding, which no other has.
  private @Nullable String binding(Section section, String key) {
    String name = section.requiredString(key);
    if (name != null && !bindings.add(name)) {
      section.error(key, "is the name of another binding already: " + name);
    }
    return name;
  }

  private static @Nullable String className(Section section, String key) {
    String name = section.requiredString(key);
    if (name != null && !name.matches(CLASS)) {
      section.error(key, "must be a class name of letters, digits and _, not '" + name + "'");
      return null;
    }
    return name;
  }

  private static void refuseOther(Section section, String key, String name) {
    String other = section.string(key);
    if (other != null && !other.equals(name)) {
      section.error(
          key,
          "must be this Worker, '" + name + "': a project runs alone, without '" + other + "'");
    }
  }

  private static void refuseEnvironment(Section section) {
    if (section.string("environment") != null) {
      section.error("environment", "names another Worker: a project runs alone");
    }
  }

  private List<Migration> migrations(Section config) {
    List<Migration> migrations = new ArrayList<>();
    Set<String> tags = new HashSet<>();
    for (Section section : config.sections("migrations")) {
      String tag = section.requiredString("tag");
      if (tag != null && !tags.add(tag)) {
        section.error("tag", "is the tag of an earlier migration already: " + tag);
      }
      List<String> created = new ArrayList<>(section.strings("new_sqlite_classes"));
      List<String> plain = section.strings("new_classes");
      if (!plain.isEmpty()) {
        section.warn("new_classes", "makes classes over SQLite, as new_sqlite_classes does");
      }
      created.addAll(plain);
      Map<String, String> renamed = new LinkedHashMap<>();
      for (Section rename : section.sections("renamed_classes")) {
        String from = className(rename, "from");
        String to = className(rename, "to");
        rename.end();
        if (from != null && to != null) {
          renamed.put(from, to);
        }
      }
      List<String> deleted = section.strings("deleted_classes");
      if (section.value("transferred_classes") != null) {
        section.error("transferred_classes", "names another Worker: a project runs alone");
      }
      section.end();
      migrations.add(new Migration(String.valueOf(tag), created, renamed, deleted));
    }
    return migrations;
  }

  /// Objects of a class that no migration made, or that one deleted, are a mistake.
  private static void checkClasses(
      Section config, Map<String, String> objects, List<Migration> migrations) {
    Set<String> there = new HashSet<>();
    Set<String> gone = new HashSet<>();
    for (Migration migration : migrations) {
      there.addAll(migration.created());
      migration.renamed().forEach((from, to) -> there.add(to));
      gone.removeAll(migration.created());
      gone.removeAll(migration.renamed().values());
      gone.addAll(migration.renamed().keySet());
      gone.addAll(migration.deleted());
    }
    for (String className : new TreeSet<>(objects.values())) {
      if (gone.contains(className)) {
        config.error("durable_objects", "binds " + className + ", which a migration took away");
      } else if (!there.contains(className)) {
        config.warn("migrations", "lacks " + className + " in new_sqlite_classes");
      }
    }
  }

  private List<String> loaders(Section config) {
    List<String> loaders = new ArrayList<>();
    for (Section loader : config.sections("worker_loaders")) {
      String name = binding(loader, "binding");
      loader.end();
      if (name != null) {
        loaders.add(name);
      }
    }
    return loaders;
  }

  private Map<String, JsonNode> vars(Section config, Map<String, String> secrets) {
    Map<String, JsonNode> vars = new LinkedHashMap<>();
    Section section = config.section("vars");
    if (section != null) {
      section.each(
          (name, value) -> {
            if (!bindings.add(name)) {
              section.error(name, "is the name of another binding already");
            }
            vars.put(name, value);
          });
    }
    secrets.forEach(
        (name, value) -> {
          if (!vars.containsKey(name) && !bindings.add(name)) {
            problems.error("", DevVars.NAME + " has the name of another binding: " + name);
          }
          vars.put(name, JsonNodeFactory.instance.textNode(value));
        });
    return vars;
  }

  private Map<String, Service> services(Section config, String name) {
    Map<String, Service> services = new LinkedHashMap<>();
    for (Section section : config.sections("services")) {
      String key = binding(section, "binding");
      if (section.requiredString("service") != null) {
        refuseOther(section, "service", name);
      }
      refuseEnvironment(section);
      String entrypoint = section.string("entrypoint");
      Section props = section.section("props");
      section.value("remote");
      section.end();
      if (key != null) {
        JsonNode value = props == null ? null : section.value("props");
        services.put(key, new Service("default".equals(entrypoint) ? null : entrypoint, value));
      }
    }
    return services;
  }

  private Bundling bundling(Section config, List<String> flags) {
    ObjectNode options = JsonNodeFactory.instance.objectNode();
    ObjectNode alias = options.putObject("alias");
    config.stringMap("alias").forEach(alias::put);
    ObjectNode define = options.putObject("define");
    config.stringMap("define").forEach(define::put);
    options.put("minify", Boolean.TRUE.equals(config.flag("minify")));
    options.put("keepNames", !Boolean.FALSE.equals(config.flag("keep_names")));
    copy(config, "tsconfig", options, "tsconfig");
    copy(config, "jsx_factory", options, "jsxFactory");
    copy(config, "jsx_fragment", options, "jsxFragment");
    boolean bundle = !Boolean.TRUE.equals(config.flag("no_bundle"));
    Boolean find = config.flag("find_additional_modules");
    if (find != null && find == bundle) {
      config.error("find_additional_modules", "goes with no_bundle: it must be " + !bundle);
    }
    if (!bundle) {
      String base = config.string("base_dir");
      if (base != null && !base.matches("\\./?|")) {
        config.error("base_dir", "is not supported; modules are found beside main");
      }
    } else {
      config.value("base_dir");
    }
    boolean nodeCompat = flags.stream().anyMatch(flag -> flag.startsWith("nodejs_compat"));
    return new Bundling(bundle, ModuleRules.read(config), nodeCompat, options);
  }

  private static void copy(Section config, String key, ObjectNode options, String option) {
    String value = config.string(key);
    if (value != null) {
      options.put(option, value);
    }
  }

  private static EventLimits limits(Section config) {
    Section limits = config.section("limits");
    if (limits == null) {
      return new EventLimits(null, null);
    }
    EventLimits read = new EventLimits(limits.positive("cpu_ms"), limits.positive("subrequests"));
    limits.end();
    return read;
  }

  private static void triggers(Section config) {
    Section triggers = config.section("triggers");
    if (triggers != null) {
      if (!triggers.strings("crons").isEmpty()) {
        triggers.error("crons", "would never run: there are no cron triggers; use alarms");
      }
      triggers.end();
    }
  }

  /// The keys that Lapidary has nothing for.
  private static void without(Section config) {
    ConfigKeys.REFUSED.forEach(
        (key, why) -> {
          if (config.isUsed(key)) {
            config.error(key, "cannot be honoured: " + why);
          }
        });
    Set<String> harmless =
        ConfigKeys.HARMLESS.stream()
            .filter(config::has)
            .collect(Collectors.toCollection(TreeSet::new));
    harmless.forEach(config::value);
    if (!harmless.isEmpty()) {
      config.warn(harmless.iterator().next(), harmlessText(harmless));
    }
  }

  private static String harmlessText(Set<String> keys) {
    String others = keys.stream().skip(1).collect(Collectors.joining(", "));
    return (others.isEmpty() ? "" : "(and " + others + ") ") + "has no effect on this machine";
  }
}
