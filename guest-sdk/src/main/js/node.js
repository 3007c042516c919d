/**
 * What stands behind a stub: a record that only platform code can reach.
 *
 * The record is a private field, stamped upon the stub itself. So a stub can be a function that is called, what inherits
 * from a stub is none, and neither a proxy nor a changed prototype makes one.
 */

import * as p from "lapidary:primordials";

/** A stub that is called: a function or RpcTarget elsewhere. */
export const STUB = 1;
/** A Fetcher: a worker's entrypoint, an object, a facet. */
export const SERVICE = 2;
/** The result of a call, as a promise and as a stub. */
export const PROMISE = 3;
/** A property of any of them. */
export const PROPERTY = 4;
export const NAMESPACE = 5;
export const CLASS = 6;
export const LOADER = 7;
export const WORKER = 8;
/** A class among the worker's own exports. */
export const LOOPBACK_CLASS = 9;
export const FACETS = 10;

class Returned {
  constructor(object) {
    return object;
  }
}

/** The record behind a stub; undefined for anything else. */
export let nodeOf;

class Stamp extends Returned {
  #node;

  constructor(object, node) {
    super(object);
    this.#node = node;
  }

  static {
    nodeOf = (value) => (typeof value === "function" || (typeof value === "object" && value !== null)) && #node in value
      ? value.#node : undefined;
  }
}

const ILLEGAL_TEXT = "Illegal invocation: function called with incorrect `this` reference. "
  + "See https://developers.cloudflare.com/workers/observability/errors/#illegal-invocation-errors for details.";

/** The record of `this`, which must be of one of two kinds. */
export function own(value, kind, other = kind) {
  const node = nodeOf(value);
  if (node === undefined || (node.kind !== kind && node.kind !== other)) {
    throw new p.TypeErrorOf(ILLEGAL_TEXT);
  }
  return node;
}

/** An object with this prototype and record. */
export function makeObject(prototype, node) {
  const object = p.ObjectCreate(prototype);
  new Stamp(object, node);
  return object;
}

/** A function with this prototype and record: `called(node, args)` is what it does. */
export function makeCallable(prototype, node, called) {
  const callable = (...args) => called(node, args);
  p.ReflectDeleteProperty(callable, "name");
  p.ReflectDeleteProperty(callable, "length");
  p.ObjectSetPrototypeOf(callable, prototype);
  new Stamp(callable, node);
  return callable;
}

/** For constructors that apps can see, but not use. */
export function illegalConstructor() {
  throw new p.TypeErrorOf("Illegal constructor");
}

/** The TypeError for an argument that is missing, or of the wrong type. */
export function wrongArgument(method, owner, position, type) {
  return new p.TypeErrorOf("Failed to execute '" + method + "' on '" + owner + "': parameter " + position + " is not of type '" + type + "'.");
}
