// Runs modules in V8. Lines in: `M base64`, a module; `C export results args...`, a call of the last
// module, with types as letters (i32 i, i64 l, f32 f, f64 d) and numbers as their bits in decimal.
// `V base64` only validates a module.
// One line out for each line in: results as bits, NaNs as `nan`, then the memory's pages and hash.
import { readFileSync, writeSync } from "node:fs";

const view = new DataView(new ArrayBuffer(8));
const kinds = [
  [/divide by zero|remainder by zero/, "division by zero"],
  [/unrepresentable/, "overflow"],
  [/memory access out of bounds/, "memory"],
  [/null function|signature mismatch/, "callee"],
  [/table|element/, "table"],
  [/unreachable/, "unreachable"],
];

function argument(text) {
  const bits = BigInt(text.slice(1));
  if (text[0] === "i") return Number(BigInt.asIntN(32, bits));
  if (text[0] === "l") return BigInt.asIntN(64, bits);
  view.setBigUint64(0, BigInt.asUintN(64, bits));
  return text[0] === "f" ? view.getFloat32(4) : view.getFloat64(0);
}

function bits(type, value) {
  if (type === "i") return String(value >>> 0);
  if (type === "l") return String(BigInt.asUintN(64, value));
  if (Number.isNaN(value)) return "nan";
  if (type === "f") view.setFloat32(0, value);
  else view.setFloat64(0, value);
  return String(type === "f" ? view.getUint32(0) : view.getBigUint64(0));
}

function hash(memory) {
  const words = new Int32Array(memory.buffer);
  let hash = 0;
  for (let i = 0; i < words.length; i++) hash = (Math.imul(hash, 31) + words[i]) | 0;
  return " m" + words.length / 16384 + ":" + hash;
}

function call(exports, name, results, args) {
  let said;
  try {
    let values = exports[name](...args.map(argument));
    values = results === "-" ? [] : results.length === 1 ? [values] : values;
    said = "[" + values.map((value, i) => bits(results[i], value)).join(" ") + "]";
  } catch (e) {
    if (!(e instanceof WebAssembly.RuntimeError)) throw e;
    said = "trap " + (kinds.find(([pattern]) => pattern.test(e.message))?.[1] ?? e.message);
  }
  return said + (exports.memory ? hash(exports.memory) : "");
}

let exports;
const out = [];
for (const line of readFileSync(0, "latin1").split("\n")) {
  const [what, first, ...rest] = line.split(" ");
  if (what === "M") {
    try {
      exports = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(first, "base64"))).exports;
      out.push("ok");
    } catch (e) {
      exports = undefined;
      out.push("refused " + String(e.message).replaceAll("\n", " "));
    }
  } else if (what === "V") {
    try {
      new WebAssembly.Module(Buffer.from(first, "base64"));
      out.push("ok");
    } catch (e) {
      out.push("refused " + String(e.message).replaceAll("\n", " "));
    }
  } else if (what === "C") {
    out.push(exports ? call(exports, first, rest[0], rest.slice(1)) : "none");
  }
}
let text = Buffer.from(out.join("\n") + "\n");
while (text.length > 0) text = text.subarray(writeSync(1, text));
