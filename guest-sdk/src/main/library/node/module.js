/** node:module: there is no file to require from. */

const NAMES = [
  "assert", "assert/strict", "async_hooks", "buffer", "child_process", "cluster", "console", "constants", "crypto", "dgram",
  "diagnostics_channel", "dns", "dns/promises", "domain", "events", "fs", "fs/promises", "http", "http2", "https", "inspector",
  "inspector/promises", "module", "net", "os", "path", "path/posix", "path/win32", "perf_hooks", "process", "punycode", "querystring",
  "readline", "readline/promises", "repl", "sqlite", "stream", "stream/consumers", "stream/promises", "stream/web", "string_decoder", "sys",
  "timers", "timers/promises", "tls", "trace_events", "tty", "url", "util", "util/types", "v8", "vm", "wasi", "worker_threads", "zlib",
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
