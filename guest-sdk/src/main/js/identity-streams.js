/** IdentityTransformStream and FixedLengthStream: bytes go through unchanged, one write at a time. */

import * as p from "lapidary:primordials";
import { TransformStream } from "lapidary:ponyfill.mjs";
import { brandClass } from "lapidary:brand";
import { bytesOfChunk } from "lapidary:streams";

const NOT_BYTES = "This TransformStream is being used as a byte stream, but received ";
const lengths = new WeakMap();
const lengthOf = p.uncurry(WeakMap.prototype.get);
const setLength = p.uncurry(WeakMap.prototype.set);
const readableOf = p.getter(TransformStream.prototype, "readable");

/** The bytes of a chunk that was written. @throws {TypeError} if it is none */
export function chunkBytes(chunk) {
  const bytes = bytesOfChunk(chunk);
  if (bytes === undefined) {
    throw new p.TypeErrorOf(NOT_BYTES + (typeof chunk === "string"
      ? "a string on its writable side. If you wish to write a string, you'll probably want to explicitly UTF-8-encode it with TextEncoder."
      : "a value that is not a BufferSource."));
  }
  return new p.Uint8(bytes);
}

export class IdentityTransformStream extends TransformStream {
  constructor(strategy = undefined) {
    super({
      transform(chunk, controller) {
        const bytes = chunkBytes(chunk);
        if (p.TypedArrayLength(bytes) > 0) {
          controller.enqueue(bytes);
        }
      },
    }, strategy);
  }
}

export class FixedLengthStream extends TransformStream {
  constructor(length, strategy = undefined) {
    const expected = wholeLength(arguments.length, length);
    let seen = 0;
    super({
      transform(chunk, controller) {
        const bytes = chunkBytes(chunk);
        seen += p.TypedArrayLength(bytes);
        if (seen > expected) {
          throw new p.TypeErrorOf("Attempt to write too many bytes through a FixedLengthStream.");
        }
        if (p.TypedArrayLength(bytes) > 0) {
          controller.enqueue(bytes);
        }
      },
      flush() {
        if (seen < expected) {
          throw new p.TypeErrorOf("FixedLengthStream did not see all expected bytes before close().");
        }
      },
    }, strategy);
    setLength(lengths, readableOf(this), expected);
  }
}

function wholeLength(given, length) {
  if (given === 0) {
    throw new p.TypeErrorOf("Failed to construct 'FixedLengthStream': constructor parameter 1 is not of type 'bigint'.");
  }
  const number = p.MathTrunc(p.NumberFrom(length));
  if (number < 0) {
    throw new p.TypeErrorOf("The value cannot be converted because it is negative and this API expects a positive bigint.");
  }
  if (!(number <= 0x1fffffffffffff)) {
    throw new p.TypeErrorOf("The length of a FixedLengthStream must be a whole number below 2 ** 53.");
  }
  return number;
}

/** How many bytes a readable end of a FixedLengthStream gives; undefined for any other stream. */
export function knownLength(stream) {
  return lengthOf(lengths, stream);
}

for (const [type, name] of [[IdentityTransformStream, "IdentityTransformStream"], [FixedLengthStream, "FixedLengthStream"]]) {
  p.tag(type, name);
  brandClass(type, name);
}
