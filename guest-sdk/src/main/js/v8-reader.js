/** Reads values in V8's wire format, versions 13 to 15, from bytes that may be damaged or hostile. */

import * as p from "lapidary:primordials";
import { ByteInput, damaged } from "lapidary:v8-input";
import * as t from "lapidary:v8-tags";

const viewClasses = { __proto__: null };
const elementSizes = { __proto__: null, DataView: 1 };
for (let i = 0; i < t.VIEW_NAMES.length; i++) {
  const name = t.VIEW_NAMES[i];
  viewClasses[name] = globalThis[name];
  elementSizes[name] ??= globalThis[name].BYTES_PER_ELEMENT;
}
const errorClasses = { __proto__: null };
for (const name of ["Error", "TypeError", "RangeError", "ReferenceError", "SyntaxError", "EvalError", "URIError",
  "AggregateError", "SuppressedError"]) {
  errorClasses[name] = globalThis[name].prototype;
}
const errorPrototypeTags = {
  __proto__: null, E: "EvalError", R: "RangeError", F: "ReferenceError", S: "SyntaxError", T: "TypeError", U: "URIError",
};
const { Date: DateOf, RegExp: RegExpOf, Object: ObjectOf, DataView: DataViewOf } = globalThis;
class Reader extends ByteInput {
  #objects = p.list();
  #count = 0;
  #depth = 0;

  top() {
    const version = this.byte() === t.VERSION_MARK ? this.varint() : 0;
    if (version < t.OLDEST_VERSION || version > t.VERSION) {
      throw damaged("unknown format version");
    }
    return this.#value();
  }

