package dev.lapidary.engine.project;

import dev.lapidary.engine.guest.js.ModuleContent;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The modules made of a project's sources.
///
/// @param main the name of the entry module
/// @param modules the modules by name
/// @param exports names that the entry module exports; empty where the bundler was not asked
/// @param sourceMap the way back from the entry module to the sources; empty where they are it
/// @param inputs the files it was made of
/// @param warnings what the bundler remarked, with file and line
public record Bundle(
    String main,
    Map<String, ModuleContent> modules,
    Set<String> exports,
    SourceMap sourceMap,
    List<Path> inputs,
    List<String> warnings) {
  public Bundle {
    modules = Map.copyOf(modules);
    exports = Set.copyOf(exports);
    inputs = List.copyOf(inputs);
    warnings = List.copyOf(warnings);
  }
}
