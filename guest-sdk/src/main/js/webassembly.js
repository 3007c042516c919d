/**
 * WebAssembly inside of a JavaScript guest, loaded when the global is read or a Wasm module is imported.
 *
 * What runs is the host's: memories, tables, globals and instances live there by number, and an object here stands for each.
 * The host trusts nothing of this module. It may let go of a part once the object is unreachable, so each object keeps
 * what its part needs: an instance its imports, a table the instances whose functions may be in it.
 */

import * as p from "lapidary:primordials";
import { host } from "lapidary:host";
import { brandClass } from "lapidary:brand";

const FUNCTION = 0;
const TABLE = 1;
const MEMORY = 2;
const GLOBAL = 3;
const KINDS = ["function", "table", "memory", "global"];
/** Values that describe an import or export, see `describe` of the engine's `WasmFunctions`. */
const PARTS = 6;
/** A function's code is its instance's number times this, plus its index. */
const FUNCTIONS = 2 ** 24;
const MOST_PAGES = 65536;
const MOST_ELEMENTS = 10000000;

const NO_CODE = "Wasm code generation disallowed by embedder";
const NO_FUNCTION = "function-typed object must be null (if nullable) or a Wasm function object";
const TYPES = { __proto__: null, i32: "i", i64: "l", f32: "f", f64: "d", externref: "x", anyfunc: "r", funcref: "r" };

class CompileError extends p.ErrorOf {}
class LinkError extends p.ErrorOf {}
class RuntimeError extends p.ErrorOf {}

/** An error class as V8's: it may be called without `new`. */
function errorClass(base, name) {
  const constructor = function (...args) {
    return p.ReflectConstruct(base, args, new.target ?? constructor);
  };
  constructor.prototype = base.prototype;
  const own = { __proto__: null, constructor, name, message: "" };
  for (const key in own) {
    p.ObjectDefineProperty(base.prototype, key, { __proto__: null, value: own[key], writable: true, enumerable: false, configurable: true });
  }
  p.ObjectDefineProperty(constructor, "name", { __proto__: null, value: name, configurable: true });
  p.ObjectDefineProperty(constructor, "length", { __proto__: null, value: 1, configurable: true });
  p.ObjectDefineProperty(constructor, "prototype", { __proto__: null, writable: false, enumerable: false });
  p.ObjectSetPrototypeOf(constructor, p.ErrorOf);
  return constructor;
}

const errors = {
  __proto__: null,
  CompileError: errorClass(CompileError, "CompileError"),
  LinkError: errorClass(LinkError, "LinkError"),
  RuntimeError: errorClass(RuntimeError, "RuntimeError"),
  RangeError: p.RangeErrorOf,
};

/** Records of instances by number, while they can be reached. */
const records = new p.MapOf();
/** The code of each of WebAssembly's functions. */
const codes = new p.WeakMapOf();
const memories = new p.MapOf();
const tables = new p.MapOf();
const globals = new p.MapOf();

const released = new p.FinalizationRegistryOf(({ kind, number, objects, reference }) => release(kind, number, objects, reference));

/** Lets go of what a reference stood for, once. */
function release(kind, number, objects, reference) {
  if (p.MapGet(objects, number) === reference) {
    p.MapDelete(objects, number);
    host.wasmFree(kind, number);
  }
}

function remember(objects, kind, number, object) {
  const reference = new p.WeakRefOf(object);
  p.MapSet(objects, number, reference);
  p.FinalizationRegister(released, object, { __proto__: null, kind, number, objects, reference });
  return object;
}

/** Lets go of all that cannot be reached any more, without waiting for the registry. */
function collect() {
  const all = [records, tables, memories, globals];
  for (let kind = 0; kind < all.length; kind++) {
    p.MapForEach(all[kind], (reference, number) => {
      if (p.WeakRefDeref(reference) === undefined) {
        release(kind, number, all[kind], reference);
      }
    });
  }
}

function found(objects, number) {
  const reference = p.MapGet(objects, number);
  return reference === undefined ? undefined : p.WeakRefDeref(reference);
}

function typeError(message) {
  return new p.TypeErrorOf(message);
}

