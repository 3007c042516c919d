/** WebAssembly.Global. */

import * as p from "lapidary:primordials";
import { host } from "lapidary:host";
import { isObject, valueType } from "lapidary:wasm-arguments";
import { typeError } from "lapidary:wasm-errors";
import { codeOf, NO_FUNCTION, wrap } from "lapidary:wasm-functions";
import { GLOBAL, globals, PRIVATE, remember } from "lapidary:wasm-parts";

export class Global {
  #number;
  #type;
  #mutable;
  #kept;

  constructor(descriptor, value) {
    if (descriptor === PRIVATE) {
      [this.#number, this.#type, this.#mutable, this.#kept] = value;
      return;
    }
    const api = "WebAssembly.Global()";
    if (!isObject(descriptor)) {
      throw typeError(api + ": Argument 0 must be a global descriptor");
    }
    this.#mutable = !!descriptor.mutable;
    this.#type = valueType(descriptor.value);
    if (this.#type === undefined) {
      throw typeError(api + ": Descriptor property 'value' must be a WebAssembly type");
    }
    const given = arguments.length > 1 && value !== undefined ? value : Global.#initial(this.#type);
    this.#number = host.wasmGlobal(0, this.#type, this.#mutable, this.#value(given, api));
    remember(globals, GLOBAL, this.#number, this);
  }

  static #initial(type) {
    return type === "l" ? p.BigIntFrom(0) : type === "r" ? null : type === "x" ? undefined : 0;
  }

  #value(value, api) {
    if (this.#type !== "r" || value === null) {
      return value;
    }
    const code = codeOf(value);
    if (code < 0) {
      throw typeError(api + ": " + NO_FUNCTION);
    }
    this.#kept = value;
    return code;
  }

  static is(value) {
    return isObject(value) && #number in value;
  }

  static about(global) {
    return { number: global.#number, type: global.#type, mutable: global.#mutable };
  }

  static #get(global, api) {
    if (!isGlobal(global)) {
      throw typeError(api + ": Receiver is not a WebAssembly.Global");
    }
    const value = host.wasmGlobal(1, global.#number);
    return global.#type === "r" && value !== null ? wrap(value) : value;
  }

  valueOf() {
    return Global.#get(this, "WebAssembly.Global.valueOf()");
  }

  get value() {
    return Global.#get(this, "get WebAssembly.Global.value)");
  }

  set value(value) {
    const api = "set WebAssembly.Global.value)";
    if (!isGlobal(this)) {
      throw typeError(api + ": Receiver is not a WebAssembly.Global");
    }
    if (!this.#mutable) {
      throw typeError(api + ": Can't set the value of an immutable global.");
    }
    host.wasmGlobal(2, this.#number, this.#value(value, api));
  }
}

export const { is: isGlobal, about: aboutGlobal } = Global;
delete Global.is;
delete Global.about;
