/**
 * The language's own functions, captured before any app code runs.
 *
 * App code may replace every global and every prototype method. Platform code that stores data or produces effects
 * therefore calls only what this module holds. `uncurry(f)(self, ...args)` is `self.f(...args)` without a property lookup.
 */

const { bind, call } = Function.prototype;
const uncurry = bind.bind(call);
const getter = (prototype, name) => uncurry(Reflect.getOwnPropertyDescriptor(prototype, name).get);

export { getter, uncurry };
export const ReflectApply = Reflect.apply;
export const ReflectOwnKeys = Reflect.ownKeys;
export const ReflectConstruct = Reflect.construct;
export const ObjectCreate = Object.create;
export const ObjectPrototype = Object.prototype;
export const ObjectKeys = Object.keys;
export const ObjectFreeze = Object.freeze;
export const ObjectDefineProperty = Object.defineProperty;
export const ObjectGetOwnPropertyDescriptor = Object.getOwnPropertyDescriptor;
export const ObjectGetPrototypeOf = Object.getPrototypeOf;
export const ObjectSetPrototypeOf = Object.setPrototypeOf;
export const ObjectHasOwn = Object.hasOwn;
export const ObjectToString = uncurry(Object.prototype.toString);
export const FunctionToString = uncurry(Function.prototype.toString);
export const ReflectGet = Reflect.get;
export const ReflectHas = Reflect.has;
export const ReflectDeleteProperty = Reflect.deleteProperty;
export const ProxyOf = Proxy;

export const ArrayIsArray = Array.isArray;
export const ArrayPrototype = Array.prototype;
export const ArrayIndexOf = uncurry(Array.prototype.indexOf);
/** Of an array without a prototype: a plain array, whatever an app did to constructors. */
export const ArraySlice = uncurry(Array.prototype.slice);
export const ArraySplice = uncurry(Array.prototype.splice);
export const ArrayUnshift = uncurry(Array.prototype.unshift);
export const ArrayJoin = uncurry(Array.prototype.join);
export const ArrayIterator = uncurry(Array.prototype.values);
export const ArrayIteratorNext = uncurry(ObjectGetPrototypeOf([].values()).next);
export const IteratorPrototype = Iterator.prototype;
export const SymbolIterator = Symbol.iterator;
export const SymbolAsyncIterator = Symbol.asyncIterator;
export const SymbolToStringTag = Symbol.toStringTag;
export const SymbolDispose = Symbol.dispose;
export const SymbolDescription = getter(Symbol.prototype, "description");

export const StringFrom = String;
export const StringEndsWith = uncurry(String.prototype.endsWith);
export const StringFromCharCode = String.fromCharCode;
export const StringCharCodeAt = uncurry(String.prototype.charCodeAt);
export const StringIndexOf = uncurry(String.prototype.indexOf);
export const StringRepeat = uncurry(String.prototype.repeat);
export const StringSlice = uncurry(String.prototype.slice);
export const StringStartsWith = uncurry(String.prototype.startsWith);
export const StringToLowerCase = uncurry(String.prototype.toLowerCase);
export const StringToUpperCase = uncurry(String.prototype.toUpperCase);
export const StringToWellFormed = uncurry(String.prototype.toWellFormed);
export const StringTrim = uncurry(String.prototype.trim);
export const StringValueOf = uncurry(String.prototype.valueOf);
export const NumberValueOf = uncurry(Number.prototype.valueOf);
export const NumberFrom = Number;
export const NumberIsInteger = Number.isInteger;
export const BooleanValueOf = uncurry(Boolean.prototype.valueOf);
export const BigIntValueOf = uncurry(BigInt.prototype.valueOf);
export const BigIntFrom = BigInt;
export const BigIntToString = uncurry(BigInt.prototype.toString);
export const SymbolValueOf = uncurry(Symbol.prototype.valueOf);
export const SymbolToString = uncurry(Symbol.prototype.toString);
export const MathMin = Math.min;
export const MathTrunc = Math.trunc;
export const RegExpExec = uncurry(RegExp.prototype.exec);
export const RegExpSource = getter(RegExp.prototype, "source");
export const RegExpPrototype = RegExp.prototype;
export const RegExpFlag = {
  __proto__: null,
  global: getter(RegExp.prototype, "global"),
  ignoreCase: getter(RegExp.prototype, "ignoreCase"),
  multiline: getter(RegExp.prototype, "multiline"),
  sticky: getter(RegExp.prototype, "sticky"),
  unicode: getter(RegExp.prototype, "unicode"),
  dotAll: getter(RegExp.prototype, "dotAll"),
  hasIndices: getter(RegExp.prototype, "hasIndices"),
  unicodeSets: getter(RegExp.prototype, "unicodeSets"),
};
export const JSONParse = JSON.parse;
export const JSONStringify = JSON.stringify;
export const DateOf = Date;
export const DateGetTime = uncurry(Date.prototype.getTime);
export const DateToISOString = uncurry(Date.prototype.toISOString);