function isObject(value) {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

// Functions

/** The function with this code; the same one each time, while its instance can be reached. */
function wrap(code) {
  const record = found(records, p.MathTrunc(code / FUNCTIONS));
  return record === undefined ? null : exported(record, code % FUNCTIONS);
}

function exported(record, index) {
  const { functions, type } = record.about;
  const known = p.MapGet(functions, index);
  if (known !== undefined) {
    return known;
  }
  const imported = index < type.functionImports.length ? record[type.functionImports[index]] : undefined;
  const made = imported !== undefined && p.WeakMapGet(codes, imported) !== undefined ? imported : caller(record, index);
  p.MapSet(functions, index, made);
  return made;
}

function caller(record, index) {
  const call = host.wasmCall;
  const number = record.about.number;
  const parameters = p.StringIndexOf(host.wasmType(number, index), ":");
  let made;
  switch (parameters) {
    case 0:
      made = () => call(number, record, index);
      break;
    case 1:
      made = (a) => call(number, record, index, a);
      break;
    case 2:
      made = (a, b) => call(number, record, index, a, b);
      break;
    case 3:
      made = (a, b, c) => call(number, record, index, a, b, c);
      break;
    default:
      made = (...args) => {
        const all = p.list();
        all[0] = number;
        all[1] = record;
        all[2] = index;
        for (let i = 0; i < args.length; i++) {
          all[i + 3] = args[i];
        }
        return p.ReflectApply(call, undefined, all);
      };
  }
  p.ObjectDefineProperty(made, "name", { __proto__: null, value: "" + index, configurable: true });
  p.ObjectDefineProperty(made, "length", { __proto__: null, value: parameters, configurable: true });
  p.WeakMapSet(codes, made, number * FUNCTIONS + index);
  return made;
}

/** The code of one of WebAssembly's functions, -1 for anything else. */
function codeOf(value) {
  return (typeof value === "function" ? p.WeakMapGet(codes, value) : undefined) ?? -1;
}

/** An array of the elements that a function returned for more than one result. */
function listOf(value, count) {
  if (!isObject(value)) {
    throw typeError("multi-return value must be iterable");
  }
  const all = [...value];
  if (all.length !== count) {
    throw typeError("multi-return length mismatch");
  }
  return all;
}

host.wasmHooks({
  __proto__: null,
  error: (name, message) => new errors[name](message),
  code: codeOf,
  wrap,
  record: (number) => found(records, number),
  list: listOf,
  collect,
});

// Descriptors

function text(value) {
  return p.toText(value);
}

function limit(descriptor, name, api, most, least = 0) {
  const value = descriptor[name];
  if (value === undefined) {
    return undefined;
  }
  const property = api + ": Property '" + name + "'";
  const number = whole(value, () => typeError(property + " must be convertible to a valid number"),
    () => typeError(property + " must be non-negative"));
  if (number > most) {
    throw new p.RangeErrorOf(property + ": value " + number + " is above the upper bound " + most);
  }
  if (number < least) {
    throw new p.RangeErrorOf(property + ": value " + number + " is below the lower bound " + least);
  }
  return number;
}

function whole(value, invalid, negative) {
  const number = +value;
  if (!(number - number === 0)) {
    throw invalid();
  }
  if (number <= -1) {
    throw negative();
  }
  return p.MathTrunc(number) + 0;
}

/** Argument `at`: an index or a number of pages or elements. */
function argument(value, at, api) {
  const number = whole(value, () => typeError(api + ": Argument " + at + " must be convertible to a valid number"),
    () => typeError(api + ": Argument " + at + " must be non-negative"));
  if (number > 4294967295) {
    throw typeError(api + ": Argument " + at + " must be in the unsigned long range");
  }
  return number;
}

function initial(descriptor, api, most) {
  const value = limit(descriptor, "initial", api, most);
  if (value === undefined) {
    throw typeError(api + ": Property 'initial' is required");
  }
  return value;
}

const PRIVATE = {};

class Memory {
  #number;
  #maximum;
  #pages;
  #buffer;

  constructor(descriptor, maximum) {
    if (descriptor === PRIVATE) {
      [this.#number, this.#maximum] = maximum;
      return;
    }
    const api = "WebAssembly.Memory()";
    if (!isObject(descriptor)) {
      throw typeError(api + ": Argument 0 must be a memory descriptor");
    }
    const pages = initial(descriptor, api, MOST_PAGES);
    this.#maximum = limit(descriptor, "maximum", api, MOST_PAGES, pages);
    if (descriptor.shared) {
      throw typeError(api + (this.#maximum === undefined ? ": If shared is true, maximum property should be defined."
        : ": Shared memory is not supported."));
    }
    this.#number = host.wasmMemory(0, pages, this.#maximum ?? MOST_PAGES);
    if (this.#number === 0) {
      throw new p.RangeErrorOf(api + ": could not allocate memory");
    }
    remember(memories, MEMORY, this.#number, this);
  }

  static is(value) {
    return isObject(value) && #number in value;
  }

  static numberOf(memory) {
    return memory.#number;
  }

  static maximumOf(memory) {
    return memory.#maximum;
  }

  grow(delta) {
    const api = "WebAssembly.Memory.grow()";
    if (!isMemory(this)) {
      throw typeError(api + ": Receiver is not a WebAssembly.Memory");
    }
    const before = host.wasmMemory(2, this.#number, p.MathMin(argument(delta, 0, api), MOST_PAGES + 1));
    if (before < 0) {
      throw new p.RangeErrorOf(api + ": Maximum memory size exceeded");
    }
    return before;
  }

  get buffer() {
    if (!isObject(this) || !(#number in this)) {
      throw typeError("WebAssembly.Memory.buffer: Receiver is not a WebAssembly.Memory");
    }
    const buffer = host.wasmMemory(1, this.#number);
    if (this.#buffer !== buffer) {
      this.#buffer = buffer;
      new Buffer(buffer, this);
    }
    return buffer;
  }
}

const { is: isMemory, numberOf: memoryNumber, maximumOf: memoryMaximum } = Memory;
delete Memory.is;
delete Memory.numberOf;
delete Memory.maximumOf;

/** Answers what it is given, so that a class below it can add a private field to any object. */
function same(object) {
  return object;
}

/** A memory's buffer: keeps the memory while somebody has it. */
class Buffer extends same {
  #memory;

  constructor(buffer, memory) {
    super(buffer);
    this.#memory = memory;
  }

  static is(value) {
    return isObject(value) && #memory in value;
  }
}

/** Whether this is the buffer of a memory, which cannot be transferred. */
export const { is: isMemoryBuffer } = Buffer;

class Table {
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
    const element = TYPES[text(descriptor.element)];
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

const { is: isTable, about: aboutTable, keep: keepInTable } = Table;
delete Table.is;
delete Table.about;
delete Table.keep;

class Global {
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
    this.#type = TYPES[text(descriptor.value)];
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

const { is: isGlobal, about: aboutGlobal } = Global;
delete Global.is;
delete Global.about;

// Modules

let creating = false;

class Module {
  #name;
  #type;

  constructor(name) {
    if (!creating) {
      throw new errors.CompileError("WebAssembly.Module(): " + NO_CODE);
    }
    this.#name = name;
  }

  static is(value) {
    return isObject(value) && #name in value;
  }

  static nameOf(module) {
    return module.#name;
  }

  static typeOf(module) {
    return module.#type ??= describe(host.wasmDescribe(module.#name));
  }

  static #check(module, api) {
    if (!isModule(module)) {
      throw typeError("WebAssembly.Module." + api + "(): Argument 0 must be a WebAssembly.Module");
    }
    return moduleType(module);
  }

  static imports(module) {
    const { imports } = Module.#check(module, "imports");
    const all = [];
    for (let i = 0; i < imports.length; i += PARTS) {
      all[i / PARTS] = { module: imports[i], name: imports[i + 1], kind: KINDS[imports[i + 2]] };
    }
    return all;
  }

  static exports(module) {
    const { exports } = Module.#check(module, "exports");
    const all = [];
    for (let i = 0; i < exports.length; i += PARTS) {
      all[i / PARTS] = { name: exports[i], kind: KINDS[exports[i + 1]] };
    }
    return all;
  }

  static customSections(module, name) {
    Module.#check(module, "customSections");
    if (name === undefined) {
      throw typeError("WebAssembly.Module.customSections(): Argument 1 is required");
    }
    return host.wasmSections(module.#name, text(name));
  }
}

const { is: isModule, nameOf: moduleName, typeOf: moduleType } = Module;
delete Module.is;
delete Module.nameOf;
delete Module.typeOf;

function describe([imports, exports]) {
  const functionImports = [];
  for (let i = 0; i < imports.length; i += PARTS) {
    if (imports[i + 2] === FUNCTION) {
      functionImports[functionImports.length] = i / PARTS;
    }
  }
  return { imports, exports, functionImports };
}

/** The `WebAssembly.Module` of the app's module with this full name. */
export function createModule(name) {
  creating = true;
  try {
    return new Module(name);
  } finally {
    creating = false;
  }
}

// Instances

class Instance {
  #exports;

  constructor(module, imports) {
    this.#exports = module === PRIVATE ? imports : instantiate(module, imports, "Instance");
  }

  get exports() {
    if (!isObject(this) || !(#exports in this)) {
      throw typeError("WebAssembly.Instance.exports(): Receiver is not a WebAssembly.Instance");
    }
    return this.#exports;
  }
}

function instantiate(module, imports, name) {
  const api = "WebAssembly." + name + "()";
  if (!isModule(module)) {
    throw typeError(api + ": Argument 0 must be a WebAssembly.Module");
  }
  if (imports !== undefined && !isObject(imports)) {
    throw typeError(api + ": Argument 1 must be an object");
  }
  const type = moduleType(module);
  if (type.imports.length > 0 && imports === undefined) {
    throw typeError(api + ": Imports argument must be present and must be an object");
  }
  const record = p.list();
  const links = linked(type.imports, imports, record, api);
  const number = host.wasmInstantiate(moduleName(module), links);
  p.ObjectDefineProperty(record, "about", { __proto__: null, value: { number, functions: new p.MapOf(), type, parts: p.list() } });
  remember(records, 0, number, record);
  for (let i = 0; i < record.length; i++) {
    if (isTable(record[i])) {
      keepInTable(record[i], record);
    }
  }
  const exports = exportsOf(record, type.exports);
  host.wasmStart(number, record, name);
  return exports;
}

/** Reads what a module imports, checks it, and fills the record with it; answers the host's numbers. */
function linked(types, imports, record, api) {
  const values = p.list();
  const links = p.list();
  for (let i = 0; i < types.length; i += PARTS) {
    const space = imports[types[i]];
    if (!isObject(space)) {
      throw typeError(api + ": Import #" + i / PARTS + " " + quoted(types[i]) + ": module is not an object or function");
    }
    values[i / PARTS] = space[types[i + 1]];
  }
  // As in V8: memories first.
  for (const first of [true, false]) {
    for (let i = 0; i < types.length; i += PARTS) {
      if ((types[i + 2] === MEMORY) === first) {
        const at = i / PARTS;
        const refuse = (reason) => new errors.LinkError(
          api + ": Import #" + at + " " + quoted(types[i]) + " " + quoted(types[i + 1]) + ": " + reason);
        [record[at], links[at]] = link(values[at], types[i + 2], types[i + 3], types[i + 4], types[i + 5], refuse);
      }
    }
  }
  return links;
}

function quoted(name) {
  return '"' + name + '"';
}

function link(value, kind, a, b, c, refuse) {
  switch (kind) {
    case FUNCTION:
      return [linkFunction(value, a, b, refuse), 0];
    case TABLE:
      return [value, linkTable(value, a, b, c, refuse)];
    case MEMORY:
      return [value, linkMemory(value, b, c, refuse)];
    default:
      return linkGlobal(value, a, b, refuse);
  }
}

function linkFunction(value, parameters, results, refuse) {
  if (typeof value !== "function") {
    throw refuse("function import requires a callable");
  }
  const code = codeOf(value);
  if (code >= 0 && host.wasmType(p.MathTrunc(code / FUNCTIONS), code % FUNCTIONS) !== parameters + ":" + results) {
    throw refuse("imported function does not match the expected type");
  }
  return value;
}

function linkTable(value, element, minimum, maximum, refuse) {
  if (!isTable(value)) {
    throw refuse("table import requires a WebAssembly.Table");
  }
  const about = aboutTable(value);
  const size = host.wasmTable(4, about.number);
  if (size < minimum) {
    throw refuse("table import has " + size + " elements, which is smaller than the declared initial of " + minimum);
  }
  if (maximum >= 0 && about.maximum === undefined) {
    throw refuse("table import has no maximum, expected at most " + maximum);
  }
  if (maximum >= 0 && about.maximum > maximum) {
    throw refuse("table import has maximum larger than the declared maximum " + maximum + ": " + about.maximum);
  }
  if (about.element !== element) {
    throw refuse("imported table does not match the expected type");
  }
  return about.number;
}

function linkMemory(value, minimum, maximum, refuse) {
  if (!isMemory(value)) {
    throw refuse("memory import must be a WebAssembly.Memory object");
  }
  const number = memoryNumber(value);
  const pages = host.wasmMemory(3, number);
  if (pages < minimum) {
    throw refuse("memory import has " + pages + " pages which is smaller than the declared initial of " + minimum);
  }
  const most = memoryMaximum(value);
  if (maximum >= 0 && most === undefined) {
    throw refuse("memory import has no maximum limit, expected at most " + maximum);
  }
  if (maximum >= 0 && most > maximum) {
    throw refuse("memory import has a larger maximum size " + most + " than the module's declared maximum " + maximum);
  }
  return number;
}

function linkGlobal(value, type, mutable, refuse) {
  if (type === "r") {
    throw refuse("imported globals that refer to functions are not supported");
  }
  if (isGlobal(value)) {
    const about = aboutGlobal(value);
    if (about.mutable !== mutable) {
      throw refuse("imported global does not match the expected mutability");
    }
    if (about.type !== type) {
      throw refuse("imported global does not match the expected type");
    }
    return [value, about.number];
  }
  if (mutable) {
    throw refuse("imported mutable global must be a WebAssembly.Global object");
  }
  if (type === "l" ? typeof value !== "bigint" : type !== "x" && typeof value !== "number") {
    throw refuse(type === "l" ? "global import must be a BigInt" : "global import must be a number, valid Wasm reference, or WebAssembly.Global object");
  }
  const made = new Global({ value: { i: "i32", l: "i64", f: "f32", d: "f64", x: "externref" }[type] }, value);
  return [made, aboutGlobal(made).number];
}

function exportsOf(record, types) {
  const exports = { __proto__: null };
  for (let i = 0; i < types.length; i += PARTS) {
    const value = exportOf(record, types[i + 1], types[i + 2], types[i + 3], types[i + 4], types[i + 5]);
    p.ObjectDefineProperty(exports, types[i], { __proto__: null, value, writable: true, enumerable: true, configurable: true });
  }
  return p.ObjectFreeze(exports);
}

function exportOf(record, kind, index, a, b, c) {
  if (kind === FUNCTION) {
    return exported(record, index);
  }
  const objects = kind === TABLE ? tables : kind === MEMORY ? memories : globals;
  const number = host.wasmExport(record.about.number, kind, index);
  let object = found(objects, number);
  if (object === undefined) {
    object = kind === TABLE ? new Table(PRIVATE, [number, a, c < 0 ? undefined : c])
      : kind === MEMORY ? new Memory(PRIVATE, [number, c < 0 ? undefined : c])
        : new Global(PRIVATE, [number, a, b, record]);
    if (kind === TABLE) {
      keepInTable(object, record);
    }
    if (kind === MEMORY) {
      host.wasmMemory(4, number);
    }
    remember(objects, kind, number, object);
  }
  const { parts } = record.about;
  parts[parts.length] = object;
  return object;
}

// The namespace

function isBytes(value) {
  return p.ArrayBufferIsView(value) || p.arrayBufferLength(value) >= 0;
}

const functions = {
  async compile() {
    throw new errors.CompileError("WebAssembly.compile(): " + NO_CODE);
  },
  validate(bytes) {
    if (!isBytes(bytes)) {
      throw typeError("WebAssembly.validate(): Argument 0 must be a buffer source");
    }
    return host.wasmValidate(p.ArrayBufferIsView(bytes) ? p.copyViewBytes(bytes) : bytes);
  },
  async instantiate(source, imports) {
    if (isModule(source)) {
      return new Instance(PRIVATE, instantiate(source, imports, "instantiate"));
    }
    throw isBytes(source) ? new errors.CompileError("WebAssembly.instantiate(): " + NO_CODE)
      : typeError("WebAssembly.instantiate(): Argument 0 must be a buffer source or a WebAssembly.Module object");
  },
};

function hidden(object, name, value) {
  p.ObjectDefineProperty(object, name, { __proto__: null, value, writable: true, enumerable: false, configurable: true });
}

const classes = { __proto__: null, Module, Instance, Table, Memory, Global };
const members = { __proto__: null, Module: ["imports", "exports", "customSections"], Instance: ["exports"],
  Table: ["length", "grow", "set", "get"], Memory: ["grow", "buffer"], Global: ["valueOf", "value"] };

/** The global. */
export const WebAssembly = {};

hidden(WebAssembly, "compile", functions.compile);
hidden(WebAssembly, "validate", functions.validate);
hidden(WebAssembly, "instantiate", functions.instantiate);
for (const name in classes) {
  const constructor = classes[name];
  p.enumerable(name === "Module" ? { prototype: Module } : constructor, members[name]);
  p.tag(constructor, "WebAssembly." + name);
  brandClass(constructor, name, "#<" + name + "> could not be cloned.");
  p.ObjectDefineProperty(constructor, "length", { __proto__: null, value: 1, configurable: true });
  hidden(WebAssembly, name, constructor);
}
hidden(WebAssembly, "CompileError", errors.CompileError);
hidden(WebAssembly, "LinkError", errors.LinkError);
hidden(WebAssembly, "RuntimeError", errors.RuntimeError);
p.tag({ prototype: WebAssembly }, "WebAssembly");
