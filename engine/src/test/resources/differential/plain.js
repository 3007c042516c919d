// What a program answers, as JSON: the same for both runtimes.

/** A value as JSON that tells everything apart that storage may tell apart. */
export function plain(value, parents) {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0) ? value : { $: Object.is(value, -0) ? "-0" : String(value) };
    case "bigint":
      return { $: value + "n" };
    case "undefined":
    case "function":
    case "symbol":
      return { $: typeof value };
  }
  if (value === null) return null;
  if (parents.includes(value)) return { $: "cycle" };
  const inner = (v) => plain(v, [...parents, value]);
  const entry = (key) => [key, inner(value[key])];
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  if (kind === "DOMException") return { $Error: value.name + ": " + value.message };
  if (value instanceof Error) {
    const extra = Object.fromEntries(Object.keys(value).filter((key) => key !== "stack").map(entry));
    return { $Error: value.name + ": " + value.message, ...("cause" in value && { cause: inner(value.cause) }), ...extra };
  }
  if (Array.isArray(value)) {
    return Array.from({ length: value.length }, (_, i) => (i in value ? inner(value[i]) : { $: "hole" }));
  }
  if (kind === "ArrayBuffer") return { $ArrayBuffer: hex(new Uint8Array(value)) };
  if (kind === "DataView") return { $DataView: hex(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)) };
  if (ArrayBuffer.isView(value)) return { ["$" + kind]: Array.from(value, inner) };
  if (kind === "Date") return { $Date: inner(value.getTime()) };
  if (kind === "RegExp") return { $RegExp: String(value), lastIndex: value.lastIndex };
  if (kind === "Map") return { $Map: [...value].map(inner) };
  if (kind === "Set") return { $Set: [...value].map(inner) };
  if (["Number", "String", "Boolean", "BigInt"].includes(kind)) return { ["$" + kind]: inner(value.valueOf()) };
  if (kind !== "Object") return { $: kind };
  return Object.fromEntries(Object.keys(value).map(entry));
}

function hex(bytes) {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}
