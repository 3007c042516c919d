/** An app's modules that are not ES modules: CommonJS, text, data, JSON and Wasm, as default exports. */

import * as p from "lapidary:primordials";
import { host } from "lapidary:host";
import { load as loadLazily } from "lapidary:lazy";

/** Module objects by full name; a CommonJS module is here from before it runs, so that circles end. */
const modules = new p.MapOf();
const namespaces = new p.MapOf();

/** The default export of the module with this full name, which is no ES module. Made once. */
export function load(name) {
  let module = p.MapGet(modules, name);
  if (module === undefined) {
    const type = host.moduleType(name);
    if (type === "cjs") {
      return loadCommonJs(name);
    }
    module = { __proto__: null, exports: value(type, name) };
    p.MapSet(modules, name, module);
  }
  return module.exports;
}

function value(type, name) {
  if (type === "wasm") {
    return loadLazily("webassembly").createModule(name);
  }
  const content = host.moduleContent(name);
  return type === "json" ? p.JSONParse(content) : content;
}

function loadCommonJs(name) {
  const path = "/" + name;
  const module = { path, exports: {} };
  p.MapSet(modules, name, module);
  try {
    const run = host.moduleContent(name);
    p.ReflectApply(run, undefined, [module.exports, requireFrom(name), module, path, folder(path)]);
  } catch (error) {
    p.MapDelete(modules, name);
    throw error;
  }
  return module.exports;
}

function requireFrom(importer) {
  return function require(specifier) {
    const name = host.moduleRequire(importer, "" + specifier);
    return host.moduleType(name) === "js" ? namespace(name).default : load(name);
  };
}

function namespace(name) {
  let found = p.MapGet(namespaces, name);
  if (found === undefined) {
    found = host.moduleNamespace(name);
    p.MapSet(namespaces, name, found);
  }
  return found;
}

function folder(path) {
  let end = path.length - 1;
  while (end > 0 && path[end] !== "/") {
    end--;
  }
  return end === 0 ? "/" : p.StringSlice(path, 0, end);
}
