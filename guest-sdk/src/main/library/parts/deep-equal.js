/** Node's deep equality. */

const typed = Object.getPrototypeOf(Uint8Array.prototype);
const tagOf = (value) => Object.prototype.toString.call(value);

/** Whether two values are deeply equal, `strict` as deepStrictEqual has it, else as deepEqual. */
export function deepEqual(a, b, strict = true, pairs = new Map()) {
  if (strict ? Object.is(a, b) : a == b || (a !== a && b !== b)) {
    return true;
  }
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return false;
  }
  if (tagOf(a) !== tagOf(b) || (strict && Object.getPrototypeOf(a) !== Object.getPrototypeOf(b))) {
    return false;
  }
  if (pairs.get(a) === b) {
    return true;
  }
  pairs.set(a, b);
  const equal = sameContent(a, b, strict, pairs) && sameProperties(a, b, strict, pairs);
  pairs.delete(a);
  return equal;
}

function sameContent(a, b, strict, pairs) {
  if (Array.isArray(a) !== Array.isArray(b)) {
    return false;
  }
  if (a instanceof Date) {
    return Object.is(a.getTime(), b.getTime());
  }
  if (a instanceof RegExp) {
    return String(a) === String(b) && a.lastIndex === b.lastIndex;
  }
  if (a instanceof Error) {
    return a.message === b.message && a.name === b.name && deepEqual(a.cause, b.cause, strict, pairs);
  }
  if (a instanceof Number || a instanceof String || a instanceof Boolean || tagOf(a) === "[object BigInt]" || tagOf(a) === "[object Symbol]") {
    return Object.is(a.valueOf(), b.valueOf());
  }
  if (a instanceof ArrayBuffer) {
    return sameElements(new Uint8Array(a), new Uint8Array(b));
  }
  if (typed.isPrototypeOf(a)) {
    return sameElements(a, b);
  }
  if (a instanceof Map) {
    return a.size === b.size && [...a].every(([key, value]) => (b.has(key) && deepEqual(value, b.get(key), strict, pairs))
      || [...b].some(([other, found]) => !a.has(other) && deepEqual(key, other, strict, pairs) && deepEqual(value, found, strict, pairs)));
  }
  if (a instanceof Set) {
    return a.size === b.size && [...a].every((value) => b.has(value)
      || [...b].some((other) => !a.has(other) && deepEqual(value, other, strict, pairs)));
  }
  return !(a instanceof WeakMap || a instanceof WeakSet || a instanceof Promise || a instanceof WeakRef);
}

function sameElements(a, b) {
  if (a.length !== b.length) {
    return false;
  }
  for (let i = 0; i < a.length; i++) {
    if (!Object.is(a[i], b[i])) {
      return false;
    }
  }
  return true;
}

function keysOf(value, strict) {
  const names = typed.isPrototypeOf(value) ? Object.keys(value).slice(value.length) : Object.keys(value);
  return strict
    ? [...names, ...Object.getOwnPropertySymbols(value).filter((symbol) => Object.prototype.propertyIsEnumerable.call(value, symbol))]
    : names;
}

function sameProperties(a, b, strict, pairs) {
  const keys = keysOf(a, strict);
  const others = keysOf(b, strict);
  return keys.length === others.length && keys.every((key) => Object.hasOwn(b, key) && deepEqual(a[key], b[key], strict, pairs));
}
