/** Reads values in V8's wire format, versions 13 to 15, from bytes that may be damaged or hostile. */

import * as p from "lapidary:primordials";
import { readBlob } from "lapidary:blob";
import { ByteInput, damaged } from "lapidary:v8-input";
import { errorPrototypes, hidden, hide, shown } from "lapidary:properties";
import * as t from "lapidary:v8-tags";

const viewClasses = { __proto__: null };
const elementSizes = { __proto__: null, DataView: 1 };
for (let i = 0; i < t.VIEW_NAMES.length; i++) {
  const name = t.VIEW_NAMES[i];
  viewClasses[name] = globalThis[name];
  elementSizes[name] ??= globalThis[name].BYTES_PER_ELEMENT;
}
const errorPrototypeTags = {
  __proto__: null, E: "EvalError", R: "RangeError", F: "ReferenceError", S: "SyntaxError", T: "TypeError", U: "URIError",
};
const { Date: DateOf, RegExp: RegExpOf, Object: ObjectOf, DataView: DataViewOf } = globalThis;
/** What `#start` answers for a container, whose parts are still to be read. */
const PENDING = { __proto__: null };
/** What of a container is read next. */
const ELEMENTS = 0;
const PROPERTIES = 1;
const ENTRIES = 2;
const MEMBERS = 3;

/** Open containers are a list, innermost first, so that the depth of a value is no depth of calls. */
class Reader extends ByteInput {
  #objects = p.list();
  #count = 0;
  #open;
  #depth = 0;
  #causes = 0;
  #externals;

  /** @param {(kind: number, reader) => object} externals see `deserialize` */
  constructor(bytes, text, externals) {
    super(bytes, text);
    this.#externals = externals;
  }

  top() {
    const version = this.byte() === t.VERSION_MARK ? this.varint() : 0;
    if (version < t.OLDEST_VERSION || version > t.VERSION) {
      throw damaged("unknown format version");
    }
    return this.#value();
  }

  #value() {
    const bottom = this.#open;
    let value = this.#start();
    for (;;) {
      if (value !== PENDING) {
        if (this.#open === bottom) {
          return value;
        }
        take(this.#open, value);
      }
      value = this.#next(this.#open);
    }
  }

