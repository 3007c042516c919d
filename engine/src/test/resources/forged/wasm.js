// An app with WebAssembly that got at the host's functions, see worker.js.
import module from "./attack.wasm";
import "./a.wasm";
import "./b.wasm";
import "./refs.wasm";

const { host } = globalThis;
const FUNCTIONS = 2 ** 24;
const SPIN = 1;
const PING = 3;
const COUNT = 15;

let called = (x) => x;
const make = () => new WebAssembly.Instance(module, { env: { f: (x) => called(x) } });

function told(f) {
  try {
    const value = f();
    return typeof value === "bigint" ? String(value) : value ?? String(value);
  } catch (error) {
    return error.name + ": " + error.message;
  }
}

const record = [(x) => called(x)];
const instance = () => host.wasmInstantiate("attack.wasm", [0]);

/** Each with what the host has to say. */
function directly() {
  const out = {};
  const gone = instance();
  host.wasmFree(0, gone);
  out.gone = [
    told(() => host.wasmCall(gone, record, COUNT)), told(() => host.wasmStart(gone, record, "x")), told(() => host.wasmType(gone, 0)),
    told(() => host.wasmExport(gone, 1, 0)), told(() => host.wasmFree(0, gone)),
  ];
  const n = instance();
  const table = host.wasmExport(n, 1, 0);
  const memory = host.wasmExport(n, 2, 0);
  const global = host.wasmExport(n, 3, 0);
  out.indices = [-1, 1, 2 ** 31].flatMap((i) => [told(() => host.wasmExport(n, 1, i)), told(() => host.wasmExport(n, 3, i)), told(() => host.wasmCall(n, record, i + 100))]);
  out.kinds = [told(() => host.wasmMemory(1, table)), told(() => host.wasmTable(4, memory)), told(() => host.wasmGlobal(1, n)), told(() => host.wasmCall(memory, record, 0))];
  out.grow = [told(() => host.wasmMemory(2, memory, -1)), told(() => host.wasmMemory(2, memory, 2 ** 31)), told(() => host.wasmTable(3, table, -5)), told(() => host.wasmMemory(3, memory))];
  out.sizes = [
    told(() => host.wasmTable(0, true, -90000, 10)), told(() => host.wasmTable(0, true, 5, 4)), told(() => host.wasmTable(0, true, 2 ** 40, 2 ** 50)), told(() => host.wasmTable(0, true, 200000)),
    told(() => host.wasmMemory(0, -1, 5)), told(() => host.wasmMemory(0, 65536, 65536)), told(() => host.wasmMemory(0, {}, 5)),
  ];
  out.globals = [told(() => host.wasmGlobal(0, "", true, 1)), told(() => host.wasmGlobal(0, "il", true, 1)), told(() => host.wasmGlobal(0, "q", true, 1)), told(() => host.wasmGlobal(0, "r", true, 2 ** 50))];
  const constant = host.wasmGlobal(0, "i", false, 7);
  out.constant = [told(() => host.wasmGlobal(2, constant, 8)), host.wasmGlobal(1, constant)];
  out.codes = [n * FUNCTIONS + 99, n * FUNCTIONS - 1, -1, 0.5, 2 ** 60, NaN].map((code) => told(() => host.wasmTable(2, table, 0, code)));
  out.hooks = told(() => host.wasmHooks({ code: () => n * FUNCTIONS + 99 }));
  out.modules = ["", "main.js", "none", "simd.wasm"].map((name) => told(() => host.wasmDescribe(name)));
  out.compiled = [told(() => host.wasmInstantiate("main.js", [0])), told(() => host.wasmInstantiate("a.wasm", [])), told(() => host.wasmInstantiate("b.wasm", [table, table, table, table, 0]))];
  const externs = host.wasmTable(0, false, 5, 9);
  const long = host.wasmGlobal(0, "l", true, 1n);
  const [imports] = host.wasmDescribe("b.wasm");
  const linked = (parts) => {
    const links = [];
    for (let i = 0; i < imports.length; i += 6) links.push(parts[imports[i + 1]] ?? 0);
    return told(() => host.wasmInstantiate("b.wasm", links) > 0);
  };
  const fitting = { memory, table: host.wasmTable(0, true, 2, 20), g: long, k: constant };
  out.linked = [{}, { table: externs }, { g: constant }, { k: long }, { memory: long }, { memory: 999 }].map((wrong) => linked({ ...fitting, ...wrong }));

  // Calls during calls, and lives that end under way.
  called = () => told(() => host.wasmFree(0, n)).length;
  out.running = told(() => host.wasmCall(n, record, PING, 0));
  const short = instance();
  out.converted = told(() => host.wasmCall(short, record, PING, { valueOf() { host.wasmFree(0, short); return 1; } }));
  called = (x) => (x > 0 ? host.wasmCall(n, record, PING, x - 1) + 1 : 0);
  out.nested = told(() => host.wasmCall(n, record, PING, 5));
  out.recordless = [undefined, null, 5, [], [5], "text"].map((r) => told(() => host.wasmCall(n, r, PING, 1)));

  // What is gone is in no table, and holds no room.
  const own = host.wasmTable(0, true, 10, 20);
  let held = 0;
  for (let i = 0; i < 1500; i++) {
    const other = instance();
    host.wasmTable(2, own, i % 10, other * FUNCTIONS + COUNT);
    host.wasmFree(0, other);
    held += host.wasmTable(1, own, i % 10) === null ? 0 : 1;
  }
  out.held = held;
  host.wasmFree(2, memory);
  host.wasmFree(1, table);
  out.still = [host.wasmTable(4, table), host.wasmMemory(3, memory), host.wasmGlobal(1, global)];
  host.wasmFree(0, n);
  out.freed = [told(() => host.wasmTable(4, table)), told(() => host.wasmMemory(3, memory)), told(() => host.wasmGlobal(1, global))];
  return out;
}

