package dev.lapidary.engine.supervisor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.lapidary.abi.Limits;
import dev.lapidary.engine.guest.js.ModuleContent;
import dev.lapidary.engine.guest.js.ModuleSources;
import dev.lapidary.engine.guest.js.ModuleSources.InvalidModules;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// Modules as JSON: an object of name to module. A module is a string, which is an ES module, or an
/// object with one property, `js`, `cjs` or `text` (a string), `json` (any value), `data` or `wasm`
/// (base64).
public final class ModuleJson {
  private static final Set<String> TEXTS = Set.of("js", "cjs", "text");
  private static final Set<String> BYTES = Set.of("data", "wasm");

  private ModuleJson() {}

  /// Reads modules as the API has them.
  ///
  /// @param main the name of the entry module
  /// @throws InvalidModules where a module is malformed, or not allowed
  public static ModuleSources read(String main, JsonNode modules, Limits limits) {
    Map<String, ModuleContent> contents = new LinkedHashMap<>();
    modules
        .properties()
        .forEach(
            module -> contents.put(module.getKey(), content(module.getKey(), module.getValue())));
    return new ModuleSources(main, contents, limits);
  }

  private static ModuleContent content(String name, JsonNode module) {
    if (module.isTextual()) {
      return ModuleSources.untyped(name, module.textValue());
    }
    if (!module.isObject() || module.size() != 1) {
      throw new InvalidModules(
          "Each module must be a string or contain exactly one of 'js', 'cjs', 'text', 'data',"
              + " 'json', or 'wasm'. Module '%s' %s."
                  .formatted(
                      name,
                      module.isObject()
                          ? "contained " + module.size() + " properties"
                          : "is neither a string nor an object"));
    }
    var property = module.properties().iterator().next();
    return ModuleContent.of(property.getKey(), bytes(name, property.getKey(), property.getValue()));
  }

  private static byte[] bytes(String name, String type, JsonNode value) {
    if (TEXTS.contains(type)) {
      if (!value.isTextual()) {
        throw new InvalidModules("Module '" + name + "': '" + type + "' must be a string.");
      }
      return value.textValue().getBytes(StandardCharsets.UTF_8);
    }
    if (BYTES.contains(type)) {
      try {
        return Base64.getDecoder().decode(value.isTextual() ? value.textValue() : "?");
      } catch (IllegalArgumentException e) {
        throw new InvalidModules("Module '" + name + "': '" + type + "' must be a base64 string.");
      }
    }
    return value.toString().getBytes(StandardCharsets.UTF_8);
  }

  /// The JSON that [#read] takes.
  static String write(ModuleSources modules) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    modules.modules().forEach((name, content) -> write(json, name, content));
    return json.toString();
  }

  private static void write(ObjectNode json, String name, ModuleContent content) {
    switch (content) {
      case ModuleContent.Es es -> json.putObject(name).put("js", es.source());
      case ModuleContent.CommonJs script -> json.putObject(name).put("cjs", script.source());
      case ModuleContent.Text text -> json.putObject(name).put("text", text.text());
      case ModuleContent.Json value ->
          json.putObject(name).putRawValue("json", new RawValue(value.json()));
      case ModuleContent.Data data -> json.putObject(name).put("data", base64(data.bytes()));
      case ModuleContent.Wasm wasm -> json.putObject(name).put("wasm", base64(wasm.bytes()));
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
