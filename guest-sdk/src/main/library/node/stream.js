/** node:stream: npm's readable-stream. */

import Stream from "readable-stream/lib/ours/browser.js";

export const {
  _isUint8Array, _uint8ArrayToBuffer, addAbortSignal, compose, destroy, Duplex, finished, isDisturbed, isErrored, isReadable,
  PassThrough, pipeline, promises, Readable, Transform, Writable,
} = Stream;
export { Stream };
export default Stream;
