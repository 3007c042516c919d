/** Writes JavaScript values in V8's wire format, version 15. */

import * as p from "lapidary:primordials";
import { isBlob, writeBlob } from "lapidary:blob";
import { ByteOutput } from "lapidary:v8-output";
import * as t from "lapidary:v8-tags";
import { isError, platformClassName, refusal } from "lapidary:brand";
import { brand, cloneError, uncloneable } from "lapidary:cloneable";

const NO_KEYS = p.list();
const GLOBAL = globalThis;

/** Open containers are a list, innermost first, so that the depth of a value is no depth of calls. */
class Writer extends ByteOutput {
  #ids = new p.MapOf();
  #nextId = 0;
  #open;
  #depth = 0;
  #externals;

  /** @param {(object, writer) => boolean} externals see `serialize` */
  constructor(utf8, externals, most) {
    super(utf8, most);
    this.#externals = externals;
  }

  value(value) {
    this.#start(value);
    while (this.#open !== undefined) {
      this.#continue(this.#open);
    }
  }

  /** Begins a value: all of a small one, the opening of a container. */
  #start(value) {
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
      case "function":
        return this.#function(value);
      default:
        throw cloneError(value);
    }
  }

  #reference(object) {
    const known = p.MapGet(this.#ids, object);
    if (known !== undefined) {
      this.byte(t.REFERENCE);
      this.varint(known);
    }
    return known !== undefined;
  }

  #function(value) {
    if (this.#externals !== undefined) {
      if (this.#reference(value)) {
        return undefined;
      }
      p.MapSet(this.#ids, value, this.#nextId++);
      if (this.#externals(value, this)) {
        return undefined;
      }
    }
    const platform = platformClassName(value);
    throw platform === undefined ? cloneError(value) : refusal(value, platform);
  }

  #object(object) {
    if (this.#reference(object)) {
      return undefined;
    }
    if (p.ArrayBufferIsView(object)) {
      return this.#view(object);
    }
    p.MapSet(this.#ids, object, this.#nextId++);
    if (p.ArrayIsArray(object)) {
      return this.#array(object);
    }
    const prototype = p.ObjectGetPrototypeOf(object);
    if (prototype !== p.ObjectPrototype && (prototype !== null || this.#externals !== undefined)) {
      return this.#exotic(object);
    }
    if (object === GLOBAL) {
      throw p.domException("#<ServiceWorkerGlobalScope> could not be cloned.", "DataCloneError");
    }
    if (p.ObjectToString(object) === "[object Arguments]" && object[p.SymbolToStringTag] === undefined) {
      throw cloneError(object);
    }
    return this.#plain(object);
  }

  /**
   * Opens a container: first `count` items, then properties, then its end.
   *
   * @param {object} items read by index when their turn comes
   * @param {object} object what the keys are properties of
   * @param {number} end the tag that ends it; the number of properties follows, or else of items
   * @param {number} length an array's length; -1 for anything else
   */
  #enter(items, count, object, keys, end, length) {
    if (++this.#depth > t.MAX_DEPTH) {
      throw new p.RangeErrorOf("Maximum call stack size exceeded");
    }
    this.#open = { __proto__: null, parent: this.#open, items, count, at: 0, object, keys, key: 0, written: 0, end, length };
  }

  /** Writes a container's parts, up to one that is itself a container. */
  #continue(open) {
    while (open.at < open.count) {
      this.#start(open.items[open.at++]);
      if (this.#open !== open) {
        return;
      }
    }
    const { object, keys } = open;
    while (open.key < keys.length) {
      const key = keys[open.key++];
      // Getters run, and may have removed it.
      if (p.ObjectHasOwn(object, key)) {
        open.written++;
        this.#key(key);
        this.#start(object[key]);
        if (this.#open !== open) {
          return;
        }
      }
    }
    this.#open = open.parent;
    this.#depth--;
    this.byte(open.end);
    this.varint(open.written);
    if (open.length >= 0) {
      this.varint(open.length);
    }
  }

  /** An integer key is a number on the wire, as V8 writes it. */
  #key(key) {
    const first = p.StringCharCodeAt(key, 0);
    const digit = first >= 48 && first <= 57;
    const index = digit ? key >>> 0 : 0;
    if (digit && p.toText(index) === key && index !== 0xffffffff) {
      this.number(index);
    } else {
      this.string(key);
    }
  }

  #plain(object) {
    this.byte(t.BEGIN_OBJECT);
    this.#enter(undefined, 0, object, p.ObjectKeys(object), t.END_OBJECT, -1);
  }

  #array(array) {
    const length = array.length;
    const keys = p.ObjectKeys(array);
    let dense = keys.length >= length;
    for (let i = 0; dense && i < length; i++) {
      dense = keys[i] === p.toText(i);
    }
    this.byte(dense ? t.BEGIN_DENSE_ARRAY : t.BEGIN_SPARSE_ARRAY);
    this.varint(length);
    if (dense) {
      this.#enter(array, length, array, keys, t.END_DENSE_ARRAY, length);
      this.#open.key = length;
    } else {
      this.#enter(undefined, 0, array, keys, t.END_SPARSE_ARRAY, length);
    }
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
    if (platform === "Blob" && isBlob(object)) {
      return writeBlob(object, this);
    }
    if (this.#externals !== undefined && (platform !== undefined || !uncloneable(object))) {
      this.#externals(object, this);
      return undefined;
    }
    if (platform !== undefined) {
      throw refusal(object, platform);
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
    this.#members(entries, t.END_MAP);
  }

  #set(set) {
    this.byte(t.BEGIN_SET);
    const entries = p.list();
    p.SetForEach(set, (value) => {
      entries[entries.length] = value;
    });
    this.#members(entries, t.END_SET);
  }

  #members(members, end) {
    this.#enter(members, members.length, undefined, NO_KEYS, end, -1);
    this.#open.written = members.length;
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
    if (p.ArrayBufferDetached(buffer)) {
      throw p.domException("An ArrayBuffer is detached and could not be cloned.", "DataCloneError");
    }
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
    const all = p.ReflectOwnKeys(error);
    const keys = p.list();
    for (let i = 0; i < all.length; i++) {
      const key = all[i];
      if (typeof key === "string" && key !== "stack" && key !== "message" && key !== "name") {
        keys[keys.length] = key;
      }
    }
    this.#enter(undefined, 0, error, keys, t.END_OBJECT, -1);
    this.#open.written = 1;
    return undefined;
  }
}

/**
 * The bytes of any cloneable value.
 *
 * @param {*} value what to write; getters run, class instances become plain objects
 * @param {(text: string) => ArrayBuffer} utf8 the host's encoder
 * @param {(object, writer) => boolean} externals writes functions and objects of other classes than the language's, as host
 *   objects, or throws; false has a function refused. Without it functions are refused, and class instances are plain
 * @param {number} most bytes it may have
 * @param {(size: number) => Error} tooLarge makes what is thrown where it has more
 * @returns {ArrayBuffer} header and value
 * @throws {DOMException} DataCloneError if the value, or one inside it, cannot be cloned
 * @throws {RangeError} if it nests deeper than MAX_DEPTH
 */
export function serialize(value, utf8, externals = undefined, most = Infinity, tooLarge = undefined) {
  const writer = new Writer(utf8, externals, most);
  writer.byte(t.VERSION_MARK);
  writer.byte(t.VERSION);
  writer.value(value);
  if (writer.size() > most) {
    throw tooLarge(writer.size());
  }
  return writer.finish();
}
