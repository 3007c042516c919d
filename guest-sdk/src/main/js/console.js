/** console: every call becomes one host log line of at most MAX_LINE characters. */

import * as p from "lapidary:primordials";
import { isError } from "lapidary:brand";
import { host } from "lapidary:host";
import { errorText, inspect } from "lapidary:inspect";

const DEBUG = 0;
const LOG = 1;
const INFO = 2;
const WARN = 3;
const ERROR = 4;
const MAX_LINE = 65_536;

const counts = new p.MapOf();
const clocks = new p.MapOf();
let indentation = "";

function write(level, text) {
  const line = indentation + text;
  host.log(level, line.length > MAX_LINE ? p.StringSlice(line, 0, MAX_LINE) : line);
}

/** The text of one console call: `%` directives of the first argument, then the rest, separated by spaces. */
export function format(args) {
  let text = "";
  let next = 0;
  if (typeof args[0] === "string") {
    const filled = directives(args[0], args);
    next = filled.next;
    text = filled.text;
  }
  for (let i = next; i < args.length; i++) {
    text += (i > 0 ? " " : "") + (typeof args[i] === "string" ? args[i] : inspect(args[i]));
  }
  return text;
}

function directives(template, args) {
  let text = "";
  let next = 1;
  let start = 0;
  for (let at = p.StringIndexOf(template, "%"); at >= 0; at = p.StringIndexOf(template, "%", at)) {
    const kind = template[at + 1];
    const shown = kind === "%" ? "%" : next < args.length ? directive(kind, args[next]) : undefined;
    if (shown === undefined) {
      at++;
      continue;
    }
    next += kind === "%" ? 0 : 1;
    text += p.StringSlice(template, start, at) + shown;
    start = at + 2;
    at = start;
  }
  return { __proto__: null, text: text + p.StringSlice(template, start), next };
}

function directive(kind, value) {
  switch (kind) {
    case "s":
      return typeof value === "string" ? value : inspect(value, 0);
    case "d":
    case "i": {
      if (typeof value === "bigint") {
        return value + "n";
      }
      const number = typeof value === "symbol" || typeof value === "object" ? NaN : p.NumberFrom(value);
      return p.toText(kind === "i" ? p.MathTrunc(number) : number);
    }
    case "f":
      return typeof value === "symbol" || typeof value === "object" ? "NaN" : p.toText(p.NumberFrom(value));
    case "j":
      return p.JSONStringify(value) ?? "undefined";
    case "o":
    case "O":
      return inspect(value);
    case "c":
      return "";
    default:
      return undefined;
  }
}

/** Logs what nobody caught, at error level. */
export function reportUncaught(error) {
  write(ERROR, "Uncaught " + describeThrown(error));
}

/** An unhandled rejection's log line. */
export function reportRejection(reason) {
  write(ERROR, "Uncaught (in promise) " + describeThrown(reason));
}

function describeThrown(error) {
  return isError(error) ? errorText(error) : inspect(error);
}

function table(data) {
  if (typeof data !== "object" || data === null) {
    return inspect(data);
  }
  const rows = p.ObjectKeys(data);
  let text = "";
  for (let i = 0; i < rows.length && i < 100; i++) {
    text += (i > 0 ? "\n" : "") + rows[i] + ": " + inspect(data[rows[i]]);
  }
  return text;
}

const methods = {
  __proto__: null,
  debug: (...args) => write(DEBUG, format(args)),
  error: (...args) => write(ERROR, format(args)),
  info: (...args) => write(INFO, format(args)),
  log: (...args) => write(LOG, format(args)),
  warn: (...args) => write(WARN, format(args)),
  dir: (value) => write(LOG, inspect(value)),
  dirxml: (...args) => write(LOG, format(args)),
  table: (data) => write(LOG, table(data)),
  trace: (...args) => write(DEBUG, "Trace: " + format(args) + "\n" + (new p.ErrorOf().stack)),
  group: (...args) => {
    if (args.length > 0) {
      write(LOG, format(args));
    }
    indentation = indentation.length < 40 ? indentation + "  " : indentation;
  },
  groupEnd: () => {
    indentation = p.StringSlice(indentation, 2);
  },
  clear: () => {},
  count: (label = "default") => {
    const name = p.toText(label);
    const count = (p.MapGet(counts, name) ?? 0) + 1;
    p.MapSet(counts, name, count);
    write(INFO, name + ": " + count);
  },
  countReset: (label = "default") => {
    p.MapDelete(counts, p.toText(label));
  },
  assert: (condition, ...args) => {
    if (!condition) {
      write(ERROR, args.length === 0 ? "Assertion failed" : "Assertion failed: " + format(args));
    }
  },
  time: (label = "default") => {
    p.MapSet(clocks, p.toText(label), host.now());
  },
  timeLog: (label = "default", ...args) => {
    const started = p.MapGet(clocks, p.toText(label));
    if (started !== undefined) {
      write(LOG, label + ": " + (host.now() - started) + "ms" + (args.length > 0 ? " " + format(args) : ""));
    }
  },
  timeEnd: (label = "default") => {
    methods.timeLog(label);
    p.MapDelete(clocks, p.toText(label));
  },
  profile: () => {},
  profileEnd: () => {},
  timeStamp: () => {},
};
methods.groupCollapsed = methods.group;

/** Installs the console global. */
export function installConsole(define) {
  const console = {};
  for (const name of p.ReflectOwnKeys(methods)) {
    p.ObjectDefineProperty(console, name, {
      __proto__: null, value: methods[name], writable: true, enumerable: true, configurable: true,
    });
  }
  p.ObjectDefineProperty(console, p.SymbolToStringTag, { __proto__: null, value: "console", configurable: true });
  define("console", console);
}
