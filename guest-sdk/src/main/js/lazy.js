/**
 * Modules that are evaluated when something of theirs is first used, so that apps without them start as fast as ever.
 * What an app uses at module scope is in its image.
 */

import * as p from "lapidary:primordials";
import { host } from "lapidary:host";

const modules = new p.MapOf();

/** The namespace of `lapidary:<name>`, undefined where nobody has used it yet. */
export function loaded(name) {
  return p.MapGet(modules, name);
}

/** The namespace of `lapidary:<name>` or `node:<name>`, which is evaluated at the first call. It may not await at its top level. */
export function load(name) {
  const known = p.MapGet(modules, name);
  if (known !== undefined) {
    return known;
  }
  const namespace = host.moduleNamespace(p.StringIndexOf(name, ":") < 0 ? "lapidary:" + name : name);
  p.MapSet(modules, name, namespace);
  return namespace;
}

/** Defines global names whose values are exports of a module that is loaded when one of them is read. */
export function defineLazily(module, names, target = globalThis) {
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    const settle = (value) => {
      p.ObjectDefineProperty(target, name, { __proto__: null, value, writable: true, enumerable: false, configurable: true });
      return value;
    };
    p.ObjectDefineProperty(target, name, {
      __proto__: null, get: () => settle(load(module)[name]), set: settle, enumerable: false, configurable: true,
    });
  }
}
