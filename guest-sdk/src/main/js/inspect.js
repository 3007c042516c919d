/** Shows any value as text for a log line, without running the app's getters. */

import * as p from "lapidary:primordials";
import { isError, platformClassName } from "lapidary:brand";
import { flatHeaders, isHeaders } from "lapidary:headers";

/** Nesting shown before `[Object]`. */
const MAX_DEPTH = 4;
/** Entries shown of one array, map, set or object. */
const MAX_ENTRIES = 100;
/** Characters of one shown value; the rest is cut. */
const MAX_TEXT = 16_384;
const LINE_WIDTH = 76;
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** The stack of an error with its first line, which QuickJS leaves out. */
export function errorText(error) {
  const stack = safely(() => error.stack);
  const title = safely(() => {
    const name = p.toText(error.name);
    const message = p.toText(error.message);
    return message === "" ? name : name + ": " + message;
  }) ?? "Error";
  if (typeof stack !== "string" || stack === "") {
    return title;
  }
  let end = stack.length;
  while (end > 0 && p.StringCharCodeAt(stack, end - 1) === 10) {
    end--;
  }
  const trimmed = p.StringSlice(stack, 0, end);
  return p.StringStartsWith(trimmed, title) ? trimmed : title + "\n" + trimmed;
}

/** @param {*} value anything; @returns {string} at most MAX_TEXT characters */
export function inspect(value, depth = MAX_DEPTH) {
  const text = safely(() => show(value, depth, p.list(), 0)) ?? "[uninspectable]";
  return text.length > MAX_TEXT ? p.StringSlice(text, 0, MAX_TEXT) + "… " + (text.length - MAX_TEXT) + " more characters" : text;
}

function show(value, depth, path, indent) {
  switch (typeof value) {
    case "string":
      return quote(value);
    case "number":
      return value === 0 && 1 / value < 0 ? "-0" : p.toText(value);
    case "bigint":
      return value + "n";
    case "symbol":
      return p.SymbolToString(value);
    case "function":
      return showFunction(value);
    case "object":
      return value === null ? "null" : showObject(value, depth, path, indent);
    default:
      return p.toText(value);
  }
}

function quote(text) {
  const mark = p.StringIndexOf(text, "'") < 0 ? "'" : p.StringIndexOf(text, '"') < 0 ? '"' : "'";
  let shown = "";
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const code = p.StringCharCodeAt(text, i);
    if (code < 32 || code === 92 || code === 127 || (code === 39 && mark === "'")) {
      shown += p.StringSlice(text, start, i) + escape(code);
      start = i + 1;
    }
  }
  return mark + shown + p.StringSlice(text, start) + mark;
}

function escape(code) {
  switch (code) {
    case 10:
      return "\\n";
    case 13:
      return "\\r";
    case 9:
      return "\\t";
    case 92:
      return "\\\\";
    case 39:
      return "\\'";
    default:
      return "\\x" + (code < 16 ? "0" : "") + hex(code);
  }
}

function hex(code) {
  const digits = "0123456789ABCDEF";
  return code < 16 ? digits[code] : digits[code >> 4] + digits[code & 15];
}

function showFunction(value) {
  const platform = platformClassName(value);
  if (platform !== undefined) {
    return platform + " {}";
  }
  const name = ownValue(value, "name");
  const kind = p.StringStartsWith(safely(() => p.FunctionToString(value)) ?? "", "class") ? "class" : "Function";
  const title = typeof name === "string" && name !== "" ? name : "(anonymous)";
  return kind === "class" ? "[class " + title + "]" : title === "(anonymous)" ? "[Function (anonymous)]" : "[Function: " + title + "]";
}

function ownValue(object, key) {
  return p.ObjectGetOwnPropertyDescriptor(object, key)?.value;
}

function className(object) {
  let prototype = object;
  for (let i = 0; prototype !== null && i < 8; i++) {
    const constructor = ownValue(prototype, "constructor");
    if (typeof constructor === "function" && (i > 0 || prototype !== object)) {
      const name = ownValue(constructor, "name");
      return typeof name === "string" ? name : "";
    }
    prototype = p.ObjectGetPrototypeOf(prototype);
  }
  return undefined;
}

function showObject(object, depth, path, indent) {
  for (let i = 0; i < path.length; i++) {
    if (path[i] === object) {
      return "[Circular]";
    }
  }
  if (isError(object)) {
    return showError(object, depth, path, indent);
  }
  const platform = platformClassName(object);
  const name = platform ?? className(object);
  const array = p.ArrayIsArray(object);
  if (depth < 0) {
    return array ? "[Array]" : "[" + (name ?? "Object: null prototype") + "]";
  }
  const primitive = showPrimitiveLike(object);
  if (primitive !== undefined) {
    return primitive;
  }
  path[path.length] = object;
  const parts = p.list();
  let prefix = name === undefined ? "[Object: null prototype] " : name === "Object" || array ? "" : name + " ";
  const recur = (inner) => show(inner, depth - 1, path, indent + 2);
  if (array) {
    prefix = name === "Array" || name === undefined ? "" : name + "(" + object.length + ") ";
    showElements(object.length, (i) => (p.ObjectHasOwn(object, i) ? recur(ownValue(object, i)) : "<empty>"), parts);
  } else if (is(p.MapSize, object)) {
    prefix = name + "(" + p.MapSize(object) + ") ";
    p.MapForEach(object, (value, key) => add(parts, () => recur(key) + " => " + recur(value)));
  } else if (is(p.SetSize, object)) {
    prefix = name + "(" + p.SetSize(object) + ") ";
    p.SetForEach(object, (value) => add(parts, () => recur(value)));
  } else if (p.ArrayBufferIsView(object) && p.TypedArrayName(object) !== undefined) {
    prefix = name + "(" + p.TypedArrayLength(object) + ") ";
    showElements(p.TypedArrayLength(object), (i) => show(object[i], 0, path, 0), parts);
  } else if (p.arrayBufferLength(object) >= 0) {
    parts[0] = "byteLength: " + p.arrayBufferLength(object);
  } else if (isHeaders(object)) {
    const flat = flatHeaders(object);
    prefix = "Headers(" + (flat.length / 2) + ") ";
    for (let i = 0; i < flat.length; i += 2) {
      add(parts, () => quote(flat[i]) + " => " + quote(flat[i + 1]));
    }
  }
  showProperties(object, array || p.ArrayBufferIsView(object), recur, parts);
  path.length--;
  const list = array || (p.ArrayBufferIsView(object) && p.TypedArrayName(object) !== undefined);
  return layOut(prefix, parts, list ? "[" : "{", list ? "]" : "}", indent);
}

