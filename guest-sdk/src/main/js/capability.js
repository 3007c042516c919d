/**
 * What this guest holds of others, and what others hold of it.
 *
 * A hold is a counted record: `handle` is the host's number for something elsewhere, or 0 where the hold is of `target`, a
 * function or object of this guest's. Whoever keeps a hold has retained it. A lease is one reference that a JavaScript
 * object owns: it ends when the object is disposed of, or collected. Numbers and records never reach an app.
 */

import * as p from "lapidary:primordials";
import { reportRejection } from "lapidary:console";
import { host } from "lapidary:host";

const exported = new p.MapOf();
let nextExport = 1;
let registry;

/** A hold of something elsewhere, with one reference. `kind` is for the stub that will own it. */
export function held(handle) {
  return { __proto__: null, handle, target: undefined, number: 0, refs: 1, forget: undefined };
}

/** A hold of a function or object of this guest's own, with one reference. */
export function ownHold(target) {
  return { __proto__: null, handle: 0, target, number: 0, refs: 1, forget: undefined };
}

/** Takes one more reference. */
export function retain(hold) {
  hold.refs++;
  return hold;
}

/** Gives references up; with the last one the host forgets the handle, or the target is disposed of. */
export function release(hold, count = 1) {
  hold.refs -= count;
  if (hold.refs > 0) {
    return;
  }
  if (hold.handle > 0) {
    host.drop(hold.handle);
    hold.forget?.();
    return;
  }
  if (hold.number !== 0) {
    p.MapDelete(exported, hold.number);
  }
  dispose(hold.target);
}

/** Calls the target's own dispose method later, so that nothing of the app runs in the midst of the platform's work. */
async function dispose(target) {
  try {
    await undefined;
    const method = target[p.SymbolDispose];
    if (typeof method === "function") {
      p.ReflectApply(method, target, []);
    }
  } catch (error) {
    reportRejection(error);
  }
}

/** The number that stands for a hold in what the host is given; the host then has a reference of its own. */
export function capOf(hold) {
  if (hold.handle > 0) {
    return hold.handle;
  }
  if (hold.number === 0) {
    hold.number = nextExport++;
    p.MapSet(exported, hold.number, hold);
  }
  hold.refs++;
  return -hold.number;
}

/** What was exported under a number. @throws {Error} if nobody can hold it any more */
export function exportOf(number) {
  const hold = p.MapGet(exported, number);
  if (hold === undefined) {
    throw new p.ErrorOf("The RPC target was disposed of.");
  }
  return hold;
}

/** The host gave references to an export up. */
export function released(number, count) {
  const hold = p.MapGet(exported, number);
  if (hold !== undefined) {
    release(hold, count);
  }
}

/** Lets `object` own one reference of `hold`, which the caller has retained for it. */
export function lease(object, hold) {
  const owned = { __proto__: null, hold, live: true };
  registry ??= new p.FinalizationRegistryOf(endLease);
  p.FinalizationRegister(registry, object, owned, owned);
  return owned;
}

/** Ends a lease before its object is collected. */
export function endLease(owned) {
  if (owned.live) {
    owned.live = false;
    p.FinalizationUnregister(registry, owned);
    release(owned.hold);
  }
}