/** Deterministic, so that a failure can be had again. */
function random(seed) {
  let state = seed >>> 0 || 1;
  return (n) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % n;
  };
}

/** Calls functions of WebAssembly with numbers that may be somebody's, and values that are nobody's. */
function forge(seed, rounds) {
  const pick = random(seed);
  const names = Object.getOwnPropertyNames(host).filter((name) => name.startsWith("wasm")).sort();
  let depth = 0;
  const again = () => {
    if (depth < 3) {
      depth++;
      told(step);
      depth--;
    }
    return pick(20);
  };
  called = again;
  const odd = [undefined, null, true, -1, 0.5, NaN, 2 ** 31, -(2 ** 31), 2 ** 40, 5n, "", "i", "r", "x", "attack.wasm", "a.wasm", "b.wasm", "refs.wasm", "main.js", record, [], {}, [1, 2, 3, 4, 5],
    again, new ArrayBuffer(9), { valueOf: again }, { get 0() { return again(); } }, { toString: () => (again(), "i") }, { code: again, wrap: again, error: again }, "x".repeat(2000)];
  const value = () => {
    const kind = pick(10);
    return kind < 6 ? pick(kind < 3 ? 5 : 60) : kind < 7 ? pick(60) * FUNCTIONS + pick(20) : odd[pick(odd.length)];
  };
  const step = () => {
    const name = names[pick(names.length)];
    const args = Array.from({ length: pick(7) }, value);
    if (args[2] === SPIN) args[2] = PING;
    return host[name](...args);
  };
  for (let i = 0; i < 10; i++) told(instance);
  const all = new Set();
  for (let i = 0; i < rounds; i++) all.add(String(told(step)).slice(0, 60));
  return [...all].join("\n");
}

function honest() {
  called = (x) => x + 1;
  const { exports } = make();
  exports.grow(3);
  exports.store64(3 * 65536, 5n);
  return exports.ping(Number(exports.load64(3 * 65536)) + 37);
}

// The platform's part of it is there, as it is for any app with WebAssembly.
make();

export class App {
  async fetch() {
    return new Response(String(await (async () => {
      return attack();
    })()));
  }
}
