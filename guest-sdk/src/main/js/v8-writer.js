/** Writes JavaScript values in V8's wire format, version 15. */

import * as p from "lapidary:primordials";
import { ByteOutput } from "lapidary:v8-output";
import * as t from "lapidary:v8-tags";
import { isError, platformClassName } from "lapidary:brand";

/** The DataCloneError that refuses a value, in workerd's words. */
export function cloneError(value) {
  return p.domException(describe(value) + " could not be cloned.", "DataCloneError");
}

function describe(value) {
  if (typeof value === "function") {
    return p.FunctionToString(value);
  }
  if (typeof value === "symbol") {
    return p.SymbolToString(value);
  }
  const name = p.ObjectToString(value);
  const plain = p.StringSlice(name, 8, -1);
  return plain === "Generator" || plain === "Symbol" || p.StringEndsWith(plain, " Iterator") ? name
    : "#<" + (plain === "Arguments" ? "Object" : plain) + ">";
}

class Writer extends ByteOutput {
  #ids = new p.MapOf();
  #nextId = 0;
  #depth = 0;

  value(value) {
    switch (typeof value) {
      case "string":
        return this.string(value);
      case "number":
        return this.number(value);
      case "boolean":
        return this.byte(value ? t.TRUE : t.FALSE);
      case "undefined":
        return this.byte(t.UNDEFINED);
      case "bigint":
        this.byte(t.BIGINT);
        return this.bigint(value);
      case "object":
        return value === null ? this.byte(t.NULL) : this.#object(value);
      default:
        throw cloneError(value);
    }
  }

  #object(object) {
    const known = p.MapGet(this.#ids, object);
    if (known !== undefined) {
      this.byte(t.REFERENCE);
      return this.varint(known);
    }
    if (++this.#depth > t.MAX_DEPTH) {
      throw new p.RangeErrorOf("Maximum call stack size exceeded");
    }
    if (p.ArrayBufferIsView(object)) {
      this.#view(object);
    } else {
      p.MapSet(this.#ids, object, this.#nextId++);
      const prototype = p.ObjectGetPrototypeOf(object);
      if (p.ArrayIsArray(object)) {
        this.#array(object);
      } else if (prototype === p.ObjectPrototype || prototype === null) {
        if (p.ObjectToString(object) === "[object Arguments]" && object[p.SymbolToStringTag] === undefined) {
          throw cloneError(object);
        }
        this.#plain(object);
      } else {
        this.#exotic(object);
      }
    }
    this.#depth--;
  }

  #plain(object) {
    this.byte(t.BEGIN_OBJECT);
    const written = this.#properties(object, p.ObjectKeys(object), 0);
    this.byte(t.END_OBJECT);
    this.varint(written);
  }

