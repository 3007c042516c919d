package dev.lapidary.engine.project;

import dev.lapidary.engine.project.WranglerConfig.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `rules`: which files are modules of which type, wrangler's own rules behind the project's.
final class ModuleRules {
  private static final Set<String> TYPES =
      Set.of("ESModule", "CommonJS", "Text", "Data", "CompiledWasm");
  private static final List<Rule> DEFAULTS =
      List.of(
          new Rule("Text", List.of("**/*.txt", "**/*.html", "**/*.sql")),
          new Rule("Data", List.of("**/*.bin")),
          new Rule("CompiledWasm", List.of("**/*.wasm", "**/*.wasm?module")),
          new Rule("ESModule", List.of("**/*.js", "**/*.mjs")),
          new Rule("CommonJS", List.of("**/*.cjs")));

  private ModuleRules() {}

  /// A rule ends those of its type that come later, unless it has `fallthrough`.
  static List<Rule> read(Section config) {
    List<Rule> rules = new ArrayList<>();
    Map<String, Boolean> ended = new HashMap<>();
    for (Section section : config.sections("rules")) {
      String type = section.requiredString("type");
      List<String> globs = section.strings("globs");
      boolean fallthrough = Boolean.TRUE.equals(section.flag("fallthrough"));
      section.end();
      if (type == null) {
        continue;
      }
      if (!TYPES.contains(type)) {
        section.error(
            "type", "must be ESModule, CommonJS, Text, Data or CompiledWasm, not '" + type + "'");
      } else if (globs.isEmpty()) {
        section.error("globs", "must name at least one pattern");
      } else if (ended.getOrDefault(type, false)) {
        section.warn("type", "has no effect: an earlier rule for " + type + " lacks fallthrough");
      } else {
        rules.add(new Rule(type, globs));
        ended.put(type, !fallthrough);
      }
    }
    DEFAULTS.stream().filter(rule -> !ended.getOrDefault(rule.type(), false)).forEach(rules::add);
    return rules;
  }
}
