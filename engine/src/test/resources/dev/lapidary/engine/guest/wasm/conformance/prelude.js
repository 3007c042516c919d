// Runs one program and tells its result apart from any other: -0 from 0, holes from undefined, a number from a BigInt.
globalThis.conform = function (program) {
  globalThis.out = [];
  try {
    return show(program.call(globalThis), []);
  } catch (error) {
    return "threw " + show(error, []);
  }
};

function show(value, parents) {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return value + "n";
  if (typeof value === "symbol" || value === undefined || value === null) return String(value);
  if (typeof value === "function") return "function " + value.name;
  if (typeof value !== "object") return Object.is(value, -0) ? "-0" : String(value);
  if (parents.includes(value)) return "cycle";
  const inner = (v) => show(v, [...parents, value]);
  if (value instanceof Error) return value.name + ": " + value.message;
  if (Array.isArray(value)) {
    return "[" + Array.from({ length: value.length }, (_, i) => (i in value ? inner(value[i]) : "hole")).join() + "]";
  }
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  if (ArrayBuffer.isView(value) && kind !== "DataView") return kind + inner([...value]);
  return (kind === "Object" ? "" : kind) + "{" + Object.keys(value).map((key) => key + ":" + inner(value[key])).join() + "}";
}
