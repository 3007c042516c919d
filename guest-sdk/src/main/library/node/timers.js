/** node:timers. */

import * as promises from "node:timers/promises";

export const { clearImmediate, clearInterval, clearTimeout, setImmediate, setInterval, setTimeout } = globalThis;
export { promises };
export default { clearImmediate, clearInterval, clearTimeout, setImmediate, setInterval, setTimeout, promises };
