/** node:assert. */

import { inspect } from "node:util";
import { deepEqual as isDeepEqual } from "../parts/deep-equal.js";

export class AssertionError extends Error {
  constructor({ message, actual, expected, operator }) {
    super(message === undefined ? inspect(actual) + " " + operator + " " + inspect(expected) : String(message));
    this.name = "AssertionError";
    this.code = "ERR_ASSERTION";
    this.generatedMessage = message === undefined;
    this.actual = actual;
    this.expected = expected;
    this.operator = operator;
  }
}

function check(holds, actual, expected, message, operator, text) {
  if (!holds) {
    if (message instanceof Error) {
      throw message;
    }
    const error = new AssertionError({ message: message ?? text, actual, expected, operator });
    error.generatedMessage = message === undefined;
    throw error;
  }
}

const both = (text, actual, expected) => text + "\n\n" + inspect(actual) + " !== " + inspect(expected) + "\n";

export function ok(value, message) {
  check(value, value, true, arguments.length === 0 ? "No value argument passed to `assert.ok()`" : message, "==", "The expression evaluated to a falsy value");
}

export function equal(actual, expected, message) {
  check(actual == expected || (actual !== actual && expected !== expected), actual, expected, message, "==");
}

export function notEqual(actual, expected, message) {
  check(!(actual == expected || (actual !== actual && expected !== expected)), actual, expected, message, "!=");
}

export function strictEqual(actual, expected, message) {
  check(Object.is(actual, expected), actual, expected, message, "strictEqual", both("Expected values to be strictly equal:", actual, expected));
}

export function notStrictEqual(actual, expected, message) {
  check(!Object.is(actual, expected), actual, expected, message, "notStrictEqual", "Expected \"actual\" to be strictly unequal to: " + inspect(expected));
}

export function deepEqual(actual, expected, message) {
  check(isDeepEqual(actual, expected, false), actual, expected, message, "deepEqual", both("Expected values to be loosely deep-equal:", actual, expected));
}

export function notDeepEqual(actual, expected, message) {
  check(!isDeepEqual(actual, expected, false), actual, expected, message, "notDeepEqual", "Expected \"actual\" not to be loosely deep-equal to: " + inspect(expected));
}

export function deepStrictEqual(actual, expected, message) {
  check(isDeepEqual(actual, expected), actual, expected, message, "deepStrictEqual", both("Expected values to be strictly deep-equal:", actual, expected));
}

export function notDeepStrictEqual(actual, expected, message) {
  check(!isDeepEqual(actual, expected), actual, expected, message, "notDeepStrictEqual", "Expected \"actual\" not to be strictly deep-equal to: " + inspect(expected));
}

export function match(text, pattern, message) {
  check(typeof text === "string" && pattern.test(text), text, pattern, message, "match", "The input did not match the regular expression " + pattern + ". Input:\n\n" + inspect(text) + "\n");
}

export function doesNotMatch(text, pattern, message) {
  check(typeof text !== "string" || !pattern.test(text), text, pattern, message, "doesNotMatch", "The input was expected to not match the regular expression " + pattern + ". Input:\n\n" + inspect(text) + "\n");
}

export function fail(message = "Failed") {
  check(false, undefined, undefined, message, "fail");
}

export function ifError(value) {
  if (value !== null && value !== undefined) {
    throw value instanceof Error ? value : new AssertionError({ message: "ifError got unwanted exception: " + inspect(value), actual: value, expected: null, operator: "ifError" });
  }
}

/** Holds a thrown error against what was expected: a class, a pattern, a predicate, or properties. */
function expectError(error, expected, message, operator) {
  if (expected === undefined || typeof expected === "string") {
    return;
  }
  if (expected instanceof RegExp) {
    check(expected.test(String(error)), error, expected, message, operator, "The input did not match the regular expression " + expected + ". Input:\n\n" + inspect(String(error)) + "\n");
  } else if (typeof expected === "function") {
    if (expected.prototype !== undefined && error instanceof expected) {
      return;
    }
    if (Error.isPrototypeOf(expected) || expected === Error) {
      throw error;
    }
    check(expected.call({}, error) === true, error, expected, message, operator, "The validation function is expected to return \"true\".");
  } else {
    const keys = expected instanceof Error ? ["name", "message", ...Object.keys(expected)] : Object.keys(expected);
    for (const key of keys) {
      const holds = expected[key] instanceof RegExp && typeof error?.[key] === "string" ? expected[key].test(error[key]) : isDeepEqual(error?.[key], expected[key]);
      check(holds, error, expected, message, operator, both("Expected values to be strictly deep-equal:", error?.[key], expected[key]));
    }
  }
}

const missing = (kind, expected, message) => "Missing expected " + kind + (typeof expected === "function" && expected.name ? " (" + expected.name + ")" : "")
  + (typeof expected === "string" ? ": " + expected : message ? ": " + message : ".");

export function throws(f, expected, message) {
  let thrown;
  try {
    f();
  } catch (error) {
    thrown = { error };
  }
  check(thrown !== undefined, undefined, expected, undefined, "throws", missing("exception", expected, message));
  expectError(thrown.error, expected, message, "throws");
}

export async function rejects(promise, expected, message) {
  let thrown;
  try {
    await (typeof promise === "function" ? promise() : promise);
  } catch (error) {
    thrown = { error };
  }
  check(thrown !== undefined, undefined, expected, undefined, "rejects", missing("rejection", expected, message));
  expectError(thrown.error, expected, message, "rejects");
}

export function doesNotThrow(f, message) {
  try {
    f();
  } catch (error) {
    check(false, error, undefined, typeof message === "string" ? message : undefined, "doesNotThrow", "Got unwanted exception.\nActual message: \"" + error?.message + "\"");
  }
}

export async function doesNotReject(promise, message) {
  try {
    await (typeof promise === "function" ? promise() : promise);
  } catch (error) {
    check(false, error, undefined, typeof message === "string" ? message : undefined, "doesNotReject", "Got unwanted rejection.\nActual message: \"" + error?.message + "\"");
  }
}

const functions = {
  AssertionError, ok, equal, notEqual, strictEqual, notStrictEqual, deepEqual, notDeepEqual, deepStrictEqual, notDeepStrictEqual, match,
  doesNotMatch, fail, ifError, throws, rejects, doesNotThrow, doesNotReject,
};
const assert = Object.assign((...args) => ok(...args), functions);
export const strict = Object.assign((...args) => ok(...args), functions, {
  equal: strictEqual, notEqual: notStrictEqual, deepEqual: deepStrictEqual, notDeepEqual: notDeepStrictEqual,
});
assert.strict = strict;
strict.strict = strict;
export default assert;
