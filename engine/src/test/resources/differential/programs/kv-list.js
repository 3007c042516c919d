// kv.list and storage.list: ranges, options, iterators.
const KEYS = ["a", "ab", "abc", "b", "ba", "c", "d"];
const both = (options) => async ({ kv, storage }) => {
  for (const k of KEYS) kv.put(k, k.length);
  const get = async (f) => { try { return await f(); } catch (e) { return e; } };
  return [await get(() => [...kv.list(options)].map(([k]) => k)), await get(async () => [...(await storage.list(options)).keys()])];
};
export default {
  "everything": both(undefined), "no options": both({}), "null": both(null),
  "start": both({ start: "b" }), "start between keys": both({ start: "aa" }), "startAfter": both({ startAfter: "b" }), "startAfter between keys": both({ startAfter: "aa" }),
  "end": both({ end: "b" }), "start and end": both({ start: "ab", end: "c" }), "end before start": both({ start: "c", end: "a" }), "equal start and end": both({ start: "b", end: "b" }),
  "prefix": both({ prefix: "ab" }), "prefix of nothing": both({ prefix: "x" }), "empty prefix": both({ prefix: "" }), "empty start and end": both({ start: "", end: "" }),
  "prefix and start": both({ prefix: "a", start: "ab" }), "prefix and a start before it": both({ prefix: "b", start: "a" }), "prefix and a start behind it": both({ prefix: "a", start: "b" }), "prefix and end": both({ prefix: "a", end: "abc" }), "prefix and startAfter": both({ prefix: "a", startAfter: "a" }), "prefix and an end behind it": both({ prefix: "a", end: "z" }),
  "limit": both({ limit: 2 }), "limit beyond": both({ limit: 100 }), "limit one": both({ limit: 1, start: "b" }),
  "limit zero": both({ limit: 0 }), "limit negative": both({ limit: -1 }), "limit fraction": both({ limit: 2.9 }), "limit below one": both({ limit: 0.5 }), "limit text": both({ limit: "2" }), "limit NaN": both({ limit: NaN }), "limit Infinity": both({ limit: Infinity }), "limit null": both({ limit: null }), "limit undefined": both({ limit: undefined }), "limit 2^31": both({ limit: 2 ** 31 }), "limit 2^32 + 1": both({ limit: 2 ** 32 + 1 }), "limit 2^53": both({ limit: 2 ** 53 }), "limit true": both({ limit: true }), "limit BigInt": both({ limit: 2n }), "limit words": both({ limit: "many" }),
  "reverse": both({ reverse: true }), "reverse with a range": both({ reverse: true, start: "ab", end: "c" }), "reverse with startAfter": both({ reverse: true, startAfter: "ab" }), "reverse with prefix": both({ reverse: true, prefix: "a" }), "reverse with limit": both({ reverse: true, limit: 2 }), "reverse with all": both({ reverse: true, prefix: "a", start: "a", end: "abc", limit: 1 }),
  "reverse of odd kinds": both({ reverse: 1 }), "reverse null": both({ reverse: null }), "reverse text": both({ reverse: "no" }),
  "start and startAfter": both({ start: "a", startAfter: "b" }), "start undefined and startAfter": both({ start: undefined, startAfter: "b" }), "start null": both({ start: null }), "prefix null": both({ prefix: null }), "end null": both({ end: null }),
  "options of odd kinds": async ({ kv, storage }) => { kv.put("a", 1); const get = async (f) => { try { return await f(); } catch (e) { return e; } }; const seen = []; for (const o of [5, "a", true, [], () => 1]) seen.push(await get(() => [...kv.list(o)]), await get(() => storage.list(o))); return seen; },
  "numbers as keys": both({ start: 5 }), "unknown options": both({ nope: 1, noCache: true, allowConcurrency: true }),
  "prefix of the last code point": async ({ kv }) => { for (const k of ["\u{10ffff}", "\u{10ffff}a", "z"]) kv.put(k, 1); return [...kv.list({ prefix: "\u{10ffff}" })].map(([k]) => k); },
  "prefix that ends in U+FFFF": ({ kv }) => { for (const k of ["a\uffff", "a\uffffb", "b", "😀"]) kv.put(k, 1); return [...kv.list({ prefix: "a\uffff" })].map(([k]) => k); },
  "prefix of part of a pair": ({ kv }) => { kv.put("😀", 1); kv.put("😁", 2); return [...kv.list({ prefix: "\ud83d" })].map(([k]) => k); },
  "prefix with NUL": ({ kv }) => { for (const k of ["a", "a\u0000", "a\u0000b", "a\u0001"]) kv.put(k, 1); return [...kv.list({ prefix: "a\u0000" })].map(([k]) => k); },
  "startAfter goes to the next key": ({ kv }) => { for (const k of ["a", "a\u0000", "a\u0001", "aa"]) kv.put(k, 1); return [...kv.list({ startAfter: "a" })].map(([k]) => k); },
  "list of nothing": async ({ kv, storage }) => [[...kv.list()], await storage.list(), kv.list().next()],
  "list answers pairs of arrays": ({ kv }) => { kv.put("a", { b: 1 }); const { value, done } = kv.list().next(); return [Array.isArray(value), value, done]; },
  "storage.list answers a Map": async ({ kv, storage }) => { kv.put("a", 1); const map = await storage.list(); map.set("b", 2); return [map instanceof Map, await storage.list()]; },
  "an iterator's members": ({ kv }) => { const i = kv.list(); return [i[Symbol.iterator]() === i, typeof i.next, typeof i.return, typeof i.toArray, Object.prototype.toString.call(i)]; },
  "a second list ends the first": ({ kv, attempt }) => { for (const k of KEYS) kv.put(k, 1); const first = kv.list(); first.next(); const second = kv.list(); return [attempt(() => first.next()), second.next().value[0], attempt(() => first.next())]; },
  "a second list after the first's end": ({ kv, attempt }) => { kv.put("a", 1); const first = kv.list(); [...first]; [...kv.list()]; return attempt(() => first.next()); },
  "async list does not end an iterator": async ({ kv, storage, attempt }) => { for (const k of KEYS) kv.put(k, 1); const first = kv.list(); first.next(); await storage.list(); return attempt(() => first.next()); },
  "a failed list does not end an iterator": ({ kv, attempt }) => { for (const k of KEYS) kv.put(k, 1); const first = kv.list(); first.next(); return [attempt(() => kv.list({ limit: 0 })), attempt(() => first.next())]; },
  "get and put do not end an iterator": ({ kv, attempt }) => { for (const k of KEYS) kv.put(k, 1); const first = kv.list(); first.next(); kv.get("a"); kv.put("zz", 1); return attempt(() => first.next()); },
  "deleting while listing": ({ kv }) => { for (const k of KEYS) kv.put(k, 1); const seen = []; for (const [k] of kv.list()) { seen.push(k); kv.delete(k); } return [seen, [...kv.list()]]; },
  "deleting ahead while listing": ({ kv }) => { for (const k of KEYS) kv.put(k, 1); const seen = []; for (const [k] of kv.list()) { seen.push(k); if (k === "a") { kv.delete("ab"); kv.delete("abc"); kv.delete("b"); } } return seen; },
  "putting ahead while listing": ({ kv }) => { for (const k of KEYS) kv.put(k, 1); const seen = []; for (const [k, v] of kv.list()) { seen.push([k, v]); if (k === "a") { kv.put("abd", 2); kv.put("d", 3); } } return seen; },
  "an iterator across an await": async ({ kv }) => { for (const k of KEYS) kv.put(k, 1); const i = kv.list(); const first = i.next(); await null; return [first, [...i].length]; },
  "an iterator across a timer": async ({ kv, wait, attempt }) => { for (const k of KEYS) kv.put(k, 1); const i = kv.list(); const first = i.next(); await wait(5); return [first, attempt(() => [...i].length)]; },
  "an iterator that was left": ({ kv }) => { for (const k of KEYS) kv.put(k, 1); const i = kv.list(); for (const [k] of i) if (k === "ab") break; return [...i].map(([k]) => k); },
  "many pairs": async ({ kv, storage }) => { for (let i = 0; i < 1500; i++) kv.put("k" + String(i).padStart(5, "0"), i); const all = await storage.list({ start: "k00100", limit: 1200 }); return [all.size, [...all][0], [...all.keys()].at(-1), [...kv.list({ reverse: true, limit: 700 })].at(-1)]; },
  "DROP TABLE while an iterator is open": ({ kv, sql, attempt }) => { for (const k of KEYS) kv.put(k, 1); sql.exec("create table t(a)"); const i = kv.list(); i.next(); return [attempt(() => { sql.exec("drop table t"); return "dropped"; }), attempt(() => i.next())]; },
};
