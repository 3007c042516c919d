import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { before, test } from "node:test";
import v8 from "node:v8";
import { Guest } from "./harness.mjs";

let guest;
before(async () => {
  guest = (await Guest.boot(`import { DurableObject } from "cloudflare:workers";
    export class App extends DurableObject {
      async fetch(request) {
        const { kv } = this.ctx.storage;
        const code = await request.text();
        if (code === "copy") { kv.put("out", [kv.get("in")]); return new Response("ok"); }
        return new Response("no");
      }
    }`)).start();
});

function nodeWrite(value) {
  const serializer = new v8.Serializer();
  serializer.writeHeader();
  serializer.writeValue(value);
  return Uint8Array.from(serializer.releaseBuffer()).buffer;
}

function nodeRead(bytes) {
  const deserializer = new v8.Deserializer(new Uint8Array(bytes));
  deserializer.readHeader();
  return deserializer.readValue();
}

/** Node writes, the guest reads and writes, Node reads. */
function throughGuest(value) {
  guest.kv.set("in", nodeWrite(value));
  const answer = guest.fetch("http://a/", { method: "POST", body: "copy" });
  assert.equal(answer.body, "ok", answer.message);
  return nodeRead(guest.kv.get("out"))[0];
}

const shared = { a: 1 };
const cyclic = { name: "c" };
cyclic.self = cyclic;
cyclic.list = [cyclic, shared, shared];
const map = new Map([[1, "x"], ["k", new Set([1, "2", null])]]);
map.set("me", map);
const buffer = Uint8Array.from({ length: 40 }, (_, i) => i * 5).buffer;
const sparse = [1, , 3]; // eslint-disable-line no-sparse-arrays
sparse.extra = "e";
const wide = [];
wide[4_000_000_000] = 1;
const table = [
  undefined, null, true, false, 0, -0, 1, -1, 2 ** 30, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 2 ** 53, 1.5, NaN, Infinity, -Infinity,
  5e-324, "", "ascii", "latin é ÿ", "two-byte 一二", "😀", "\ud800 lone", "x".repeat(1000), "é".repeat(1000), "一".repeat(999),
  "a\0b", 0n, 1n, -1n, 255n, 256n, -(2n ** 64n), 2n ** 64n - 1n, 2n ** 200n + 12345n, -(10n ** 50n),
  {}, { a: 1, b: "x", 5: "five", "-1": "neg", "01": "z", 4294967295: "max", "é": "x", "": 0 }, [], [1, 2, 3], sparse, wide, [[], [[]]],
  [undefined, null], Object.assign([1, 2], { foo: "bar" }), new Array(5), new Date(0), new Date(1e12), /a\/b/giu, /x/dgimsy, new RegExp(""),
  /[\p{L}--[a-z]]/v, map, new Set(), new Map(), new Set([new Set([1])]), Object(true), Object(false), Object(5), Object(-0), Object("str"), Object("一"), Object(7n),
  buffer, new ArrayBuffer(0), new ArrayBuffer(4, { maxByteLength: 16 }), new Uint8Array(buffer), new Uint8Array(buffer, 3, 5),
  new Int8Array(buffer, 1, 2), new Uint8ClampedArray(buffer, 0, 4), new Int16Array(buffer, 2, 3), new Uint16Array(buffer, 2, 3),
  new Int32Array(buffer, 4, 2), new Uint32Array(buffer, 8, 1), new Float32Array(buffer, 4, 2), new Float64Array(buffer, 8, 2),
  new BigInt64Array(buffer, 8, 2), new BigUint64Array(buffer, 0, 1), new DataView(buffer, 3, 7), new Uint8Array(0),
  [new Uint8Array(buffer, 1, 2), new DataView(buffer), buffer], shared, [shared, shared], cyclic,
];

for (const [index, value] of table.entries()) {
  test(`value ${index} of the table survives node → guest → node`, () => {
    assert.deepStrictEqual(throughGuest(value), value);
  });
}

test("identity inside a value is kept", () => {
  const out = throughGuest(cyclic);
  assert.equal(out.self, out);
  assert.equal(out.list[0], out);
  assert.equal(out.list[1], out.list[2]);
  const views = throughGuest([new Uint8Array(buffer), buffer]);
  assert.equal(views[0].buffer, views[1]);
});

test("the guest's bytes are those that V8 writes", () => {
  // Boxed: a bare primitive crosses without serialization.
  for (const value of [[1, -1, 1.5, "a", "é", "一", null, undefined, true], { a: { b: [1, 2] } }, map, new Date(5), [1, , 3],
    new Uint8Array([1, 2, 3]), /x/gi, [5n, -(2n ** 70n)], { 1: 2, x: "y".repeat(50) }, ["pad", "一"], ["p", "一"]]) {
    guest.kv.set("in", nodeWrite(value));
    guest.fetch("http://a/", { method: "POST", body: "copy" });
    assert.equal(Buffer.from(guest.kv.get("out")).toString("hex"), Buffer.from(nodeWrite([value])).toString("hex"));
  }
});

