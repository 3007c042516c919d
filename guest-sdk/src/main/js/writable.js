/** A WritableStream in another guest: a stub of three methods here, a stream that calls them there. */

import * as p from "lapidary:primordials";
import { load } from "lapidary:lazy";
import { STUB } from "lapidary:node";

let stubReader;
let call;

/** Breaks the circle of modules: `read(kind, reader, holds, leases)` makes a stub, `invoke(stub, name, args)` calls it. */
export function connectWritable(read, invoke) {
  stubReader = read;
  call = invoke;
}

/** What is exported for a stream, which is locked from then on. */
export function writableTarget(stream) {
  const writer = p.ReflectApply(load("web-streams").WritableStream.prototype.getWriter, stream, []);
  return {
    write: (chunk) => writer.write(chunk),
    close: () => writer.close(),
    abort: (reason) => writer.abort(reason),
  };
}

/** The WritableStream over a stub, which lives as long as the stream, not as the call that brought it. */
export function readWritable(reader, holds) {
  const stub = stubReader(STUB, reader, holds, p.list());
  const { WritableStream } = load("web-streams");
  return new WritableStream({
    write: (chunk) => call(stub, "write", [chunk]),
    close: () => call(stub, "close", []),
    abort: (reason) => call(stub, "abort", [reason]),
  });
}
