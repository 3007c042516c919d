/** node:util. */

import { format as formatArguments } from "lapidary:console";
import { inspect as show } from "lapidary:inspect";
import types from "node:util/types";
import { deepEqual } from "../parts/deep-equal.js";

const custom = Symbol.for("nodejs.util.inspect.custom");
const promisified = Symbol.for("nodejs.util.promisify.custom");

/** Shows a value; its own method `[util.inspect.custom]` first. */
export function inspect(value, options = undefined) {
  const depth = typeof options === "object" && options !== null ? options.depth ?? 2 : 2;
  const own = value?.[custom];
  if (typeof own === "function" && own !== inspect) {
    const shown = own.call(value, depth, { ...options }, inspect);
    return typeof shown === "string" ? shown : inspect(shown, options);
  }
  return show(value, depth === null || depth === Infinity ? 16 : depth);
}
inspect.custom = custom;
inspect.defaultOptions = { depth: 2 };
inspect.colors = { __proto__: null };
inspect.styles = { __proto__: null };

export const format = (...args) => formatArguments(args);
export const formatWithOptions = (_, ...args) => formatArguments(args);

export function promisify(original) {
  if (typeof original !== "function") {
    throw Object.assign(new TypeError("The \"original\" argument must be of type function."), { code: "ERR_INVALID_ARG_TYPE" });
  }
  if (original[promisified]) {
    return original[promisified];
  }
  const wrapper = function (...args) {
    return new Promise((resolve, reject) => {
      original.call(this, ...args, (error, ...values) => (error ? reject(error) : resolve(values[0])));
    });
  };
  Object.setPrototypeOf(wrapper, Object.getPrototypeOf(original));
  return Object.defineProperties(wrapper, Object.getOwnPropertyDescriptors(original));
}
promisify.custom = promisified;

export function callbackify(original) {
  return function (...args) {
    const callback = args.pop();
    original.apply(this, args).then(
      (value) => queueMicrotask(() => callback(null, value)),
      (error) => queueMicrotask(() => callback(error || Object.assign(new Error("Promise was rejected with a falsy value"), { reason: error }))),
    );
  };
}

export function inherits(constructor, parent) {
  Object.defineProperty(constructor, "super_", { value: parent, writable: true, configurable: true });
  Object.setPrototypeOf(constructor.prototype, parent.prototype);
}

export function deprecate(f, message, code) {
  let warned = false;
  return function (...args) {
    if (!warned) {
      warned = true;
      console.warn((code ? "[" + code + "] " : "") + "DeprecationWarning: " + message);
    }
    return new.target ? Reflect.construct(f, args, new.target) : f.apply(this, args);
  };
}

export function debuglog() {
  return Object.assign(() => {}, { enabled: false });
}
export const debug = debuglog;

export const isDeepStrictEqual = (a, b) => deepEqual(a, b);
export const { isArray } = Array;
export const stripVTControlCharacters = (text) => String(text).replace(/[\u001b\u009b][[\]()#;?]*(?:(?:\d{1,4}(?:;\d{0,4})*)?[\dA-PR-TZcf-nq-uy=><~])/g, "");
export const toUSVString = (text) => String(text).toWellFormed();
export const { TextDecoder, TextEncoder } = globalThis;
export const getSystemErrorName = (code) => "Unknown system error " + code;

const STYLES = { bold: [1, 22], dim: [2, 22], italic: [3, 23], underline: [4, 24], inverse: [7, 27], red: [31, 39], green: [32, 39], yellow: [33, 39],
  blue: [34, 39], magenta: [35, 39], cyan: [36, 39], white: [37, 39], gray: [90, 39], grey: [90, 39], black: [30, 39] };

export function styleText(format, text) {
  return [format].flat().reduceRight((styled, name) => {
    if (STYLES[name] === undefined) {
      throw new TypeError("There is no style \"" + name + "\".");
    }
    return "\u001b[" + STYLES[name][0] + "m" + styled + "\u001b[" + STYLES[name][1] + "m";
  }, String(text));
}

export function aborted(signal) {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
    } else {
      signal.addEventListener("abort", () => resolve(), { once: true });
    }
  });
}

export { types };
export default {
  aborted, callbackify, debug, debuglog, deprecate, format, formatWithOptions, getSystemErrorName, inherits, inspect, isArray, isDeepStrictEqual,
  promisify, stripVTControlCharacters, styleText, TextDecoder, TextEncoder, toUSVString, types,
};