  /** Writes the properties that are still there when their turn comes, for getters run; answers how many. */
  #properties(object, keys, from) {
    let written = 0;
    for (let i = from; i < keys.length; i++) {
      const key = keys[i];
      if (!p.ObjectHasOwn(object, key)) {
        continue;
      }
      written++;
      const first = p.StringCharCodeAt(key, 0);
      const index = first >= 48 && first <= 57 ? key >>> 0 : 0;
      // An integer key is a number on the wire, as V8 writes it.
      if (first >= 48 && first <= 57 && p.toText(index) === key && index !== 0xffffffff) {
        this.number(index);
      } else {
        this.string(key);
      }
      this.value(object[key]);
    }
    return written;
  }

  #array(array) {
    const length = array.length;
    const keys = p.ObjectKeys(array);
    let dense = keys.length >= length;
    for (let i = 0; dense && i < length; i++) {
      dense = keys[i] === p.toText(i);
    }
    if (dense) {
      this.byte(t.BEGIN_DENSE_ARRAY);
      this.varint(length);
      for (let i = 0; i < length; i++) {
        this.value(array[i]);
      }
      const written = this.#properties(array, keys, length);
      this.byte(t.END_DENSE_ARRAY);
      this.varint(written);
    } else {
      this.byte(t.BEGIN_SPARSE_ARRAY);
      this.varint(length);
      const written = this.#properties(array, keys, 0);
      this.byte(t.END_SPARSE_ARRAY);
      this.varint(written);
    }
    this.varint(length);
  }

  /** Anything whose prototype is not Object's: recognised by what only the real thing answers, never by its prototype. */
  #exotic(object) {
    if (p.arrayBufferLength(object) >= 0) {
      return this.#arrayBuffer(object);
    }
    if (isError(object)) {
      return this.#error(object);
    }
    if (brand(p.DateGetTime, object)) {
      this.byte(t.DATE);
      return this.double(p.DateGetTime(object));
    }
    if (brand(p.MapSize, object)) {
      return this.#map(object);
    }
    if (brand(p.SetSize, object)) {
      return this.#set(object);
    }
    // The getter also answers for RegExp.prototype itself, which is a plain object.
    if (object !== p.RegExpPrototype && brand(p.RegExpSource, object)) {
      return this.#regexp(object);
    }
    if (this.#boxed(object)) {
      return undefined;
    }
    const platform = platformClassName(object);
    if (platform !== undefined) {
      throw p.domException(
        'Could not serialize object of type "' + platform + '". This type does not support serialization.', "DataCloneError");
    }
    if (uncloneable(object)) {
      throw cloneError(object);
    }
    return this.#plain(object);
  }

  #boxed(object) {
    if (brand(p.NumberValueOf, object)) {
      this.byte(t.NUMBER_OBJECT);
      this.double(p.NumberValueOf(object));
    } else if (brand(p.StringValueOf, object)) {
      this.byte(t.STRING_OBJECT);
      this.string(p.StringValueOf(object));
    } else if (brand(p.BooleanValueOf, object)) {
      this.byte(p.BooleanValueOf(object) ? t.TRUE_OBJECT : t.FALSE_OBJECT);
    } else if (brand(p.BigIntValueOf, object)) {
      this.byte(t.BIGINT_OBJECT);
      this.bigint(p.BigIntValueOf(object));
    } else {
      return false;
    }
    return true;
  }

  #map(map) {
    this.byte(t.BEGIN_MAP);
    const entries = p.list();
    p.MapForEach(map, (value, key) => {
      entries[entries.length] = key;
      entries[entries.length] = value;
    });
    this.#values(entries);
    this.byte(t.END_MAP);
    this.varint(entries.length);
  }

  #set(set) {
    this.byte(t.BEGIN_SET);
    const entries = p.list();
    p.SetForEach(set, (value) => {
      entries[entries.length] = value;
    });
    this.#values(entries);
    this.byte(t.END_SET);
    this.varint(entries.length);
  }

  #values(values) {
    for (let i = 0; i < values.length; i++) {
      this.value(values[i]);
    }
  }

  #regexp(regexp) {
    let bits = 0;
    const { RegExpFlag: flag } = p;
    bits |= flag.global(regexp) ? 1 : 0;
    bits |= flag.ignoreCase(regexp) ? 2 : 0;
    bits |= flag.multiline(regexp) ? 4 : 0;
    bits |= flag.sticky(regexp) ? 8 : 0;
    bits |= flag.unicode(regexp) ? 16 : 0;
    bits |= flag.dotAll(regexp) ? 32 : 0;
    bits |= flag.hasIndices(regexp) ? 128 : 0;
    bits |= flag.unicodeSets(regexp) ? 256 : 0;
    this.byte(t.REGEXP);
    this.string(p.RegExpSource(regexp));
    this.varint(bits);
  }

  #arrayBuffer(buffer) {
    const length = p.ArrayBufferByteLength(buffer);
    if (p.ArrayBufferResizable(buffer)) {
      this.byte(t.RESIZABLE_ARRAY_BUFFER);
      this.varint(length);
      this.varint(p.ArrayBufferMaxByteLength(buffer));
    } else {
      this.byte(t.ARRAY_BUFFER);
      this.varint(length);
    }
    if (length > 0) {
      this.raw(new p.Uint8(buffer), length);
    }
  }

  #view(view) {
    const name = p.TypedArrayName(view) ?? "DataView";
    const typed = name !== "DataView";
    const buffer = typed ? p.TypedArrayBuffer(view) : p.DataViewBuffer(view);
    if (p.sharedBufferLength(buffer) >= 0) {
      throw cloneError(buffer);
    }
    const offset = typed ? p.TypedArrayByteOffset(view) : p.DataViewByteOffset(view);
    const length = typed ? p.TypedArrayByteLength(view) : p.DataViewByteLength(view);
    this.#object(buffer);
    p.MapSet(this.#ids, view, this.#nextId++);
    this.byte(t.VIEW);
    let which = 0;
    while (t.VIEW_NAMES[which] !== name) {
      which++;
    }
    this.byte(t.VIEW_TAGS[which]);
    this.varint(offset);
    this.varint(length);
    this.varint(p.ArrayBufferResizable(buffer) ? 2 : 0);
  }

  /** As workerd stores errors: the class, the message, then every own property, with the stack first. */
  #error(error) {
    if (!p.ErrorIsError(error)) {
      this.byte(t.HOST);
      this.varint(t.HOST_DOM_EXCEPTION);
      this.utf8String(p.toText(error.name));
      this.utf8String(p.toText(error.message));
      return this.utf8String(p.toText(error.stack));
    }
    const name = p.toText(error.name);
    let code = t.HOST_ERROR_NAMES.length - 1;
    while (code > 0 && (t.HOST_ERROR_NAMES[code] !== name || name === "")) {
      code--;
    }
    this.byte(t.HOST);
    this.varint(t.HOST_ERROR);
    this.varint(code);
    if (code === 0) {
      this.string(name);
    }
    this.string(p.toText(error.message));
    this.byte(t.BEGIN_OBJECT);
    this.string("stack");
    this.string(p.toText(error.stack));
    let count = 1;
    const keys = p.ReflectOwnKeys(error);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (typeof key === "string" && key !== "stack" && key !== "message" && key !== "name") {
        this.string(key);
        this.value(error[key]);
        count++;
      }
    }
    this.byte(t.END_OBJECT);
    this.varint(count);
    return undefined;
  }
}

