/** WebAssembly.Memory: its buffer is the memory that WebAssembly sees. */

import * as p from "lapidary:primordials";
import { host } from "lapidary:host";
import { argument, initial, isObject, limit } from "lapidary:wasm-arguments";
import { typeError } from "lapidary:wasm-errors";
import { MEMORY, memories, PRIVATE, remember } from "lapidary:wasm-parts";

const MOST_PAGES = 65536;

export class Memory {
  #number;
  #maximum;
  #pages;
  #buffer;

  constructor(descriptor, maximum) {
    if (descriptor === PRIVATE) {
      [this.#number, this.#maximum] = maximum;
      return;
    }
    const api = "WebAssembly.Memory()";
    if (!isObject(descriptor)) {
      throw typeError(api + ": Argument 0 must be a memory descriptor");
    }
    const pages = initial(descriptor, api, MOST_PAGES);
    this.#maximum = limit(descriptor, "maximum", api, MOST_PAGES, pages);
    if (descriptor.shared) {
      throw typeError(api + (this.#maximum === undefined ? ": If shared is true, maximum property should be defined."
        : ": Shared memory is not supported."));
    }
    this.#number = host.wasmMemory(0, pages, this.#maximum ?? MOST_PAGES);
    if (this.#number === 0) {
      throw new p.RangeErrorOf(api + ": could not allocate memory");
    }
    remember(memories, MEMORY, this.#number, this);
  }

  static is(value) {
    return isObject(value) && #number in value;
  }

  static numberOf(memory) {
    return memory.#number;
  }

  static maximumOf(memory) {
    return memory.#maximum;
  }

  grow(delta) {
    const api = "WebAssembly.Memory.grow()";
    if (!isMemory(this)) {
      throw typeError(api + ": Receiver is not a WebAssembly.Memory");
    }
    const before = host.wasmMemory(2, this.#number, p.MathMin(argument(delta, 0, api), MOST_PAGES + 1));
    if (before < 0) {
      throw new p.RangeErrorOf(api + ": Maximum memory size exceeded");
    }
    return before;
  }

  get buffer() {
    if (!isObject(this) || !(#number in this)) {
      throw typeError("WebAssembly.Memory.buffer: Receiver is not a WebAssembly.Memory");
    }
    const buffer = host.wasmMemory(1, this.#number);
    if (this.#buffer !== buffer) {
      this.#buffer = buffer;
      new Buffer(buffer, this);
    }
    return buffer;
  }
}

export const { is: isMemory, numberOf: memoryNumber, maximumOf: memoryMaximum } = Memory;
delete Memory.is;
delete Memory.numberOf;
delete Memory.maximumOf;

/** Answers what it is given, so that a class below it can add a private field to any object. */
function same(object) {
  return object;
}

/** A memory's buffer: keeps the memory while somebody has it. */
class Buffer extends same {
  #memory;

  constructor(buffer, memory) {
    super(buffer);
    this.#memory = memory;
  }

  static is(value) {
    return isObject(value) && #memory in value;
  }
}

/** Whether this is the buffer of a memory, which cannot be transferred. */
export const { is: isMemoryBuffer } = Buffer;
