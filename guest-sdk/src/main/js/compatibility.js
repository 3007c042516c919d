/** The compatibility date and flags of the code, as Workers have them. */

import * as p from "lapidary:primordials";
import { shown } from "lapidary:properties";

let date = "";
let flags = p.list();

/** @param {string} newDate as `2026-08-01` */
export function setCompatibility(newDate, newFlags) {
  date = newDate;
  flags = newFlags;
}

/** Whether a compatibility flag is set. */
export function hasFlag(name) {
  for (let i = 0; i < flags.length; i++) {
    if (flags[i] === name) {
      return true;
    }
  }
  return false;
}

/** Whether the code wants what came with a date, or with a flag before that. */
export function isCompatible(since, flag) {
  return hasFlag(flag) || (date >= since && !hasFlag("no_" + flag));
}

/** The flags that the code was given, as `{name: true}`, frozen. */
export function explicitFlags() {
  const given = {};
  for (let i = 0; i < flags.length; i++) {
    shown(given, flags[i], true);
  }
  return p.ObjectFreeze(given);
}
