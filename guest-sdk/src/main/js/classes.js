/** DurableObjectClass: a class that facets can run. What it is made of is the host's business. */

import * as p from "lapidary:primordials";
import { brandClass } from "lapidary:brand";
import { CLASS, illegalConstructor, makeObject, nodeOf } from "lapidary:node";
import { liveHold, makeStub, setMaker } from "lapidary:payload";

export class DurableObjectClass {
  constructor() {
    illegalConstructor();
  }
}

/** A class that owns one reference of `hold`; see `makeStub`. */
export function makeClass(hold, special = undefined) {
  return makeStub(CLASS, hold, special);
}

/** What stands for the class that an app gave, be it such a class or one of its own exports; undefined for anything else. */
export function classHold(value) {
  const node = nodeOf(value);
  return node === undefined ? undefined : node.kind === CLASS ? liveHold(node) : node.classHold?.();
}

setMaker(CLASS, (node) => makeObject(DurableObjectClass.prototype, node));
p.tag(DurableObjectClass, "DurableObjectClass");
brandClass(DurableObjectClass, "DurableObjectClass", "DurableObjectClass cannot be serialized in this context.");
