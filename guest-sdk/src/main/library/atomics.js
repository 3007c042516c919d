/** Atomics. An instance has one thread, so every operation is atomic as it is, and there is nobody to wait for. */

import { TypedArrayName, TypedArrayLength } from "lapidary:primordials";

const INTEGERS = ["Int8Array", "Uint8Array", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array", "BigInt64Array", "BigUint64Array"];
const WAITABLE = ["Int32Array", "BigInt64Array"];

function checked(array, index, kinds = INTEGERS) {
  const name = ArrayBuffer.isView(array) ? TypedArrayName(array) : undefined;
  if (!kinds.includes(name)) {
    throw new TypeError("[object " + (Array.isArray(array) ? "Array" : "Object") + "] is not an integer typed array.");
  }
  const at = Math.trunc(Number(index)) || 0;
  if (at < 0 || at >= TypedArrayLength(array)) {
    throw new RangeError("Invalid atomic access index");
  }
  return at;
}

const numeric = (array, value) => (typeof array[0] === "bigint" ? BigInt(value) : Math.trunc(Number(value)) || 0);

function modify(change) {
  return (array, index, value) => {
    const at = checked(array, index);
    const operand = numeric(array, value);
    const old = array[at];
    array[at] = change(old, operand);
    return old;
  };
}

/** Wide sums lose no bit that the array keeps. */
const exact = (big) => (old, value) => (typeof old === "bigint" ? big(old, value) : Number(BigInt.asIntN(32, big(BigInt(old), BigInt(value)))));

const functions = {
  load: (array, index) => array[checked(array, index)],
  store(array, index, value) {
    const at = checked(array, index);
    const stored = numeric(array, value);
    array[at] = stored;
    return stored;
  },
  add: modify(exact((a, b) => a + b)),
  sub: modify(exact((a, b) => a - b)),
  and: modify((a, b) => a & b),
  or: modify((a, b) => a | b),
  xor: modify((a, b) => a ^ b),
  exchange: modify((_, value) => value),
  compareExchange(array, index, expected, value) {
    const at = checked(array, index);
    const probe = new array.constructor(1);
    probe[0] = numeric(array, expected);
    const replacement = numeric(array, value);
    const old = array[at];
    if (old === probe[0]) {
      array[at] = replacement;
    }
    return old;
  },
  isLockFree: (size) => [1, 2, 4, 8].includes(Math.trunc(Number(size))),
  wait(array, index) {
    checked(array, index, WAITABLE);
    throw new TypeError("Atomics.wait cannot be called in this context");
  },
  waitAsync(array, index) {
    checked(array, index, WAITABLE);
    throw new TypeError("Atomics.waitAsync cannot be called in this context");
  },
  notify(array, index) {
    checked(array, index, WAITABLE);
    return 0;
  },
  pause() {},
};

export const Atomics = {};
for (const [name, value] of Object.entries(functions)) {
  Object.defineProperty(Atomics, name, { value, writable: true, configurable: true });
}
Object.defineProperty(Atomics, Symbol.toStringTag, { value: "Atomics", configurable: true });
