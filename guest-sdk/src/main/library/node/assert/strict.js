/** node:assert/strict. */

import { strict } from "node:assert";

export const {
  AssertionError, ok, equal, notEqual, strictEqual, notStrictEqual, deepEqual, notDeepEqual, deepStrictEqual, notDeepStrictEqual, match,
  doesNotMatch, fail, ifError, throws, rejects, doesNotThrow, doesNotReject,
} = strict;
export { strict };
export default strict;
