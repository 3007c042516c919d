/** `ctx.facets`: the facets below this one. */

import * as p from "lapidary:primordials";
import { brandClass, brandPrototype } from "lapidary:brand";
import { forget, keep, recallCallback } from "lapidary:callbacks";
import { openCall } from "lapidary:calls";
import { held } from "lapidary:capability";
import { classHold } from "lapidary:classes";
import { errorDetails, fail } from "lapidary:errors";
import { Fetcher, makeFetcher } from "lapidary:fetcher";
import { host } from "lapidary:host";
import { FACETS, illegalConstructor, makeObject, own, wrongArgument } from "lapidary:node";
import { idText } from "lapidary:namespace";

const OWNER = "DurableObjectFacets";
const MAX_NAME_BYTES = 256;
const LOCAL_TEXT = "Stubs pointing to Durable Object facets are not serializable.";
const CLASS_TEXT = "Incorrect type for the 'class' field on 'StartupOptions': the provided value is not of type "
  + "'DurableObjectClass or LoopbackDurableObjectNamespace or LoopbackColoLocalActorNamespace'.";

const FACET = { __proto__: null, prototype: p.ObjectCreate(Fetcher.prototype), refusal: LOCAL_TEXT };

export class DurableObjectFacets {
  constructor() {
    illegalConstructor();
  }

  get(name, initializer) {
    const text = firstName(this, "get", arguments.length, name);
    if (typeof initializer !== "function") {
      throw wrongArgument("get", OWNER, 2, "function");
    }
    const callback = keep(initializer);
    try {
      const hold = held(host.facet(text, callback));
      hold.forget = () => forget(callback);
      return makeFetcher(hold, FACET);
    } catch (error) {
      forget(callback);
      throw error;
    }
  }

  abort(name, reason) {
    const text = firstName(this, "abort", arguments.length, name);
    if (arguments.length < 2) {
      throw wrongArgument("abort", OWNER, 2, "Value");
    }
    const parts = errorDetails(reason);
    host.facetAbort(text, parts.name, parts.message, parts.stack, parts.properties);
  }

  delete(name) {
    host.facetDelete(firstName(this, "delete", arguments.length, name));
  }

  clone(source, target) {
    const from = firstName(this, "clone", arguments.length, source);
    if (arguments.length < 2) {
      throw wrongArgument("clone", OWNER, 2, "string");
    }
    host.facetClone(from, checkedName(target));
  }

  /** The names of all facets that there are; Lapidary's own. */
  async list() {
    own(this, FACETS);
    const call = openCall();
    host.facetList(call.id);
    return p.JSONParse(await call.promise);
  }

  /** What is known of a facet, null if there is none; Lapidary's own. */
  async stat(name) {
    const text = firstName(this, "stat", arguments.length, name);
    const call = openCall();
    host.facetStat(call.id, text);
    return p.JSONParse(await call.promise);
  }

}

function firstName(facets, method, given, name) {
  own(facets, FACETS);
  if (given === 0) {
    throw wrongArgument(method, OWNER, 1, "string");
  }
  return checkedName(name);
}

function checkedName(name) {
  const text = p.toText(name);
  const length = text.length > MAX_NAME_BYTES ? text.length : p.ArrayBufferByteLength(host.utf8(text));
  if (length > MAX_NAME_BYTES) {
    throw new p.TypeErrorOf("Facet name is too long (max 256 characters).");
  }
  if (length === 0) {
    throw new p.TypeErrorOf("Facet name cannot be empty.");
  }
  return text;
}

/** The `facets` of a ctx. */
export function createFacets() {
  return makeObject(DurableObjectFacets.prototype, { __proto__: null, kind: FACETS });
}

/**
 * The host asks which class a facet runs.
 *
 * @param {number} callback of `get`; 0 where the facet is woken by itself, and its parent's `startFacet` knows
 * @param {object} instance the parent
 */
export async function startFacet(id, callback, name, instance) {
  try {
    let answer;
    if (callback === 0) {
      const method = instance.startFacet;
      if (typeof method !== "function") {
        throw new p.ErrorOf("The facet's parent has no method startFacet(name), so that nobody knows the facet's class.");
      }
      answer = await p.ReflectApply(method, instance, [name]);
    } else {
      answer = recallCallback(callback)();
      if ((typeof answer !== "object" && typeof answer !== "function") && answer !== null && answer !== undefined) {
        throw new p.TypeErrorOf("Callback returned incorrect type; expected 'Promise'");
      }
      answer = await answer;
    }
    if (answer === null || answer === undefined) {
      throw new p.TypeErrorOf("Cannot initialize 'StartupOptions' with required members from an undefined or null value.");
    }
    const facetClass = answer.class;
    const facetId = answer.id;
    const hold = classHold(facetClass);
    if (hold === undefined) {
      throw new p.TypeErrorOf(CLASS_TEXT);
    }
    host.facetStarted(id, hold.handle, facetId === undefined ? undefined : idText(facetId));
  } catch (error) {
    fail(id, error);
  }
}

p.tag(DurableObjectFacets, "DurableObjectFacets");
brandClass(DurableObjectFacets, "DurableObjectFacets");
brandPrototype(FACET.prototype, "Fetcher", LOCAL_TEXT);
