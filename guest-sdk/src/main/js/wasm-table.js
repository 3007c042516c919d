/** WebAssembly.Table. */

import * as p from "lapidary:primordials";
import { host } from "lapidary:host";
import { argument, initial, isObject, limit, valueType } from "lapidary:wasm-arguments";
import { typeError } from "lapidary:wasm-errors";
import { codeOf, NO_FUNCTION, wrap } from "lapidary:wasm-functions";
import { PRIVATE, remember, TABLE, tables } from "lapidary:wasm-parts";

const MOST_ELEMENTS = 10000000;

export class Table {
  #number;
  #element;
  #maximum;
  /** What may be reached through its elements. */
  #kept = new p.SetOf();

  constructor(descriptor, value) {
    if (descriptor === PRIVATE) {
      [this.#number, this.#element, this.#maximum] = value;
      return;
    }
    const api = "WebAssembly.Table()";
    if (!isObject(descriptor)) {
      throw typeError(api + ": Argument 0 must be a table descriptor");
    }
    const element = valueType(descriptor.element);
    if (element !== "r" && element !== "x") {
      throw typeError(api + ": Descriptor property 'element' must be a WebAssembly reference type");
    }
    const length = initial(descriptor, api, MOST_ELEMENTS);
    this.#maximum = limit(descriptor, "maximum", api, 4294967295, length);
    this.#element = element;
    if (value !== undefined && value !== null && element === "r" && codeOf(value) < 0) {
      throw typeError(api + ": Argument 2 must be undefined or a value of type compatible with the type of the new table: "
        + NO_FUNCTION + ".");
    }
    this.#number = host.wasmTable(0, element === "r", length, this.#maximum);
    if (this.#number === 0) {
      throw new p.RangeErrorOf(api + ": could not allocate table");
    }
    remember(tables, TABLE, this.#number, this);
    if (element === "x" || (value !== undefined && value !== null)) {
      this.#fill(0, length, value);
    }
  }

  #fill(from, to, value) {
    const element = this.#value(value);
    for (let i = from; i < to; i++) {
      host.wasmTable(2, this.#number, i, element);
    }
  }

  #value(value) {
    if (this.#element === "x") {
      return value;
    }
    if (value === null || value === undefined) {
      return null;
    }
    p.SetAdd(this.#kept, value);
    return codeOf(value);
  }

  static is(value) {
    return isObject(value) && #number in value;
  }

  static about(table) {
    return { number: table.#number, element: table.#element, maximum: table.#maximum };
  }

  /** Keeps an instance that may have put its functions into the table. */
  static keep(table, record) {
    p.SetAdd(table.#kept, record);
  }

  static #check(value, api) {
    if (!isTable(value)) {
      throw typeError(api + ": Receiver is not a WebAssembly.Table");
    }
  }

  get length() {
    Table.#check(this, "WebAssembly.Table.length");
    return host.wasmTable(4, this.#number);
  }

  #index(index, api) {
    const at = argument(index, 0, api);
    const size = host.wasmTable(4, this.#number);
    if (at >= size) {
      const kind = this.#element === "r" ? "funcref" : "externref";
      throw new p.RangeErrorOf(api + ": invalid address " + at + " in " + kind + " table of size " + size);
    }
    return at;
  }

  grow(delta, value) {
    const api = "WebAssembly.Table.grow()";
    Table.#check(this, api);
    const more = argument(delta, 0, api);
    this.#accept(value, arguments.length > 1, api);
    const before = more > 2147483647 ? -1 : host.wasmTable(3, this.#number, more);
    if (before < 0) {
      throw new p.RangeErrorOf(api + ": failed to grow table by " + more);
    }
    if (this.#element === "x" || (value !== undefined && value !== null)) {
      this.#fill(before, before + more, value);
    }
    return before;
  }

  #accept(value, given, api) {
    if (this.#element === "r" && given && value !== null && value !== undefined && codeOf(value) < 0) {
      throw typeError(api + ": Argument 1 is invalid for table: " + NO_FUNCTION);
    }
  }

  set(index, value) {
    const api = "WebAssembly.Table.set()";
    Table.#check(this, api);
    const at = this.#index(index, api);
    this.#accept(value, arguments.length > 1, api);
    host.wasmTable(2, this.#number, at, this.#value(value));
  }

  get(index) {
    const api = "WebAssembly.Table.get()";
    Table.#check(this, api);
    const element = host.wasmTable(1, this.#number, this.#index(index, api));
    return this.#element === "x" || element === null ? element : wrap(element);
  }
}

export const { is: isTable, about: aboutTable, keep: keepInTable } = Table;
delete Table.is;
delete Table.about;
delete Table.keep;
