package dev.lapidary.engine.guest.js;

import java.nio.charset.StandardCharsets;

/// What one module of an app is: its type and its content. Importers of any but an ES module get
/// the default export alone. Immutable.
public sealed interface ModuleContent {

  /// An ES module.
  record Es(String source) implements ModuleContent {
    @Override
    public byte[] bytes() {
      return utf8(source);
    }

    @Override
    public String type() {
      return "js";
    }
  }

  /// A CommonJS module: `module.exports` is the default export, and `require` finds siblings.
  record CommonJs(String source) implements ModuleContent {
    @Override
    public byte[] bytes() {
      return utf8(source);
    }

    @Override
    public String type() {
      return "cjs";
    }
  }

  /// A string.
  record Text(String text) implements ModuleContent {
    @Override
    public byte[] bytes() {
      return utf8(text);
    }

    @Override
    public String type() {
      return "text";
    }
  }

  /// A value.
  ///
  /// @param json its JSON text
  record Json(String json) implements ModuleContent {
    @Override
    public byte[] bytes() {
      return utf8(json);
    }

    @Override
    public String type() {
      return "json";
    }
  }

  /// An `ArrayBuffer`.
  ///
  /// @param bytes its bytes; never to be written to again
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  record Data(byte[] bytes) implements ModuleContent {
    @Override
    public String type() {
      return "data";
    }
  }

  /// A `WebAssembly.Module`, which JavaScript can hand on but not instantiate.
  ///
  /// @param bytes the binary; never to be written to again
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  record Wasm(byte[] bytes) implements ModuleContent {
    @Override
    public String type() {
      return "wasm";
    }
  }

  /// The content, texts in UTF-8; not to be written to.
  byte[] bytes();

  /// What the Worker Loader calls the type: `js`, `cjs`, `text`, `json`, `data` or `wasm`.
  String type();

  /// The content of a type that is named as the Worker Loader does.
  ///
  /// @param type `js`, `cjs`, `text`, `json`, `data` or `wasm`
  /// @param bytes never to be written to again; texts in UTF-8
  /// @throws ModuleSources.InvalidModules where there is no such type
  static ModuleContent of(String type, byte[] bytes) {
    return switch (type) {
      case "js" -> new Es(new String(bytes, StandardCharsets.UTF_8));
      case "cjs" -> new CommonJs(new String(bytes, StandardCharsets.UTF_8));
      case "text" -> new Text(new String(bytes, StandardCharsets.UTF_8));
      case "json" -> new Json(new String(bytes, StandardCharsets.UTF_8));
      case "data" -> new Data(bytes);
      case "wasm" -> new Wasm(bytes);
      default ->
          throw new ModuleSources.InvalidModules(
              "A module is one of 'js', 'cjs', 'text', 'data', 'json' or 'wasm', not '"
                  + type
                  + "'.");
    };
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
