/** `ctx.exports`: the worker's own exports, as others would see them. */

import * as p from "lapidary:primordials";
import { brandClass, unsupported } from "lapidary:brand";
import { held } from "lapidary:capability";
import { makeClass } from "lapidary:classes";
import { readProps } from "lapidary:code";
import { isEntrypoint } from "lapidary:entrypoints";
import { Fetcher, makeFetcher } from "lapidary:fetcher";
import { host } from "lapidary:host";
import { withProps } from "lapidary:loader";
import { DurableObjectNamespace } from "lapidary:namespace";
import { illegalConstructor, LOOPBACK_CLASS, makeCallable, NAMESPACE, SERVICE, wrongArgument } from "lapidary:node";
import { shown } from "lapidary:properties";

/** The handle that stands for this worker itself. */
const SELF = 0;

class LoopbackServiceStub extends Fetcher {}

class LoopbackDurableObjectNamespace extends DurableObjectNamespace {}

class LoopbackDurableObjectClass {
  constructor() {
    illegalConstructor();
  }
}

function serviceStub(name) {
  const hold = held(host.entrypoint(SELF, name, undefined, undefined, undefined));
  const node = { __proto__: null, kind: SERVICE, hold, owned: undefined, refusal: unsupported("LoopbackServiceStub"), name };
  return makeCallable(LoopbackServiceStub.prototype, node, (self, args) => withProps(
    propsOf("LoopbackServiceStub", args),
    (bytes, caps) => makeFetcher(held(host.entrypoint(SELF, self.name, bytes, caps, undefined))),
  ));
}

function classOf(name, props) {
  return held(withProps(props, (bytes, caps) => host.actorClass(SELF, name, bytes, caps)));
}

function loopbackClass(name, kind, hold, prototype, owner) {
  let made;
  const classHold = () => {
    made ??= classOf(name, undefined);
    return made;
  };
  const node = { __proto__: null, kind, hold, owned: undefined, classHold };
  return makeCallable(prototype, node, (self, args) => makeClass(classOf(name, propsOf(owner, args))));
}

function propsOf(owner, args) {
  const options = args[0];
  if ((typeof options !== "object" && typeof options !== "function") || options === null) {
    throw wrongArgument("(called as function)", owner, 1, "Options");
  }
  return readProps(options.props, "Options");
}

function loopback(key, value, namespaces) {
  const name = key === "default" ? undefined : key;
  if (typeof value !== "function" || isEntrypoint(value)) {
    return serviceStub(name);
  }
  for (let i = 0; i < namespaces.length; i++) {
    if (namespaces[i][0] === key) {
      return loopbackClass(
        name, NAMESPACE, held(namespaces[i][1]), LoopbackDurableObjectNamespace.prototype, "LoopbackDurableObjectNamespace");
    }
  }
  return loopbackClass(name, LOOPBACK_CLASS, undefined, LoopbackDurableObjectClass.prototype, "LoopbackDurableObjectClass");
}

/**
 * Defines a member for each export. It is made when it is first looked at: most never are.
 *
 * @param {object} target
 * @param {object} namespace the main module's
 * @param {[string, number][]} namespaces classes whose objects can be reached, with their handles
 */
export function defineExports(target, namespace, namespaces) {
  const keys = p.ReflectOwnKeys(namespace);
  for (let rank = OBJECTS; rank <= CLASSES; rank++) {
    for (let i = 0; i < keys.length; i++) {
      const value = typeof keys[i] === "string" ? namespace[keys[i]] : undefined;
      if (rankOf(value) === rank) {
        define(target, keys[i], value, namespaces);
      }
    }
  }
}

const OBJECTS = 0;
const ENTRYPOINTS = 1;
const CLASSES = 2;

function rankOf(value) {
  return typeof value === "function" ? isEntrypoint(value) ? ENTRYPOINTS : CLASSES
    : typeof value === "object" && value !== null ? OBJECTS : undefined;
}

function define(target, key, value, namespaces) {
  p.ObjectDefineProperty(target, key, {
    __proto__: null,
    enumerable: true,
    configurable: true,
    get() {
      const made = loopback(key, value, namespaces);
      shown(target, key, made);
      return made;
    },
    set(other) {
      shown(target, key, other);
    },
  });
}

for (const constructor of [LoopbackServiceStub, LoopbackDurableObjectNamespace, LoopbackDurableObjectClass]) {
  p.tag(constructor, constructor.name);
  brandClass(constructor, constructor.name);
}
