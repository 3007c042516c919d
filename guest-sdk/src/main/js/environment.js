/** Fills `env` with what the host says that the code is bound to. */

import * as p from "lapidary:primordials";
import { held } from "lapidary:capability";
import { makeClass } from "lapidary:classes";
import { setCompatibility } from "lapidary:compatibility";
import { env } from "lapidary:entrypoints";
import { makeFetcher } from "lapidary:fetcher";
import { makeLoader } from "lapidary:loader";
import { makeNamespace } from "lapidary:namespace";
import { decode } from "lapidary:payload";
import { shown } from "lapidary:properties";

let namespaces = p.list();

/**
 * @param {object} options `{envBytes, envCaps, bindings, namespaces, date, flags}`, see README.md. Handles stay the host's to
 *   number: those of `env` are held for good
 */
export function environment(options) {
  setCompatibility(options.date ?? "", options.flags ?? p.list());
  namespaces = options.namespaces ?? namespaces;
  const { envBytes, envCaps, bindings } = options;
  if (envBytes !== undefined && envBytes !== null) {
    const given = decode(envBytes, envCaps ?? p.list(), p.list());
    const keys = typeof given === "object" && given !== null ? p.ObjectKeys(given) : p.list();
    for (let i = 0; i < keys.length; i++) {
      shown(env, keys[i], given[keys[i]]);
    }
  }
  for (let i = 0; bindings !== undefined && i < bindings.length; i++) {
    shown(env, bindings[i][0], bound(bindings[i][1], bindings[i][2]));
  }
}

function bound(kind, handle) {
  switch (kind) {
    case "namespace":
      return makeNamespace(handle);
    case "loader":
      return makeLoader(handle);
    case "class":
      return makeClass(held(handle));
    case "service":
      return makeFetcher(held(handle));
    default:
      throw new p.ErrorOf("unknown kind of binding: " + kind);
  }
}

/** `[class name, handle]` of the classes whose objects can be reached. */
export function ownNamespaces() {
  return namespaces;
}