function brand(check, object) {
  try {
    check(object);
    return true;
  } catch {
    return false;
  }
}

function uncloneable(object) {
  if (brand((o) => p.WeakMapHas(o, p.ObjectPrototype), object) || brand((o) => p.WeakSetHas(o, p.ObjectPrototype), object)
    || brand(p.WeakRefDeref, object) || p.sharedBufferLength(object) >= 0 || brand(p.SymbolValueOf, object)) {
    return true;
  }
  const name = p.StringSlice(p.ObjectToString(object), 8, -1);
  if (p.StringEndsWith(name, " Iterator") && p.isBuiltinIterator(object)) {
    return true;
  }
  return name === "Promise" || name === "Generator" || name === "AsyncGenerator" || name === "FinalizationRegistry";
}

/**
 * The bytes of any cloneable value.
 *
 * @param {*} value what to write; getters run, class instances become plain objects
 * @param {(text: string) => ArrayBuffer} utf8 the host's encoder
 * @returns {ArrayBuffer} header and value
 * @throws {DOMException} DataCloneError if the value, or one inside it, cannot be cloned
 * @throws {RangeError} if it nests deeper than MAX_DEPTH
 */
export function serialize(value, utf8) {
  const writer = new Writer(utf8);
  writer.byte(t.VERSION_MARK);
  writer.byte(t.VERSION);
  writer.value(value);
  return writer.finish();
}