  #value() {
    const tag = this.tag();
    switch (tag) {
      case t.ONE_BYTE_STRING:
      case t.TWO_BYTE_STRING:
      case t.UTF8_STRING:
        return this.stringOf(tag);
      case t.INT32: {
        const zigzag = this.varint();
        return (zigzag >>> 1) ^ -(zigzag & 1);
      }
      case t.UINT32:
        return this.varint();
      case t.DOUBLE:
        return this.double();
      case t.TRUE:
        return true;
      case t.FALSE:
        return false;
      case t.NULL:
        return null;
      case t.UNDEFINED:
        return undefined;
      case t.BIGINT:
        return this.bigint();
      default:
        return this.#object(tag);
    }
  }

  #object(tag) {
    if (++this.#depth > t.MAX_DEPTH) {
      throw damaged("nested too deeply");
    }
    let object = this.#objectOf(tag);
    // A view follows the buffer it looks at.
    if (this.rest() > 0 && this.peek() === t.VIEW && p.arrayBufferLength(object) >= 0) {
      this.byte();
      object = this.#view(object);
    }
    this.#depth--;
    return object;
  }

  #objectOf(tag) {
    switch (tag) {
      case t.BEGIN_OBJECT: {
        const object = this.#add({});
        this.#end(this.#properties(object, t.END_OBJECT));
        return object;
      }
      case t.BEGIN_DENSE_ARRAY:
        return this.#denseArray();
      case t.BEGIN_SPARSE_ARRAY:
        return this.#sparseArray();
      case t.REFERENCE: {
        const id = this.varint();
        if (id >= this.#count) {
          throw damaged("reference to an object that is not there");
        }
        return this.#objects[id];
      }
      case t.BEGIN_MAP:
        return this.#map();
      case t.BEGIN_SET:
        return this.#set();
      case t.DATE:
        return this.#add(new DateOf(this.double()));
      case t.REGEXP:
        return this.#regexp();
      case t.ARRAY_BUFFER:
      case t.RESIZABLE_ARRAY_BUFFER:
        return this.#arrayBuffer(tag === t.RESIZABLE_ARRAY_BUFFER);
      case t.TRUE_OBJECT:
        return this.#add(ObjectOf(true));
      case t.FALSE_OBJECT:
        return this.#add(ObjectOf(false));
      case t.NUMBER_OBJECT:
        return this.#add(ObjectOf(this.double()));
      case t.BIGINT_OBJECT:
        return this.#add(ObjectOf(this.bigint()));
      case t.STRING_OBJECT:
        return this.#add(ObjectOf(this.string()));
      case t.ERROR:
        return this.#error();
      case t.HOST:
        return this.#hostObject();
      default:
        throw damaged("unknown tag " + tag);
    }
  }

  /** Defines properties up to the end tag; returns how many. Keys never reach a setter, `__proto__` included. */
  #properties(object, end) {
    for (let count = 0; ; count++) {
      const tag = this.tag();
      if (tag === end) {
        return count;
      }
      const key = tag === t.INT32 || tag === t.UINT32 || tag === t.DOUBLE ? this.#numberKey(tag) : this.stringOf(tag);
      define(object, key, this.#value());
    }
  }

  #numberKey(tag) {
    if (tag === t.DOUBLE) {
      return p.toText(this.double());
    }
    const raw = this.varint();
    return p.toText(tag === t.UINT32 ? raw : (raw >>> 1) ^ -(raw & 1));
  }

  #end(count) {
    if (this.varint() !== count) {
      throw damaged("wrong number of properties");
    }
  }

  #denseArray() {
    const length = this.varint();
    // Each element takes a byte at least: a length beyond the rest is a lie, and must not allocate.
    if (length > this.rest()) {
      throw damaged("array longer than its bytes");
    }
    const array = this.#add([]);
    for (let i = 0; i < length; i++) {
      if (this.peek() === t.HOLE) {
        this.byte();
      } else {
        define(array, i, this.#value());
      }
    }
    array.length = length;
    this.#end(this.#properties(array, t.END_DENSE_ARRAY));
    this.#sameLength(length);
    return array;
  }

  #sparseArray() {
    const length = this.varint();
    const array = this.#add([]);
    array.length = length;
    this.#end(this.#properties(array, t.END_SPARSE_ARRAY));
    this.#sameLength(length);
    return array;
  }

  #sameLength(length) {
    if (this.varint() !== length) {
      throw damaged("wrong array length");
    }
  }

  #map() {
    const map = this.#add(new p.MapOf());
    let count = 0;
    while (this.peek() !== t.END_MAP) {
      const key = this.#value();
      p.MapSet(map, key, this.#value());
      count += 2;
    }
    this.byte();
    this.#end(count);
    return map;
  }

  #set() {
    const set = this.#add(new p.SetOf());
    let count = 0;
    while (this.peek() !== t.END_SET) {
      p.SetAdd(set, this.#value());
      count++;
    }
    this.byte();
    this.#end(count);
    return set;
  }

  #regexp() {
    const pattern = this.string();
    const bits = this.varint();
    let flags = "";
    for (let i = 0; i < t.REGEXP_FLAGS.length; i++) {
      if (bits & (1 << i)) {
        flags += t.REGEXP_FLAGS[i];
      }
    }
    try {
      return this.#add(new RegExpOf(pattern, flags));
    } catch {
      throw damaged("bad regular expression");
    }
  }

  #arrayBuffer(resizable) {
    const length = this.varint();
    const most = resizable ? this.varint() : length;
    if (length > most || length > this.rest()) {
      throw damaged("buffer longer than its bytes");
    }
    let buffer;
    if (resizable) {
      try {
        buffer = new p.ArrayBufferOf(length, { __proto__: null, maxByteLength: most });
      } catch {
        throw damaged("buffer too large");
      }
      p.TypedArraySet(new p.Uint8(buffer), new p.Uint8(this.take(length)));
    } else {
      buffer = this.take(length);
    }
    return this.#add(buffer);
  }

  #view(buffer) {
    const tag = this.byte();
    const offset = this.varint();
    const length = this.varint();
    const flags = this.varint();
    let which = 0;
    while (which < t.VIEW_TAGS.length && t.VIEW_TAGS[which] !== tag) {
      which++;
    }
    const name = t.VIEW_NAMES[which];
    if (name === undefined || offset + length > p.ArrayBufferByteLength(buffer)
      || length % elementSizes[name] !== 0 || offset % elementSizes[name] !== 0) {
      throw damaged("bad view");
    }
    const tracking = (flags & 1) !== 0;
    return this.#add(name === "DataView"
      ? new DataViewOf(buffer, offset, tracking ? undefined : length)
      : new viewClasses[name](buffer, offset, tracking ? undefined : length / elementSizes[name]));
  }

  /** V8's own errors: an optional class, then message, cause and stack in any order. */
  #error() {
    const error = this.#add(new p.ErrorOf());
    for (;;) {
      const tag = p.StringFromCharCode(this.byte());
      if (tag === ".") {
        return error;
      }
      if (tag === "m") {
        hidden(error, "message", this.string());
      } else if (tag === "s") {
        hidden(error, "stack", this.string());
      } else if (tag === "c") {
        hidden(error, "cause", this.#value());
      } else if (errorPrototypeTags[tag] !== undefined) {
        p.ObjectSetPrototypeOf(error, errorClasses[errorPrototypeTags[tag]]);
      } else {
        throw damaged("bad error");
      }
    }
  }

  #hostObject() {
    const kind = this.varint();
    if (kind === t.HOST_ERROR) {
      return this.#hostError();
    }
    if (kind === t.HOST_DOM_EXCEPTION) {
      const slot = this.#reserve();
      const name = this.utf8String();
      const exception = p.domException(this.utf8String(), name);
      hidden(exception, "stack", this.utf8String());
      return this.#fill(slot, exception);
    }
    throw damaged("unknown host object " + kind);
  }

  #hostError() {
    const error = this.#add(new p.ErrorOf());
    const code = this.varint();
    const name = code === 0 ? this.string() : t.HOST_ERROR_NAMES[code];
    const prototype = errorClasses[name];
    if (prototype !== undefined) {
      p.ObjectSetPrototypeOf(error, prototype);
    } else if (code === 0) {
      define(error, "name", name);
    }
    hidden(error, "message", this.string());
    if (this.tag() !== t.BEGIN_OBJECT) {
      throw damaged("bad error");
    }
    this.#end(this.#properties(error, t.END_OBJECT));
    hide(error, "stack");
    hide(error, "cause");
    hide(error, "errors");
    return error;
  }

  #add(object) {
    this.#objects[this.#count++] = object;
    return object;
  }

  #reserve() {
    this.#objects[this.#count] = undefined;
    return this.#count++;
  }

  #fill(slot, object) {
    this.#objects[slot] = object;
    return object;
  }
}

function define(object, key, value) {
  p.ObjectDefineProperty(object, key, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
}

function hidden(object, key, value) {
  p.ObjectDefineProperty(object, key, { __proto__: null, value, writable: true, enumerable: false, configurable: true });
}

function hide(object, key) {
  if (p.ObjectHasOwn(object, key)) {
    p.ObjectDefineProperty(object, key, { __proto__: null, enumerable: false });
  }
}

/**
 * The value that `bytes` hold.
 *
 * @param {ArrayBuffer} bytes header and value
 * @param {(bytes: ArrayBuffer) => string} text the host's UTF-8 decoder
 * @throws {DOMException} DataCloneError, saying why, if the bytes are no such value
 */
export function deserialize(bytes, text) {
  return new Reader(bytes, text).top();
}
