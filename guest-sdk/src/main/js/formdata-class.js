/** FormData. */

import * as p from "lapidary:primordials";
import { blobBytes, blobType, File, isBlob, newFile } from "lapidary:blob-class";
import { brandClass } from "lapidary:brand";
import { host } from "lapidary:host";

let entriesOf;

function converted(value, filename) {
  if (!isBlob(value)) {
    if (filename !== undefined) {
      throw new p.TypeErrorOf("A file name was given, but the value is no Blob.");
    }
    return p.StringToWellFormed(p.toText(value));
  }
  const isFile = value instanceof File;
  if (isFile && filename === undefined) {
    return value;
  }
  const name = filename === undefined ? "blob" : p.StringToWellFormed(p.toText(filename));
  return newFile(blobBytes(value), name, blobType(value), isFile ? value.lastModified : host.now());
}

function need(args, count, method) {
  if (args.length < count) {
    throw new p.TypeErrorOf("Failed to execute '" + method + "' on 'FormData': parameter " + (args.length + 1)
      + " is not of type '" + (args.length === 0 || method !== "append" ? "string" : "File or string") + "'.");
  }
}

function nameOf(name) {
  return p.StringToWellFormed(p.toText(name));
}

export class FormData {
  /** Records `{name, value}` in order. */
  #entries = p.list();

  constructor(form = undefined) {
    if (form !== undefined) {
      throw new p.TypeErrorOf("FormData's constructor takes no form: there are no HTML elements here.");
    }
  }

  append(name, value, filename = undefined) {
    need(arguments, 2, "append");
    this.#entries[this.#entries.length] = { __proto__: null, name: nameOf(name), value: converted(value, filename) };
  }

  set(name, value, filename = undefined) {
    need(arguments, 2, "set");
    const key = nameOf(name);
    const fresh = { __proto__: null, name: key, value: converted(value, filename) };
    const kept = p.list();
    let placed = false;
    for (let i = 0; i < this.#entries.length; i++) {
      if (this.#entries[i].name !== key) {
        kept[kept.length] = this.#entries[i];
      } else if (!placed) {
        kept[kept.length] = fresh;
        placed = true;
      }
    }
    if (!placed) {
      kept[kept.length] = fresh;
    }
    this.#entries = kept;
  }

  delete(name) {
    need(arguments, 1, "delete");
    const key = nameOf(name);
    const kept = p.list();
    for (let i = 0; i < this.#entries.length; i++) {
      if (this.#entries[i].name !== key) {
        kept[kept.length] = this.#entries[i];
      }
    }
    this.#entries = kept;
  }

  get(name) {
    need(arguments, 1, "get");
    const key = nameOf(name);
    for (let i = 0; i < this.#entries.length; i++) {
      if (this.#entries[i].name === key) {
        return this.#entries[i].value;
      }
    }
    return null;
  }

  getAll(name) {
    need(arguments, 1, "getAll");
    const key = nameOf(name);
    const values = [];
    for (let i = 0; i < this.#entries.length; i++) {
      if (this.#entries[i].name === key) {
        p.ObjectDefineProperty(values, values.length, {
          __proto__: null, value: this.#entries[i].value, writable: true, enumerable: true, configurable: true,
        });
      }
    }
    return values;
  }

  has(name) {
    need(arguments, 1, "has");
    const key = nameOf(name);
    for (let i = 0; i < this.#entries.length; i++) {
      if (this.#entries[i].name === key) {
        return true;
      }
    }
    return false;
  }

  forEach(callback, self = undefined) {
    if (typeof callback !== "function") {
      throw new p.TypeErrorOf("Failed to execute 'forEach' on 'FormData': parameter 1 is not of type 'function'.");
    }
    for (let i = 0; i < this.#entries.length; i++) {
      p.ReflectApply(callback, self, [this.#entries[i].value, this.#entries[i].name, this]);
    }
  }

  keys() {
    return this.#iterator((entry) => entry.name);
  }

  values() {
    return this.#iterator((entry) => entry.value);
  }

  entries() {
    return this.#iterator((entry) => [entry.name, entry.value]);
  }

  #iterator(show) {
    return new FormDataIterator(() => this.#entries, show);
  }

  static {
    entriesOf = (form) => form.#entries;
  }
}

/** Goes over the entries as they are when it gets there. */
class FormDataIterator {
  #entries;
  #show;
  #at = 0;

  constructor(entries, show) {
    this.#entries = entries;
    this.#show = show;
  }

  next() {
    const entries = this.#entries();
    return this.#at < entries.length
      ? { value: this.#show(entries[this.#at++]), done: false }
      : { value: undefined, done: true };
  }
}
p.ObjectSetPrototypeOf(FormDataIterator.prototype, p.IteratorPrototype);
delete FormDataIterator.prototype.constructor;
p.tag(FormDataIterator, "FormData Iterator");

/** Whether a value is a FormData. */
export function isFormData(value) {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  try {
    return entriesOf(value) !== undefined;
  } catch {
    return false;
  }
}

/** The records `{name, value}` of a form, which may be added to. */
export { entriesOf };

p.ObjectDefineProperty(FormData.prototype, p.SymbolIterator, {
  __proto__: null, value: FormData.prototype.entries, writable: true, enumerable: false, configurable: true,
});
p.enumerable(FormData, ["append", "delete", "get", "getAll", "has", "set", "entries", "keys", "values", "forEach"]);
p.tag(FormData, "FormData");
brandClass(FormData, "FormData");