  /** Begins a value: all of a small one, the opening of a container. */
  #start() {
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
      default: {
        const object = this.#objectOf(tag);
        // A view follows the buffer it looks at.
        if (object !== PENDING && this.rest() > 0 && this.peek() === t.VIEW && p.arrayBufferLength(object) >= 0) {
          this.byte();
          return this.#view(object);
        }
        return object;
      }
    }
  }

  #enter(object, part, end, length = -1) {
    if (++this.#depth > t.MAX_DEPTH) {
      throw damaged("nested too deeply");
    }
    this.#open = {
      __proto__: null, parent: this.#open, object, part, end, length, index: 0, count: 0, key: undefined, hasKey: false,
    };
    return PENDING;
  }

  /** Begins a container's next part, or ends it and answers it. */
  #next(open) {
    switch (open.part) {
      case ELEMENTS:
        while (open.index < open.length) {
          open.key = open.index++;
          if (this.peek() !== t.HOLE) {
            return this.#start();
          }
          this.byte();
        }
        open.object.length = open.length;
        open.part = PROPERTIES;
        return this.#next(open);
      case PROPERTIES: {
        const tag = this.tag();
        if (tag === open.end) {
          return this.#leave(open);
        }
        open.count++;
        // Keys never reach a setter, `__proto__` included.
        open.key = tag === t.INT32 || tag === t.UINT32 || tag === t.DOUBLE ? this.#numberKey(tag) : this.stringOf(tag);
        return this.#start();
      }
      default:
        if (this.peek() === open.end && !open.hasKey) {
          this.byte();
          return this.#leave(open);
        }
        open.count++;
        return this.#start();
    }
  }

  #leave(open) {
    if (this.varint() !== open.count) {
      throw damaged("wrong number of properties");
    }
    if (open.length >= 0 && this.varint() !== open.length) {
      throw damaged("wrong array length");
    }
    this.#open = open.parent;
    this.#depth--;
    if (p.ErrorIsError(open.object)) {
      hide(open.object, "stack");
      hide(open.object, "cause");
      hide(open.object, "errors");
    }
    return open.object;
  }

  #objectOf(tag) {
    switch (tag) {
      case t.BEGIN_OBJECT:
        return this.#enter(this.#add({}), PROPERTIES, t.END_OBJECT);
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
        return this.#enter(this.#add(new p.MapOf()), ENTRIES, t.END_MAP);
      case t.BEGIN_SET:
        return this.#enter(this.#add(new p.SetOf()), MEMBERS, t.END_SET);
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

  #numberKey(tag) {
    if (tag === t.DOUBLE) {
      return p.toText(this.double());
    }
    const raw = this.varint();
    return p.toText(tag === t.UINT32 ? raw : (raw >>> 1) ^ -(raw & 1));
  }

  #denseArray() {
    const length = this.varint();
    // Each element takes a byte at least: a length beyond the rest is a lie, and must not allocate.
    if (length > this.rest()) {
      throw damaged("array longer than its bytes");
    }
    return this.#enter(this.#add([]), ELEMENTS, t.END_DENSE_ARRAY, length);
  }

  #sparseArray() {
    const length = this.varint();
    const array = this.#add([]);
    array.length = length;
    return this.#enter(array, PROPERTIES, t.END_SPARSE_ARRAY, length);
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

  /** V8's own errors: an optional class, then message, cause and stack in any order. Causes of causes are calls in calls. */
  #error() {
    const error = this.#add(new p.ErrorOf());
    if (++this.#causes > t.MAX_CAUSES) {
      throw damaged("nested too deeply");
    }
    for (;;) {
      const tag = p.StringFromCharCode(this.byte());
      if (tag === ".") {
        this.#causes--;
        return error;
      }
      if (tag === "m") {
        hidden(error, "message", this.string());
      } else if (tag === "s") {
        hidden(error, "stack", this.string());
      } else if (tag === "c") {
        hidden(error, "cause", this.#value());
      } else if (errorPrototypeTags[tag] !== undefined) {
        p.ObjectSetPrototypeOf(error, errorPrototypes[errorPrototypeTags[tag]]);
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
    if (kind === t.HOST_BLOB) {
      return this.#fill(this.#reserve(), readBlob(this));
    }
    if (this.#externals !== undefined) {
      const slot = this.#reserve();
      const object = this.#externals(kind, this);
      if (object !== undefined) {
        return this.#fill(slot, object);
      }
    }
    throw damaged("unknown host object " + kind);
  }

  #hostError() {
    const error = this.#add(new p.ErrorOf());
    const code = this.varint();
    const name = code === 0 ? this.string() : t.HOST_ERROR_NAMES[code];
    const prototype = errorPrototypes[name];
    if (prototype !== undefined) {
      p.ObjectSetPrototypeOf(error, prototype);
    } else if (code === 0) {
      shown(error, "name", name);
    }
    hidden(error, "message", this.string());
    if (this.tag() !== t.BEGIN_OBJECT) {
      throw damaged("bad error");
    }
    return this.#enter(error, PROPERTIES, t.END_OBJECT);
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

/** Puts a part that has been read into its container. */
function take(open, value) {
  if (open.part === MEMBERS) {
    p.SetAdd(open.object, value);
  } else if (open.part !== ENTRIES) {
    shown(open.object, open.key, value);
  } else if (open.hasKey) {
    open.hasKey = false;
    p.MapSet(open.object, open.key, value);
  } else {
    open.hasKey = true;
    open.key = value;
  }
}

/**
 * The value that `bytes` hold.
 *
 * @param {ArrayBuffer} bytes header and value
 * @param {(bytes: ArrayBuffer) => string} text the host's UTF-8 decoder
 * @param {(kind: number, reader) => object|undefined} externals reads the host objects that `serialize`'s wrote
 * @throws {DOMException} DataCloneError, saying why, if the bytes are no such value
 */
export function deserialize(bytes, text, externals = undefined) {
  return new Reader(bytes, text, externals).top();
}