export const MapOf = Map;
export const MapPrototype = Map.prototype;
export const MapGet = uncurry(Map.prototype.get);
export const MapSet = uncurry(Map.prototype.set);
export const MapHas = uncurry(Map.prototype.has);
export const MapDelete = uncurry(Map.prototype.delete);
export const MapForEach = uncurry(Map.prototype.forEach);
export const MapSize = getter(Map.prototype, "size");
export const SetOf = Set;
export const SetAdd = uncurry(Set.prototype.add);
export const SetHas = uncurry(Set.prototype.has);
export const SetForEach = uncurry(Set.prototype.forEach);
export const SetSize = getter(Set.prototype, "size");
export const WeakMapOf = WeakMap;
export const WeakMapGet = uncurry(WeakMap.prototype.get);
export const WeakMapSet = uncurry(WeakMap.prototype.set);
export const WeakMapHas = uncurry(WeakMap.prototype.has);
export const WeakSetHas = uncurry(WeakSet.prototype.has);
export const WeakRefOf = WeakRef;
export const WeakRefDeref = uncurry(WeakRef.prototype.deref);
export const FinalizationRegistryOf = FinalizationRegistry;
export const FinalizationRegister = uncurry(FinalizationRegistry.prototype.register);
export const FinalizationUnregister = uncurry(FinalizationRegistry.prototype.unregister);

export const ArrayBufferOf = ArrayBuffer;
export const ArrayBufferPrototype = ArrayBuffer.prototype;
export const ArrayBufferIsView = ArrayBuffer.isView;
export const ArrayBufferByteLength = getter(ArrayBuffer.prototype, "byteLength");
export const ArrayBufferMaxByteLength = getter(ArrayBuffer.prototype, "maxByteLength");
export const ArrayBufferDetached = getter(ArrayBuffer.prototype, "detached");
export const ArrayBufferResizable = getter(ArrayBuffer.prototype, "resizable");
export const ArrayBufferSlice = uncurry(ArrayBuffer.prototype.slice);
export const ArrayBufferTransfer = uncurry(ArrayBuffer.prototype.transfer);
export const SharedArrayBufferByteLength = getter(SharedArrayBuffer.prototype, "byteLength");
const TypedArrayPrototype = ObjectGetPrototypeOf(Uint8Array.prototype);
export const TypedArrayBuffer = getter(TypedArrayPrototype, "buffer");
export const TypedArrayByteOffset = getter(TypedArrayPrototype, "byteOffset");
export const TypedArrayByteLength = getter(TypedArrayPrototype, "byteLength");
export const TypedArrayLength = getter(TypedArrayPrototype, "length");
/** The concrete class name ("Uint8Array", …), undefined for anything that is no typed array. */
export const TypedArrayName = getter(TypedArrayPrototype, SymbolToStringTag);
export const TypedArrayIndexOf = uncurry(TypedArrayPrototype.indexOf);
export const TypedArraySet = uncurry(TypedArrayPrototype.set);
export const TypedArraySubarray = uncurry(TypedArrayPrototype.subarray);
export const DataViewBuffer = getter(DataView.prototype, "buffer");
export const DataViewByteOffset = getter(DataView.prototype, "byteOffset");
export const DataViewByteLength = getter(DataView.prototype, "byteLength");
export const Uint8 = Uint8Array;
export const Uint16 = Uint16Array;
export const Float64 = Float64Array;

