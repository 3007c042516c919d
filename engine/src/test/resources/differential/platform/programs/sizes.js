// What is large. Each in an object of its own, so that who runs out of memory takes nobody along.
const CLASS = "export default class extends WorkerEntrypoint {";

export default {
  "code of 1 MiB": (t) => t.attempt(() => t.entrypoint("/*" + "x".repeat(1024 * 1024) + "*/" + CLASS + "see() { return 'large' } }").see()),
  "code beyond 64 MiB": (t) => t.attempt(() => t.entrypoint(CLASS + "see() { return 1 } }", { modules: { "main.js": "export default {}", "t.txt": { text: "x".repeat(64 * 1024 * 1024) } } }).see()),
  "an env of nearly 1 MiB": (t) => t.attempt(() => t.entrypoint(CLASS + "see() { return this.env.v.length } }", { env: { v: "x".repeat(1024 * 1000) } }).see()),
  "an env of 1 MiB": (t) => t.attempt(() => t.entrypoint(CLASS + "see() { return this.env.v.length } }", { env: { v: "x".repeat(1024 * 1024) } }).see()),
  "an argument of a megabyte": async (t) => (await t.thing().echo("x".repeat(1_000_000))).length,
  "bytes of ten megabytes": async (t) => (await t.thing().echo(new Uint8Array(10_000_000))).length,
  "arguments beyond 32 MiB": (t) => t.attempt(() => t.thing().count(new Uint8Array(33 * 1024 * 1024))),
  "an answer beyond 32 MiB": (t) => t.attempt(() => t.entrypoint(CLASS + "see() { return new Uint8Array(33 * 1024 * 1024) } }").see()),
  "a body of ten megabytes": async (t) => (await t.text(t.thing().fetch("http://x/body", { method: "POST", body: "x".repeat(10_000_000) }))).length,
  "an object of many keys": async (t) => Object.keys(await t.thing().echo(Object.fromEntries(Array.from({ length: 5000 }, (_, i) => ["k" + i, i])))).length,
  "an error of a megabyte": async (t) => (await t.attempt(() => t.thing().fail("Error", "x".repeat(1_000_000)))).message.length,
};
