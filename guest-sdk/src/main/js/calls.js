/** The calls and requests this guest has made and waits for, by the number that the host answers with. */

import * as p from "lapidary:primordials";
import { admit, isGateOpen } from "lapidary:gate";

const open = new p.MapOf();
let next = 1;

/**
 * A new call.
 *
 * @returns {{id: number, promise: Promise, resolve: function, reject: function}}
 */
export function openCall() {
  const call = { __proto__: null, id: next++, inBlock: !isGateOpen(), promise: undefined, resolve: undefined, reject: undefined };
  call.promise = new p.PromiseOf((resolve, reject) => {
    call.resolve = resolve;
    call.reject = reject;
  });
  p.MapSet(open, call.id, call);
  return call;
}

/** Forgets a call that nobody waits for any more; false if it was answered before. */
export function forgetCall(id) {
  return p.MapDelete(open, id);
}

/**
 * Hands an answer of the host's to `settle`, with the call it belongs to: at once if the call was made while
 * concurrency was blocked, else when the gate is open. Answers nobody waits for go to `unwanted`.
 */
export function answerCall(id, settle, unwanted) {
  const call = p.MapGet(open, id);
  if (call === undefined) {
    unwanted();
    return;
  }
  p.MapDelete(open, id);
  if (call.inBlock) {
    settle(call);
  } else {
    admit(() => settle(call));
  }
}
