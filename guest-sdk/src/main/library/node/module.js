/** node:module: there is no file to require from. */

const NAMES = [
  "assert", "async_hooks", "buffer", "crypto", "diagnostics_channel", "events", "module", "os", "path", "perf_hooks", "process",
  "querystring", "stream", "string_decoder", "timers", "url", "util",
];

export const builtinModules = NAMES;

export function isBuiltin(name) {
  return NAMES.includes(String(name).replace(/^node:/, ""));
}

export function createRequire() {
  return (name) => {
    throw new Error("Cannot require \"" + name + "\": import it instead.");
  };
}

export default { builtinModules, createRequire, isBuiltin };
