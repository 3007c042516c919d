/** WorkerCode: checked when an app gives it, so that what is wrong with it is said in its own words. */

import * as p from "lapidary:primordials";
import { release, retain } from "lapidary:capability";
import { host } from "lapidary:host";
import { nodeOf, SERVICE } from "lapidary:node";
import { BINDINGS, discard, encode, liveHold, transmit } from "lapidary:payload";

const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
/** The newest compatibility date whose behaviour is known here. */
const NEWEST_DATE = "2026-11-24";
const TYPES = ["js", "cjs", "text", "data", "json", "py", "wasm"];
const MAX_CODE_BYTES = 64 * 1024 * 1024;
const MAX_ENV_BYTES = 1024 * 1024;
const TYPESCRIPT = /\.[jt]sx?$/;
const BUNDLE_TEXT = ". If you're trying to load TypeScript, bundle it first with '@cloudflare/worker-bundler' and pass the "
  + "generated JavaScript modules.";
const { Date: DateOf } = globalThis;

/**
 * What the host needs of a WorkerCode, captured: later changes of the object have no effect.
 *
 * @throws {TypeError|Error|DOMException} in workerd's words
 */
export function readCode(code) {
  const {
    compatibilityDate, compatibilityFlags, allowExperimental, mainModule, modules, env, globalOutbound, tails, streamingTails, limits,
  } = code;
  const flags = compatibilityFlags === undefined ? p.list() : texts(compatibilityFlags);
  if (env !== undefined && !isObject(env)) {
    throw wrongField("env", "Object");
  }
  const outbound = globalOutbound === undefined || globalOutbound === null ? undefined : serviceOf(globalOutbound);
  if (outbound === null) {
    throw wrongField("globalOutbound", "Fetcher");
  }
  const tailHolds = tails === undefined ? p.list() : services(tails);
  const bounds = readLimits(limits, "WorkerCode");
  if (!isObject(modules)) {
    throw wrongField("modules", "object");
  }
  const { list, contents } = readModules(modules);
  const main = p.toText(mainModule);
  const date = checkedDate(compatibilityDate);
  if (allowExperimental) {
    throw new p.ErrorOf("'allowExperimental' is only allowed when the calling worker has the 'experimental' compat flag set.");
  }
  if (streamingTails !== undefined) {
    throw new p.ErrorOf("Streaming tail workers are experimental. You must pass the option 'allowExperimental: true' to the worker loader to use them");
  }
  const json = p.JSONStringify({
    __proto__: null, compatibilityDate: date, compatibilityFlags: flags, mainModule: main, limits: bounds, modules: list,
  });
  const payload = env === undefined ? undefined : encode(env, BINDINGS);
  const size = payload === undefined ? 0 : p.ArrayBufferByteLength(payload.bytes);
  if (size > MAX_ENV_BYTES) {
    discard(payload);
    throw tooLarge("env", size, MAX_ENV_BYTES);
  }
  if (outbound !== undefined) {
    retain(outbound);
  }
  forEach(tailHolds, retain);
  return { __proto__: null, json, contents, env: payload, outbound, tails: tailHolds };
}

/** Gives up what the code refers to. */
export function discardCode(code) {
  if (code.env !== undefined) {
    discard(code.env);
  }
  if (code.outbound !== undefined) {
    release(code.outbound);
  }
  forEach(code.tails, (hold) => release(hold));
  code.outbound = undefined;
  code.tails = p.list();
}

/** Answers the host's question for code, which can be sent again. */
export function sendCode(id, code) {
  const tails = p.list();
  forEach(code.tails, (hold) => {
    tails[tails.length] = hold.handle;
  });
  const outbound = code.outbound === undefined ? 0 : code.outbound.handle;
  const send = (bytes, caps) => host.code(id, code.json, code.contents, bytes, caps, outbound, tails);
  if (code.env === undefined) {
    send(undefined, undefined);
    return;
  }
  const { bytes, holds } = code.env;
  const again = { __proto__: null, bytes, holds: p.list(), given: p.list() };
  forEach(holds, (hold) => {
    again.holds[again.holds.length] = retain(hold);
  });
  transmit(again, send);
}

/** `{cpuMs, subRequests}` of an options object; undefined if there are none. */
export function readLimits(limits, owner) {
  if (limits === undefined) {
    return undefined;
  }
  if (!isObject(limits)) {
    throw wrongField("limits", "ResourceLimits", owner);
  }
  return { __proto__: null, cpuMs: whole(limits.cpuMs), subRequests: whole(limits.subRequests) };
}

/** `props` of an options object, encoded; undefined if there are none. */
export function readProps(props, owner) {
  if (props === undefined) {
    return undefined;
  }
  if (!isObject(props)) {
    throw wrongField("props", "Object", owner);
  }
  return encode(props, BINDINGS);
}

function whole(value) {
  if (value === undefined) {
    return undefined;
  }
  const number = p.NumberFrom(value);
  if (!p.NumberIsInteger(number)) {
    throw new p.TypeErrorOf("The value cannot be converted because it is not an integer.");
  }
  if (number < 0) {
    throw new p.TypeErrorOf("The value cannot be converted because it is negative and this API expects a positive number.");
  }
  return number;
}

