/** node:process: what can be true of a sandbox. */

import { env as bindings } from "cloudflare:workers";
import EventEmitter from "node:events";

const texts = {};
/** Text and JSON bindings, as strings; what code sets is kept. */
export const env = new Proxy(texts, {
  get(target, name) {
    if (Object.hasOwn(target, name) || typeof name !== "string") {
      return target[name];
    }
    const value = bindings?.[name];
    return typeof value === "string" ? value : undefined;
  },
  set(target, name, value) {
    target[name] = typeof name === "symbol" ? value : String(value);
    return true;
  },
  has: (target, name) => Object.hasOwn(target, name) || typeof bindings?.[name] === "string",
  ownKeys: (target) => [...new Set([...Object.keys(bindings ?? {}).filter((name) => typeof bindings[name] === "string"), ...Reflect.ownKeys(target)])],
  getOwnPropertyDescriptor(target, name) {
    const value = this.get(target, name);
    return value === undefined ? undefined : { value, writable: true, enumerable: true, configurable: true };
  },
});

export const argv = ["workerd"];
export const execArgv = [];
export const title = "workerd";
export const platform = "linux";
export const arch = "x64";
export const pid = 1;
export const ppid = 0;
export const version = "v22.19.0";
export const versions = { node: "22.19.0" };
export const release = { name: "node" };
export const features = {};
export const config = {};
export const exitCode = undefined;
export const stdin = undefined;
export const execPath = "/bin/workerd";
const output = (log) => ({ isTTY: false, write: (text) => (log(String(text).replace(/\n$/, "")), true) });
export const stdout = output((text) => console.log(text));
export const stderr = output((text) => console.error(text));

export const nextTick = (callback, ...args) => queueMicrotask(() => callback(...args));
export const cwd = () => "/bundle";
export const chdir = () => {};
export const umask = () => 0o22;
export const uptime = () => performance.now() / 1000;
export const memoryUsage = () => ({ rss: 0, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 });
export const getBuiltinModule = () => undefined;

export function hrtime(previous) {
  const now = performance.timeOrigin + performance.now();
  const time = [Math.floor(now / 1000), Math.floor((now % 1000) * 1e6)];
  if (previous === undefined) {
    return time;
  }
  const nanos = time[1] - previous[1];
  return nanos < 0 ? [time[0] - previous[0] - 1, nanos + 1e9] : [time[0] - previous[0], nanos];
}
hrtime.bigint = () => BigInt(Math.floor((performance.timeOrigin + performance.now()) * 1e6));

export function emitWarning(warning) {
  console.warn(typeof warning === "string" ? "Warning: " + warning : warning);
}

export function exit(code = 0) {
  throw new Error("process.exit(" + code + ") was called: a facet does not exit.");
}

export const abort = exit;

const process = Object.assign(new EventEmitter(), {
  env, argv, execArgv, execPath, title, platform, arch, pid, ppid, version, versions, release, features, config, exitCode, stdin, stdout,
  stderr, nextTick, cwd, chdir, umask, uptime, memoryUsage, getBuiltinModule, hrtime, emitWarning, exit, abort,
});
export const on = process.on.bind(process);
export const once = process.once.bind(process);
export const off = process.off.bind(process);
export const emit = process.emit.bind(process);
export const addListener = on;
export const removeListener = off;
export { process };
export default process;
