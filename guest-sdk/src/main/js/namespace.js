/** DurableObjectNamespace, its ids, and the stubs of objects. */

import * as p from "lapidary:primordials";
import { brandClass } from "lapidary:brand";
import { held } from "lapidary:capability";
import { Fetcher, makeFetcher } from "lapidary:fetcher";
import { host } from "lapidary:host";
import { illegalConstructor, makeObject, NAMESPACE, own, wrongArgument } from "lapidary:node";

const KEY = { __proto__: null };
const FROM_NAME = 0;
const UNIQUE = 1;
const CHECK = 2;
const ID_MARK = "\0";
const HEX_DIGITS = 64;
const MAX_KEPT_NAME = 1024;
const JURISDICTION_TEXT = "Jurisdiction restrictions are not implemented in workerd.";
let hexOf;
let nameOf;

export class DurableObjectId {
  #hex;
  #name;

  constructor(key, hex, name) {
    if (key !== KEY) {
      illegalConstructor();
    }
    this.#hex = hex;
    this.#name = name;
    p.ObjectDefineProperty(this, "jurisdiction", { __proto__: null, value: undefined, enumerable: true });
    p.ObjectDefineProperty(this, "name", { __proto__: null, value: name, enumerable: true });
  }

  toString() {
    return this.#hex;
  }

  equals(other) {
    const hex = hexOf(other);
    if (hex === undefined) {
      throw wrongArgument("equals", "DurableObjectId", 1, "DurableObjectId");
    }
    return this.#hex === hex;
  }

  static {
    nameOf = (id) => id.#name;
    hexOf = (value) => (typeof value === "object" && value !== null && #hex in value ? value.#hex : undefined);
  }
}

/** The id of a facet's own object, which forgets a name that is too long to be kept. */
export function ownId(hex, name) {
  return makeId(hex, name !== undefined && p.ArrayBufferByteLength(host.utf8(name)) > MAX_KEPT_NAME ? undefined : name);
}

/** The id of these 64 hex digits; `name` is what it was made of, if known. */
export function makeId(hex, name) {
  return new DurableObjectId(KEY, hex, name);
}

/** What a facet is to see as its id, as text for the host to keep: any text stands for itself, an id begins with a NUL. */
export function idText(value) {
  const hex = hexOf(value);
  if (hex === undefined) {
    return p.toText(value);
  }
  const name = nameOf(value);
  return name === undefined ? ID_MARK + hex : ID_MARK + hex + name;
}

/** What `idText` was made of. */
export function idOfText(text) {
  if (!p.StringStartsWith(text, ID_MARK)) {
    return text;
  }
  const name = p.StringSlice(text, 1 + HEX_DIGITS);
  return makeId(p.StringSlice(text, 1, 1 + HEX_DIGITS), name === "" ? undefined : name);
}

/** The class of objects' stubs. Apps know it as DurableObject. */
const ObjectStub = class DurableObject extends Fetcher {};
const DURABLE_OBJECT = "DurableObject";

export class DurableObjectNamespace {
  constructor() {
    illegalConstructor();
  }

  newUniqueId(options = undefined) {
    const { hold } = own(this, NAMESPACE);
    if (options !== undefined && options !== null) {
      if (typeof options !== "object" && typeof options !== "function") {
        throw wrongArgument("newUniqueId", "DurableObjectNamespace", 1, "NewUniqueIdOptions");
      }
      refuseJurisdiction(options.jurisdiction);
    }
    return makeId(host.objectId(hold.handle, UNIQUE, undefined), undefined);
  }

  idFromName(name) {
    const { hold } = own(this, NAMESPACE);
    if (arguments.length === 0) {
      throw wrongArgument("idFromName", "DurableObjectNamespace", 1, "string");
    }
    const text = p.toText(name);
    return makeId(host.objectId(hold.handle, FROM_NAME, text), text);
  }

  idFromString(id) {
    const { hold } = own(this, NAMESPACE);
    if (arguments.length === 0) {
      throw wrongArgument("idFromString", "DurableObjectNamespace", 1, "string");
    }
    return makeId(host.objectId(hold.handle, CHECK, p.toText(id)), undefined);
  }

  get(id, options = undefined) {
    const { hold } = own(this, NAMESPACE);
    const hex = hexOf(id);
    if (hex === undefined) {
      throw wrongArgument("get", "DurableObjectNamespace", 1, "DurableObjectId");
    }
    if (options !== undefined && options !== null && typeof options !== "object" && typeof options !== "function") {
      throw wrongArgument("get", "DurableObjectNamespace", 2, "GetDurableObjectOptions");
    }
    return stubOf(hold, id, hex, nameOf(id));
  }

  getByName(name, options = undefined) {
    const { hold } = own(this, NAMESPACE);
    if (arguments.length === 0) {
      throw wrongArgument("getByName", "DurableObjectNamespace", 1, "string");
    }
    if (options !== undefined && options !== null && typeof options !== "object" && typeof options !== "function") {
      throw wrongArgument("getByName", "DurableObjectNamespace", 2, "GetDurableObjectOptions");
    }
    const text = p.toText(name);
    const hex = host.objectId(hold.handle, FROM_NAME, text);
    return stubOf(hold, makeId(hex, text), hex, text);
  }

  jurisdiction(jurisdiction = undefined) {
    own(this, NAMESPACE);
    refuseJurisdiction(jurisdiction);
    return this;
  }
}

function refuseJurisdiction(jurisdiction) {
  if (jurisdiction !== undefined && jurisdiction !== null) {
    throw new p.ErrorOf(JURISDICTION_TEXT);
  }
}

function stubOf(namespace, id, hex, name) {
  const stub = makeFetcher(held(host.objectStub(namespace.handle, hex, name)), { __proto__: null, prototype: ObjectStub.prototype });
  p.ObjectDefineProperty(stub, "name", { __proto__: null, value: name, enumerable: true });
  p.ObjectDefineProperty(stub, "id", { __proto__: null, value: id, enumerable: true });
  return stub;
}

/** The namespace of a handle. */
export function makeNamespace(handle) {
  return makeObject(DurableObjectNamespace.prototype, { __proto__: null, kind: NAMESPACE, hold: held(handle), owned: undefined });
}

p.tag(DurableObjectId, "DurableObjectId");
p.tag(ObjectStub, DURABLE_OBJECT);
p.tag(DurableObjectNamespace, "DurableObjectNamespace");
brandClass(DurableObjectId, "DurableObjectId");
brandClass(ObjectStub, DURABLE_OBJECT, "ServiceStub cannot be serialized in this context.");
brandClass(DurableObjectNamespace, "DurableObjectNamespace");