export const QueueMicrotask = globalThis.queueMicrotask;
export const PromiseOf = Promise;
export const PromisePrototype = Promise.prototype;
export const PromiseThen = uncurry(Promise.prototype.then);
export const PromiseFinally = uncurry(Promise.prototype.finally);
export const ErrorOf = Error;
export const TypeErrorOf = TypeError;
export const RangeErrorOf = RangeError;
export const ErrorIsError = Error.isError;
export const ErrorStack = (() => {
  const own = ObjectGetOwnPropertyDescriptor(Error.prototype, "stack");
  return own?.get ? uncurry(own.get) : () => undefined;
})();
export const DOMExceptionOf = DOMException;

const iterators = [[].values(), new Map().keys(), new Set().keys(), ""[Symbol.iterator](), "".matchAll(/x/g)];
const iteratorPrototypes = ReflectApply(ArrayPrototype.map, iterators, [(iterator) => ObjectGetPrototypeOf(iterator)]);

/** Whether a value is an iterator over an array, map, set, string or matches. */
export function isBuiltinIterator(value) {
  const prototype = ObjectGetPrototypeOf(value);
  for (let i = 0; i < iteratorPrototypes.length; i++) {
    if (iteratorPrototypes[i] === prototype) {
      return true;
    }
  }
  return false;
}

/** An array without a prototype: writing an index can meet no setter that app code put on Array.prototype. */
export function list() {
  return ObjectSetPrototypeOf([], null);
}

/** The ArrayBuffer under any view, its offset and byte length, as an exact copy. */
export function copyViewBytes(view) {
  if (TypedArrayName(view) !== undefined) {
    const start = TypedArrayByteOffset(view);
    return bytesOf(TypedArrayBuffer(view), start, TypedArrayByteLength(view));
  }
  return bytesOf(DataViewBuffer(view), DataViewByteOffset(view), DataViewByteLength(view));
}

/** A fresh ArrayBuffer with `length` bytes of `buffer` (ArrayBuffer or SharedArrayBuffer) from `start`. */
export function bytesOf(buffer, start, length) {
  const copy = new Uint8(length);
  if (length > 0) {
    TypedArraySet(copy, new Uint8(buffer, start, length));
  }
  return TypedArrayBuffer(copy);
}

/** The byte length of an ArrayBuffer, -1 for anything else. */
export function arrayBufferLength(value) {
  try {
    return ArrayBufferByteLength(value);
  } catch {
    return -1;
  }
}

/** The byte length of a SharedArrayBuffer, -1 for anything else. */
export function sharedBufferLength(value) {
  try {
    return SharedArrayBufferByteLength(value);
  } catch {
    return -1;
  }
}

/** A DOMException of the given name. */
export function domException(message, name) {
  return new DOMExceptionOf(message, name);
}

/** Names a class in Object.prototype.toString, as web classes are named. */
export function tag(constructor, name) {
  ObjectDefineProperty(constructor.prototype, SymbolToStringTag, { __proto__: null, value: name, configurable: true });
}

/** Makes the named prototype members enumerable, as IDL operations and attributes are. */
export function enumerable(constructor, names) {
  for (let i = 0; i < names.length; i++) {
    ObjectDefineProperty(constructor.prototype, names[i], { __proto__: null, enumerable: true });
  }
}

/**
 * The text of any value, as `ToString` has it. The platform writes no template literals: QuickJS compiles them to a
 * call of String.prototype.concat, which app code may have replaced.
 */
export function toText(value) {
  if (typeof value === "symbol") {
    throw new TypeErrorOf("Cannot convert a Symbol value to a string");
  }
  return typeof value === "string" ? value : StringFrom(value);
}