function showElements(length, element, parts) {
  for (let i = 0; i < length && i < MAX_ENTRIES; i++) {
    parts[parts.length] = element(i);
  }
  if (length > MAX_ENTRIES) {
    parts[parts.length] = "... " + (length - MAX_ENTRIES) + " more items";
  }
}

function add(parts, text) {
  if (parts.length < MAX_ENTRIES) {
    parts[parts.length] = text();
  } else if (parts.length === MAX_ENTRIES) {
    parts[parts.length] = "...";
  }
}

function showProperties(object, skipIndexes, recur, parts) {
  const keys = p.ReflectOwnKeys(object);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (skipIndexes && typeof key === "string" && p.StringCharCodeAt(key, 0) >= 48 && p.StringCharCodeAt(key, 0) <= 57) {
      continue;
    }
    const own = p.ObjectGetOwnPropertyDescriptor(object, key);
    if (own === undefined || !own.enumerable) {
      continue;
    }
    add(parts, () => {
      const label = typeof key === "symbol" ? "[" + p.SymbolToString(key) + "]" : p.RegExpExec(IDENTIFIER, key) ? key : quote(key);
      if (own.get !== undefined || own.set !== undefined) {
        return label + ": " + (own.get === undefined ? "[Setter]" : own.set === undefined ? "[Getter]" : "[Getter/Setter]");
      }
      return label + ": " + recur(own.value);
    });
  }
}

function showError(error, depth, path, indent) {
  const text = errorText(error);
  const parts = p.list();
  path[path.length] = error;
  const recur = (inner) => show(inner, depth - 1, path, indent + 2);
  const cause = p.ObjectGetOwnPropertyDescriptor(error, "cause");
  if (cause !== undefined && "value" in cause && depth >= 0) {
    parts[0] = "[cause]: " + recur(cause.value);
  }
  if (depth >= 0) {
    const own = p.list();
    showProperties(error, false, recur, own);
    for (let i = 0; i < own.length; i++) {
      if (!p.StringStartsWith(own[i], "stack: ") && !p.StringStartsWith(own[i], "cause: ")) {
        parts[parts.length] = own[i];
      }
    }
  }
  path.length--;
  return parts.length === 0 ? text : text + " " + layOut("", parts, "{", "}", indent);
}

function showPrimitiveLike(object) {
  if (is(p.DateGetTime, object)) {
    return safely(() => p.DateToISOString(object)) ?? "Invalid Date";
  }
  if (object !== p.RegExpPrototype && is(p.RegExpSource, object)) {
    let flags = "";
    flags += p.RegExpFlag.hasIndices(object) ? "d" : "";
    flags += p.RegExpFlag.global(object) ? "g" : "";
    flags += p.RegExpFlag.ignoreCase(object) ? "i" : "";
    flags += p.RegExpFlag.multiline(object) ? "m" : "";
    flags += p.RegExpFlag.dotAll(object) ? "s" : "";
    flags += p.RegExpFlag.unicode(object) ? "u" : "";
    flags += p.RegExpFlag.unicodeSets(object) ? "v" : "";
    flags += p.RegExpFlag.sticky(object) ? "y" : "";
    return "/" + p.RegExpSource(object) + "/" + flags;
  }
  if (is(p.NumberValueOf, object)) {
    return "[Number: " + p.NumberValueOf(object) + "]";
  }
  if (is(p.StringValueOf, object)) {
    return "[String: " + quote(p.StringValueOf(object)) + "]";
  }
  if (is(p.BooleanValueOf, object)) {
    return "[Boolean: " + p.BooleanValueOf(object) + "]";
  }
  if (is(p.BigIntValueOf, object)) {
    return "[BigInt: " + p.BigIntValueOf(object) + "n]";
  }
  return p.ObjectToString(object) === "[object Promise]" ? "Promise { }" : undefined;
}

function layOut(prefix, parts, open, close, indent) {
  if (parts.length === 0) {
    return prefix + open + close;
  }
  const one = prefix + open + " " + p.ArrayJoin(parts, ", ") + " " + close;
  if (one.length + indent <= LINE_WIDTH && p.StringIndexOf(one, "\n") < 0) {
    return one;
  }
  const pad = p.StringRepeat(" ", indent + 2);
  return prefix + open + "\n" + pad + p.ArrayJoin(parts, ",\n" + pad) + "\n" + p.StringRepeat(" ", indent) + close;
}

function is(check, object) {
  try {
    check(object);
    return true;
  } catch {
    return false;
  }
}

function safely(compute) {
  try {
    return compute();
  } catch {
    return undefined;
  }
}