test("seeded random values survive", () => {
  let seed = Number(process.env.SEED ?? 20_260_822);
  const random = (n) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed % n;
  };
  const pool = [];
  const make = (depth) => {
    const kind = random(depth > 4 ? 9 : 16);
    switch (kind) {
      case 0: return random(2) === 0;
      case 1: return random(2 ** 31) - 2 ** 30;
      case 2: return random(1000) / 7;
      case 3: return String.fromCharCode(...Array.from({ length: random(40) }, () => 32 + random(95)));
      case 4: return String.fromCharCode(...Array.from({ length: random(40) }, () => random(0xd800)));
      case 5: return BigInt(random(1e9)) ** BigInt(random(9)) * (random(2) ? -1n : 1n);
      case 6: return [null, undefined, NaN, -0][random(4)];
      case 7: return new Date(random(1e9));
      case 8: return Uint8Array.from({ length: random(20) }, () => random(256));
      case 9: return pool.length > 0 ? pool[random(pool.length)] : {};
      case 10: case 11: {
        const object = {};
        pool.push(object);
        for (let i = random(6); i > 0; i--) object[`k${random(30)}`] = make(depth + 1);
        return object;
      }
      case 12: case 13: {
        const array = [];
        pool.push(array);
        for (let i = random(6); i > 0; i--) array.push(make(depth + 1));
        return array;
      }
      case 14: return new Map(Array.from({ length: random(4) }, () => [make(depth + 1), make(depth + 1)]));
      default: return new Set(Array.from({ length: random(4) }, () => make(depth + 1)));
    }
  };
  console.log(`# seed ${seed}`);
  for (let i = 0; i < 400; i++) {
    pool.length = 0;
    const value = [make(0), make(0)];
    assert.deepStrictEqual(throughGuest(value), value);
  }
});

test("damaged bytes end in an error or a value, never in a hang", () => {
  let seed = 77;
  const random = (n) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return (seed >>> 8) % n;
  };
  const good = [cyclic, map, [new Uint8Array(buffer, 8, 8)], { a: [1, "一", 5n, /x/g, new Date(1)] }].map(nodeWrite);
  let refused = 0;
  for (let i = 0; i < 600; i++) {
    const bytes = new Uint8Array(good[i % good.length].slice(0));
    for (let j = random(4); j >= 0; j--) bytes[random(bytes.length)] = random(256);
    guest.kv.set("in", bytes.slice(0, random(3) === 0 ? random(bytes.length) : bytes.length).buffer);
    const answer = guest.fetch("http://a/", { method: "POST", body: "copy" });
    if (answer.body !== "ok") {
      refused++;
      assert.ok(["DataCloneError", "RangeError"].includes(answer.name), `${answer.name}: ${answer.message}`);
    }
  }
  assert.ok(refused > 100);
});

test("huge claims and deep nesting are refused", () => {
  for (const bytes of [[0xff, 15, 0x41, 0xff, 0xff, 0xff, 0xff, 0x0f], [0xff, 15, 0x42, 0xff, 0xff, 0xff, 0x7f],
    [0xff, 15, 0x22, 0xff, 0xff, 0x7f], [0xff, 15, ...Array(5000).fill(0x3b)], [0xff, 15, 0x5e, 5], [0xff, 16, 0x30], [],
    [0xff, 15, 0x7e, 0, 0xff, 0xff, 0xff, 0xff, 0x0f], [0xff, 15, 0x6f, 0x22, 1, 0x61]]) {
    guest.kv.set("in", Uint8Array.from(bytes).buffer);
    const answer = guest.fetch("http://a/", { method: "POST", body: "copy" });
    assert.equal(answer.name, "DataCloneError", JSON.stringify([bytes.slice(0, 8), answer]));
    assert.match(answer.message, /^Unable to deserialize cloned data: /);
  }
});

test("a __proto__ key becomes an own property", () => {
  const value = JSON.parse('{"__proto__": {"polluted": 1}, "x": 2}');
  const out = throughGuest(value);
  assert.deepStrictEqual(Object.keys(out), ["__proto__", "x"]);
  assert.equal(out.polluted, undefined);
});

test("errors as workerd stores them, and as V8 itself does, are read", () => {
  const stored = "ff0f5c0a022201716f2205737461636b220353544b22056361757365490a2205657874726149027b03";
  guest.kv.set("in", Uint8Array.from(Buffer.from(stored, "hex")).buffer);
  assert.equal(guest.fetch("http://a/", { method: "POST", body: "copy" }).body, "ok");
  const written = Buffer.from(guest.kv.get("out")).toString("hex");
  assert.equal(written, `ff0f4101${stored.slice(4)}240001`);
  const error = new RangeError("boom", { cause: { a: 1 } });
  guest.kv.set("in", nodeWrite(error));
  assert.equal(guest.fetch("http://a/", { method: "POST", body: "copy" }).body, "ok");
  assert.ok(Buffer.from(guest.kv.get("out")).includes("boom"));
});

test("values that workerd stored are read, and written back byte for byte", async () => {
  const stored = JSON.parse(await readFile(new URL("workerd-values.json", import.meta.url), "utf8"));
  const bare = (await Guest.boot(`export class App { constructor(s) { this.kv = s.storage.kv; }
    fetch() { this.kv.put("out", this.kv.get("in")); return new Response("ok"); } }`)).start();
  for (const [name, hex] of Object.entries(stored)) {
    bare.kv.set("in", Uint8Array.from(Buffer.from(hex, "hex")).buffer);
    const answer = bare.fetch();
    assert.equal(answer.body, "ok", `${name}: ${answer.message}`);
    assert.equal(Buffer.from(bare.kv.get("out")).toString("hex"), hex, name);
  }
});
