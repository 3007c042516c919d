/** The compatibility flags of the code that runs here. */

import * as p from "lapidary:primordials";

let flags = p.list();

/** @param {string[]} names of the flags that are set */
export function setFlags(names) {
  flags = names;
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
