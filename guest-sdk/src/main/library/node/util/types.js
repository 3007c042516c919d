/** node:util/types. */

import { arrayBufferLength, DataViewByteLength, sharedBufferLength, TypedArrayName } from "lapidary:primordials";

const prototypeOf = (source) => Object.getPrototypeOf(source);
const tagged = (tag) => (value) => Object.prototype.toString.call(value) === "[object " + tag + "]" && typeof value === "object";
/** Whether a method of a class can be called on a value: so it has the class's own slots. */
const answers = (method) => (value) => {
  try {
    method.call(value);
    return true;
  } catch {
    return false;
  }
};
const getter = (prototype, name) => Object.getOwnPropertyDescriptor(prototype, name).get;
const view = (name) => (value) => ArrayBuffer.isView(value) && TypedArrayName(value) === name;

export const isMap = answers(getter(Map.prototype, "size"));
export const isSet = answers(getter(Set.prototype, "size"));
export const isWeakMap = answers(function () {
  WeakMap.prototype.has.call(this, {});
});
export const isWeakSet = answers(function () {
  WeakSet.prototype.has.call(this, {});
});
export const isDate = answers(Date.prototype.getTime);
export const isRegExp = (value) => value instanceof RegExp && Object.prototype.toString.call(value) === "[object RegExp]";
export const isPromise = (value) => value instanceof Promise;
export const isNativeError = (value) => (Error.isError ? Error.isError(value) : value instanceof Error);
export const isArrayBuffer = (value) => arrayBufferLength(value) >= 0;
export const isSharedArrayBuffer = (value) => sharedBufferLength(value) >= 0;
export const isAnyArrayBuffer = (value) => isArrayBuffer(value) || isSharedArrayBuffer(value);
export const isArrayBufferView = ArrayBuffer.isView;
export const isTypedArray = (value) => ArrayBuffer.isView(value) && TypedArrayName(value) !== undefined;
export const isDataView = answers(function () {
  DataViewByteLength(this);
});
export const isUint8Array = view("Uint8Array");
export const isUint8ClampedArray = view("Uint8ClampedArray");
export const isUint16Array = view("Uint16Array");
export const isUint32Array = view("Uint32Array");
export const isInt8Array = view("Int8Array");
export const isInt16Array = view("Int16Array");
export const isInt32Array = view("Int32Array");
export const isFloat32Array = view("Float32Array");
export const isFloat64Array = view("Float64Array");
export const isBigInt64Array = view("BigInt64Array");
export const isBigUint64Array = view("BigUint64Array");
const functionPrototype = (source) => prototypeOf(source);
const asyncFunction = functionPrototype(async () => {});
const generatorFunction = functionPrototype(function* () {});
const asyncGeneratorFunction = functionPrototype(async function* () {});
const is = (prototype, value) => typeof value === "function" && prototype.isPrototypeOf(value);
export const isAsyncFunction = (value) => is(asyncFunction, value) || is(asyncGeneratorFunction, value);
export const isGeneratorFunction = (value) => is(generatorFunction, value) || is(asyncGeneratorFunction, value);
export const isGeneratorObject = tagged("Generator");
export const isMapIterator = tagged("Map Iterator");
export const isSetIterator = tagged("Set Iterator");
export const isModuleNamespaceObject = tagged("Module");
export const isArgumentsObject = tagged("Arguments");
export const isNumberObject = (value) => typeof value === "object" && answers(Number.prototype.valueOf)(value);
export const isStringObject = (value) => typeof value === "object" && answers(String.prototype.valueOf)(value);
export const isBooleanObject = (value) => typeof value === "object" && answers(Boolean.prototype.valueOf)(value);
export const isBigIntObject = (value) => typeof value === "object" && answers(BigInt.prototype.valueOf)(value);
export const isSymbolObject = (value) => typeof value === "object" && answers(Symbol.prototype.valueOf)(value);
export const isBoxedPrimitive = (value) => isNumberObject(value) || isStringObject(value) || isBooleanObject(value) || isBigIntObject(value) || isSymbolObject(value);
/** The language does not tell. */
export const isProxy = () => false;
export const isExternal = () => false;
export const isCryptoKey = (value) => Object.prototype.toString.call(value) === "[object CryptoKey]";
export const isKeyObject = () => false;

export default {
  isMap, isSet, isWeakMap, isWeakSet, isDate, isRegExp, isPromise, isNativeError, isArrayBuffer, isSharedArrayBuffer, isAnyArrayBuffer,
  isArrayBufferView, isTypedArray, isDataView, isUint8Array, isUint8ClampedArray, isUint16Array, isUint32Array, isInt8Array, isInt16Array,
  isInt32Array, isFloat32Array, isFloat64Array, isBigInt64Array, isBigUint64Array, isAsyncFunction, isGeneratorFunction, isGeneratorObject,
  isMapIterator, isSetIterator, isModuleNamespaceObject, isArgumentsObject, isNumberObject, isStringObject, isBooleanObject, isBigIntObject,
  isSymbolObject, isBoxedPrimitive, isProxy, isExternal, isCryptoKey, isKeyObject,
};