function checkedDate(value) {
  const text = value === undefined ? "undefined" : p.toText(value);
  if (p.RegExpExec(DATE, text) === null || isoDate(text) !== text) {
    throw new p.ErrorOf("Invalid compatibility date: " + text);
  }
  if (text > NEWEST_DATE) {
    throw new p.ErrorOf("This Worker requires compatibility date \"" + text
      + "\", but the newest date supported by this server binary is \"" + NEWEST_DATE + "\".");
  }
  return text;
}

function isoDate(text) {
  try {
    return p.StringSlice(p.DateToISOString(new DateOf(text + "T00:00:00Z")), 0, 10);
  } catch {
    return undefined;
  }
}

function readModules(modules) {
  const list = p.list();
  const contents = p.list();
  const names = p.ObjectKeys(modules);
  if (names.length === 0) {
    throw new p.TypeErrorOf("Dynamic Worker code must contain at least one module.");
  }
  let size = 0;
  for (let i = 0; i < names.length; i++) {
    const { type, content } = readModule(names[i], modules[names[i]]);
    list[i] = p.list();
    list[i][0] = names[i];
    list[i][1] = type;
    contents[i] = content;
    size += sizeOf(content);
  }
  if (size > MAX_CODE_BYTES) {
    throw tooLarge("code", size, MAX_CODE_BYTES);
  }
  return { __proto__: null, list, contents };
}

/** A text beyond the limit is counted in characters: its bytes would be as large again. */
function sizeOf(content) {
  return typeof content !== "string" ? p.ArrayBufferByteLength(content)
    : content.length > MAX_CODE_BYTES ? content.length : p.ArrayBufferByteLength(host.utf8(content));
}

function readModule(name, value) {
  if (!isObject(value) && value !== null) {
    if (!p.StringEndsWith(name, ".js") && !p.StringEndsWith(name, ".mjs")) {
      if (p.StringEndsWith(name, ".py")) {
        throw noPython(name);
      }
      throw new p.TypeErrorOf("Module name must end with '.js' or '.py' (or the content must be an object indicating the type "
        + "explicitly). Got: " + name + (p.RegExpExec(TYPESCRIPT, name) === null ? "" : BUNDLE_TEXT));
    }
    return { __proto__: null, type: "js", content: p.toText(value) };
  }
  let found;
  let content;
  let count = 0;
  for (let i = 0; value !== null && i < TYPES.length; i++) {
    const part = value[TYPES[i]];
    if (part !== undefined) {
      found = TYPES[i];
      content = part;
      count++;
    }
  }
  if (count !== 1) {
    throw new p.TypeErrorOf("Each module must contain exactly one of 'js', 'cjs', 'text', 'data', 'json', 'py', or 'wasm'. Module '"
      + name + "' contained " + count + " properties.");
  }
  return { __proto__: null, type: found, content: contentOf(name, found, content) };
}

function contentOf(name, type, content) {
  switch (type) {
    case "data":
    case "wasm":
      if (p.arrayBufferLength(content) >= 0) {
        return p.bytesOf(content, 0, p.ArrayBufferByteLength(content));
      }
      if (p.ArrayBufferIsView(content)) {
        return p.copyViewBytes(content);
      }
      throw wrongField(type, "Array", "Module");
    case "json":
      return p.JSONStringify(content) ?? "null";
    case "py":
      throw noPython(name);
    default:
      return p.toText(content);
  }
}

function noPython(name) {
  return new p.TypeErrorOf("Module \"" + name + "\" is a Python module, but the main module isn't a Python module.");
}

function texts(value) {
  if (!p.ArrayIsArray(value)) {
    throw wrongField("compatibilityFlags", "Array");
  }
  const copy = p.list();
  for (let i = 0; i < value.length; i++) {
    copy[i] = p.toText(value[i]);
  }
  return copy;
}

function services(value) {
  if (!p.ArrayIsArray(value)) {
    throw wrongField("tails", "Array");
  }
  const holds = p.list();
  for (let i = 0; i < value.length; i++) {
    const hold = serviceOf(value[i]);
    if (hold === null) {
      throw new p.TypeErrorOf("Incorrect type for array element " + i + ": the provided value is not of type 'Fetcher'.");
    }
    holds[i] = hold;
  }
  return holds;
}

/** The hold of a Fetcher; null for anything else. */
function serviceOf(value) {
  const node = nodeOf(value);
  return node?.kind === SERVICE ? liveHold(node) : null;
}

function isObject(value) {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function forEach(items, use) {
  for (let i = 0; i < items.length; i++) {
    use(items[i]);
  }
}

function wrongField(field, type, owner = "WorkerCode") {
  return new p.TypeErrorOf("Incorrect type for the '" + field + "' field on '" + owner + "': the provided value is not of type '" + type + "'.");
}

function tooLarge(what, size, most) {
  return new p.ErrorOf("Dynamic Worker " + what + " size (" + size + " bytes) exceeds the maximum allowed size of " + most + " bytes.");
}
