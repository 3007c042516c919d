//--- array basics
const a = [3, 1, 2]; return [a.push(9), a.pop(), a.shift(), a.unshift(7, 8), a, a.splice(1, 2, "x", "y", "z"), a, a.slice(-2), a.concat([1, [2]], 3), a.join("-"), a.reverse(), a.indexOf("x"), a.includes(NaN), [NaN].includes(NaN)];
//--- array iteration
const a = [1, 2, 3, 4]; return [a.map((x, i) => x * i), a.filter((x) => x % 2), a.reduce((s, x) => s + x), a.reduceRight((s, x) => s + "" + x), a.some((x) => x > 3), a.every((x) => x > 0), a.find((x) => x > 2), a.findIndex((x) => x > 9), a.findLast((x) => x < 3), a.findLastIndex((x) => x < 3), [...a.entries()], [...a.keys()]];
//--- array copies
const a = [3, 1, 2]; return [a.toSorted(), a.toReversed(), a.toSpliced(0, 1), a.with(1, 9), a.at(-1), a, [1, [2, [3, [4]]]].flat(Infinity), [1, 2].flatMap((x) => [x, [x]]), a.fill(0, 1, 2), [1, 2, 3, 4].copyWithin(0, 2), Array.of(7), Array.from({ length: 3 }, (_, i) => i * i)];
//--- holes
const a = [1, , 3]; return [a.length, 1 in a, a.map((x) => x * 2), a.forEach((x) => out.push(x)), a.join(), Object.keys(a), [...a], a.indexOf(undefined), a.includes(undefined), a.flat(), a.sort((x, y) => y - x)];
//--- array length
const a = [1, 2, 3]; a.length = 1; a[4] = 5; let e; try { a.length = -1; } catch (x) { e = x.name; } const big = []; big[4294967294] = 1; return [a.length, a, e, big.length, new Array(3).length, new Array("3").length, Array(2, 3)];
//--- sort is stable
const a = Array.from({ length: 300 }, (_, i) => ({ k: (i * 7) % 5, i })); a.sort((x, y) => x.k - y.k); return [a.every((x, n) => n === 0 || a[n - 1].k < x.k || (a[n - 1].k === x.k && a[n - 1].i < x.i)), [10, 9, 1, undefined, "b", , "a"].sort(), ["é", "z", "a", "Z"].sort()];
//--- sort with odd comparators
return [[3, 1, 2].sort(() => 0), [3, 1, 2].sort((a, b) => a < b), [5, 1, 4].sort((a, b) => b - a), [1, 2, 3].sort((a, b) => NaN), (() => { try { [1, 2].sort(5); } catch (e) { return e.name; } })(), (() => { try { [2, 1].sort(() => { throw 7; }); } catch (e) { return e; } })()];
//--- large sorts
let s = 12345; const r = () => (s = (s * 1103515245 + 12345) & 0x7fffffff); const a = Array.from({ length: 3000 }, r); const b = [...a].sort((x, y) => x - y); let ok = true; for (let i = 1; i < b.length; i++) ok &&= b[i - 1] <= b[i]; return [ok, b[0], b[1500], b[2999], a.map(String).sort()[1500]];
//--- array-likes and generic methods
return [Array.prototype.map.call("abc", (c) => c + c), Array.from({ 0: "a", length: 2 }), Array.prototype.join.call({ length: 2, 0: 1, 1: 2 }, "+"), [].slice.call({ length: 1, 0: 5 }), Array.isArray(new Proxy([], {}))];
//--- grouping
return [Object.groupBy([1, 2, 3], (x) => (x % 2 ? "odd" : "even")), [...Map.groupBy([1, 2, 3], (x) => x % 2)]];
//--- objects
const o = { a: 1, b: { c: 2 } }; return [Object.entries(o), Object.fromEntries([["x", 1]]), Object.assign({}, o, null, { d: 3 }), Object.is(NaN, NaN), Object.is(0, -0), Object.hasOwn(o, "a"), o.toString(), Object.keys("ab"), Object.values("ab")];
//--- property descriptors
const o = {}; Object.defineProperty(o, "x", { value: 1 }); Object.defineProperties(o, { y: { get: () => 5, enumerable: true, configurable: true }, z: { value: 3, writable: true } }); o.x = 9; o.z = 4; return [o.x, o.y, o.z, Object.keys(o), JSON.stringify(Object.getOwnPropertyDescriptors(o)), delete o.x, delete o.y];
//--- freezing and sealing
const f = Object.freeze({ a: { b: 1 } }), s = Object.seal({ a: 1 }), p = Object.preventExtensions({ a: 1 }); f.a.b = 2; f.c = 1; s.a = 2; s.b = 1; delete s.a; p.b = 1; delete p.a; return [f, s, p, Object.isFrozen(f), Object.isSealed(s), Object.isExtensible(p), Object.isFrozen("x")];
//--- prototypes
function A() {} A.prototype.hi = function () { return "hi" + this.n; }; const a = new A(); a.n = 1; const b = Object.create(a, { n: { value: 2 } }); return [b.hi(), A.prototype.isPrototypeOf(b), b instanceof A, Object.getPrototypeOf(b) === a, a.constructor === A, (() => { try { Object.setPrototypeOf(a, b); } catch (e) { return e.name; } })()];
//--- maps
const m = new Map([[1, "a"], ["1", "b"], [NaN, "n"]]); m.set(-0, "zero").set({}, "o"); m.delete(1); const seen = []; for (const [k, v] of m) { seen.push([String(k), v]); if (v === "b") m.set("late", 1); } return [seen, m.size, m.get(NaN), m.get(0), m.has({}), [...m.keys()].length, Object.is([...m.keys()][2], 0)];
//--- sets
const a = new Set([1, 2, 3]), b = new Set([3, 4]); a.add(1).delete(2); const seen = []; a.forEach((v, k, s) => seen.push(v === k, s === a)); return [[...a], a.union(b).size, [...a.intersection(b)], [...a.difference(b)], [...a.symmetricDifference(b)], a.isSubsetOf(b), new Set([3]).isSubsetOf(b), a.isDisjointFrom(new Set([9])), seen, new Set("hello").size];
//--- changing maps while iterating
const m = new Map([[1, 1], [2, 2], [3, 3]]); const seen = []; for (const [k] of m) { seen.push(k); if (k === 1) { m.delete(2); m.set(4, 4); } if (k === 4) { m.delete(1); m.set(1, 1); } if (seen.length > 8) break; } const s = new Set([1]); let n = 0; for (const x of s) { s.delete(x); if (n++ < 3) s.add(x); } return [seen, n];
//--- weak collections
const k = {}, w = new WeakMap([[k, 1]]), s = new WeakSet([k]), r = new WeakRef(k); return [w.get(k), w.has({}), w.delete(k), w.has(k), s.has(k), r.deref() === k, (() => { try { w.set(1, 1); } catch (e) { return e.name; } })(), Object.prototype.toString.call(w)];
//--- JSON writes
return [JSON.stringify({ a: [1, undefined, () => 1, Symbol()], b: undefined, c: NaN, d: -0, e: new Date(0), f: Infinity, g: null, h: Object(1), i: { toJSON: () => "j" } }), JSON.stringify("\u2028\ud800\n\"\\\u0007é"), JSON.stringify([1, [2]], null, 2), JSON.stringify({ a: 1, b: 2 }, ["b"]), JSON.stringify({ a: 1, b: [2] }, (k, v) => (typeof v === "number" ? v * 2 : v), "--"), JSON.stringify(undefined), JSON.stringify(new Map([[1, 2]])), JSON.stringify(Object.create({ x: 1 }))];
//--- JSON reads
return [JSON.parse('{"a":[1,2.5e-3,true,null,"\\u00e9\\n"],"__proto__":1}'), JSON.parse(" [1 , 2 ] "), JSON.parse('"x"'), JSON.parse("{\"a\":1,\"a\":2}").a, JSON.parse('{"a":{"b":[1,2]}}', function (k, v) { return Array.isArray(v) ? v.length : v; }), JSON.parse("-0"), JSON.parse("1e400")];
//--- JSON refuses
return ["", "{", "[1,]", "{a:1}", "'x'", "01", "1.", "\"\n\"", "nul", "[1}", "\"\\x\"", "{\"a\":1,}", "+1", ".5", "NaN", "[", "\u00a01"].map((t) => { try { return JSON.parse(t); } catch (e) { return e.name; } }).concat((() => { const o = {}; o.o = o; try { JSON.stringify(o); } catch (e) { return e.name; } })(), (() => { try { JSON.stringify(1n); } catch (e) { return e.name; } })());
//--- JSON at depth
let s = "1"; for (let i = 0; i < 200; i++) s = `[${s}]`; let o = { v: 1 }; for (let i = 0; i < 100; i++) o = { o }; return [JSON.stringify(JSON.parse(s)) === s, JSON.stringify(o).length];
//--- Math
return [Math.max(), Math.min(), Math.max(1, NaN), Math.round(-0.5), Math.round(2.5), Math.sign(-3), Math.trunc(-1.7), Math.cbrt(27), Math.hypot(3, 4), Math.log2(8), Math.log10(1000), Math.fround(5.5), Math.clz32(1), Math.imul(0xffffffff, 5), Math.atan2(1, -1), Math.expm1(0), Math.log1p(0), Math.sinh(0), Math.abs(-0)];
//--- Math to many digits
return [Math.sin(1), Math.cos(2), Math.tan(3), Math.exp(1.5), Math.log(10), Math.sqrt(2), Math.pow(1.1, 10), Math.asin(0.3), Math.acos(0.3), Math.atan(0.3), Math.sinh(1), Math.cosh(1), Math.tanh(0.5), Math.asinh(1), Math.acosh(2), Math.atanh(0.5), Math.PI, Math.E].map((x) => x.toPrecision(15));
//--- numbers to text
return [(255).toString(16), (0.5).toString(2), (-255).toString(36), (1e21).toString(), (1e-7).toString(), (123.456).toFixed(1), (0.000001234).toString(), (1.005).toFixed(2), (1234.5678).toExponential(2), (0).toExponential(), (123456).toPrecision(2), (1e21).toFixed(2), (25).toString(36), NaN.toString(), (-0).toString(), (1 / 3).toString(3).slice(0, 12), (0.1).toString(), (100).toString(10), 5e-324, 1.7976931348623157e308];
//--- numbers from text
return [Number(""), Number(" 12 "), Number("1e3"), Number("0x1f"), Number("0b11"), Number("1_0"), Number("12px"), Number(null), Number(undefined), Number([5]), Number("Infinity"), parseInt("12px"), parseInt("0x1f"), parseInt("z", 36), parseInt(""), parseFloat("3.14abc"), parseFloat(".5."), +"-0", +true, Number("1e-400"), Number("9007199254740993")];
//--- number checks
return [Number.isInteger(5.0), Number.isSafeInteger(2 ** 53), Number.EPSILON > 0, Number.MAX_SAFE_INTEGER, Number.MIN_VALUE, Number.isNaN("x"), isNaN("x"), isFinite("5"), Number.isFinite("5"), (25).toLocaleString(), 0 === -0, 1 / -0];
//--- BigInt
return [2n ** 64n, -7n / 2n, -7n % 2n, 5n & -2n, 5n | 8n, 5n ^ 1n, ~5n, 1n << 70n, -1n >> 3n, BigInt("0xff"), BigInt("  12 "), BigInt(2 ** 60), BigInt.asUintN(8, 257n), BigInt.asIntN(8, 255n), 10n > 9, 2n == 2, typeof 1n, (123n).toString(16), 0n ? "t" : "f", 5n === 5n];
//--- large BigInt
let f = 1n; for (let i = 1n; i <= 60n; i++) f *= i; let a = 0n, b = 1n; for (let i = 0; i < 300; i++) [a, b] = [b, a + b]; const gcd = (x, y) => (y ? gcd(y, x % y) : x); return [f, a, gcd(f, a), (2n ** 521n - 1n) % 1000007n, f.toString(36), BigInt(f.toString()) === f, (f * a) / a === f, -(f ** 3n) % 997n];
//--- BigInt errors
return [() => 1n / 0n, () => 2n ** -1n, () => 1n + 1, () => BigInt("x"), () => BigInt(NaN), () => +1n, () => Math.max(1n), () => 1n >>> 0n, () => BigInt(undefined)].map((f) => { try { return f(); } catch (e) { return e.name; } });
//--- BigInt mixed with numbers
return [1n < 2, 2 > 1n, 1n == "1", [3, 1n, 2].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).map(String), Number(2n ** 64n), parseInt("12n"), BigInt(Number.MAX_SAFE_INTEGER) + 2n, 1n + "x", `${5n}`];
//--- strings cut and joined
const s = "Hello, World"; return [s.slice(-5), s.substring(5, 2), s.substr(-5, 3), s.at(-1), s.charAt(99), s.charCodeAt(0), s.codePointAt(0), s.split(", "), s.split(""), s.split("o", 1), s.concat("!", 1), s.repeat(2), s.padStart(15, "*"), s.padEnd(14, "ab"), s.toUpperCase(), " x ".trim() + "|", " x ".trimStart() + "|"];
//--- strings searched
const s = "banana"; return [s.indexOf("an"), s.indexOf("an", 2), s.lastIndexOf("an"), s.includes("nan"), s.startsWith("ban"), s.endsWith("na"), s.startsWith("an", 1), s.search(/n/), s.match(/an/g), [...s.matchAll(/a(n)?/g)].map((m) => m.index + ":" + m[1]), s.replace("a", "$&$&"), s.replaceAll("a", (m, i) => i), s.localeCompare("banane"), "a" < "B", s.indexOf("")];
//--- unicode strings
const s = "a😀é\u0301\ud800"; return [s.length, [...s].length, s.codePointAt(1), String.fromCodePoint(0x1f600, 97), s.isWellFormed(), s.toWellFormed(), "é".normalize("NFD").length, "e\u0301".normalize("NFC"), "ß".toUpperCase(), "İ".toLowerCase().length, "ﬁ".toUpperCase(), "Σίσυφος".toUpperCase(), "ΑΣ".toLowerCase(), encodeURIComponent("é😀&"), decodeURIComponent("%F0%9F%98%80"), escape("é"), encodeURI("a b/?é")];
//--- string comparison and code units
return ["😀" < "\uffff", [..."😀\uffffz"].sort().length, "a".localeCompare("b"), "a" + 1 + 2, 1 + 2 + "a", "5" * "2", "5" - 2, "b" + "a" + +"a" + "a", "abc"[1], "abc"["length"], "x" in { x: 1 }, Object.keys("ab")];
//--- building long strings
let s = ""; for (let i = 0; i < 5000; i++) s += String.fromCharCode(97 + (i % 26)); const parts = []; for (let i = 0; i < 1000; i++) parts.push("é" + i); const t = parts.join(","); return [s.length, s.slice(2500, 2510), s.indexOf("xyzabc"), t.length, t.slice(-6), (s + t).split("a").length];
//--- regular expressions
return ["2024-05-06".match(/(\d+)-(\d+)/).slice(1), /(?<y>\d{4})/.exec("in 2024").groups.y, "aBc".replace(/b/i, (m) => `[${m}]`), "a1b22".split(/\d+/), "a1b2".split(/(\d)/), /^.$/u.test("😀"), /^.$/.test("😀"), /a.c/s.test("a\nc"), "x\ny".match(/^y/m)?.[0], /\bfoo\b/.test("a foo b"), "aaa".replace(/a/y, "b"), /(a)|(b)/.exec("b")];
//--- regular expressions look around
return ["price: $42".match(/(?<=\$)\d+/)[0], "a1 b2".match(/\w(?=2)/)[0], "ab".match(/a(?!c)/)[0], /(?<!x)y/.test("xy"), "abab".replace(/(?<first>a)(?<second>b)/g, "$<second>$<first>"), /(\w)\1/.exec("hello")[0], /(?:a|ab)(?:c|bcd)(d*)/.exec("abcd")[0], /(z)((a+)?(b+)?(c))*/.exec("zaacbbbcac")];
//--- regular expressions greedy and lazy
return ["<a><b>".match(/<.+>/)[0], "<a><b>".match(/<.+?>/)[0], /a{2,3}/.exec("aaaa")[0], /a{2,3}?/.exec("aaaa")[0], /(a*)*/.exec("b")[0], /(a*?)b/.exec("aab")[1], /x*/.exec("").index, "aaa".match(/a*?/g).length, /[^]/.test("\n"), /[]/.test("a")];
//--- regular expressions state
const g = /o/g, y = /o/y; const s = "foo"; const log = [g.test(s), g.lastIndex, g.test(s), g.lastIndex, g.test(s), g.lastIndex]; y.lastIndex = 1; log.push(y.test(s), y.lastIndex, y.test(s), y.test(s)); g.lastIndex = 99; log.push(g.exec(s)); return [log, g.flags, g.source, String(new RegExp("/")), new RegExp("a", "gi").flags];
//--- regular expressions unicode classes
return ["aé1_😀Ж".match(/\p{L}/gu), "aé1😀".match(/\p{Emoji_Presentation}/gu), /\p{Script=Cyrillic}/u.test("Ж"), /[\p{Lu}--[A-C]]/v.test("A"), /[\p{Lu}--[A-C]]/v.test("D"), "ſ".match(/s/iu)?.[0], "K".match(/k/i), /\u{1F600}/u.test("😀"), /^\P{L}+$/u.test("123"), /[😀]/u.exec("😀")[0].length];
//--- regular expressions replace
return ["abc".replace(/(b)/, "[$1$&$`$'$$]"), "a-b-c".replace(/-/g, ""), "aaa".replaceAll("a", (m, i) => i), "x".replace(/(y)?x/, (m, y) => String(y)), "camelCaseText".replace(/[A-Z]/g, (c) => "_" + c.toLowerCase()), "a.b.c".split("."), "abc".replace("b", () => "$1"), "2020-01".replace(/(\d+)-(\d+)/, "$2/$1/$3"), "test".replace(/t/gi, "T")];
//--- regular expressions refuse
return ["[", "(", "*", "a{2,1}", "(?<n>a)(?<n>b)", "\\", "(?<=a)+", "[b-a]", "(?z)", "a**"].map((p) => { try { new RegExp(p); return "ok"; } catch (e) { return e.name; } }).concat(["\\u{110000}", "\\p{Nope}", "{", "\\1"].map((p) => { try { new RegExp(p, "u"); return "ok"; } catch (e) { return e.name; } }));
//--- a tokenizer by regular expression
const re = /\s*(?:(?<num>\d+\.?\d*)|(?<id>[a-z]\w*)|(?<op>[-+*\/()=]))/gy; const tokens = []; let m; const s = "x = 3.5 * (y1 + 42) - z"; while ((m = re.exec(s))) tokens.push(Object.entries(m.groups).find(([, v]) => v !== undefined).join(":")); return tokens;
//--- dates
const d = new Date(Date.UTC(2024, 1, 29, 12, 30, 45, 678)); return [d.toISOString(), d.getUTCDay(), d.getTime(), d.toJSON(), new Date(0).toUTCString(), new Date(2024, 0, 31).getMonth(), Date.parse("2024-02-30"), new Date("nope").getTime(), new Date(8.64e15 + 1).getTime(), new Date(2020, 12).getFullYear(), String(new Date(NaN)), d - new Date(0), d > new Date(0), typeof Date()];
//--- date arithmetic
const d = new Date(Date.UTC(2023, 0, 31)); d.setUTCMonth(1); const e = new Date(d); e.setUTCDate(0); const f = new Date(Date.UTC(2020, 1, 29)); f.setUTCFullYear(2021); return [d.toISOString(), e.toISOString(), f.toISOString(), new Date(Date.UTC(0, 0)).getUTCFullYear(), new Date(-1).toISOString(), new Date(Date.UTC(-1, 0)).toISOString(), new Date(2e14).toISOString(), d.setUTCHours(25), new Date(Date.UTC(1970, 0, 1, 0, 0, 0, 1500)).getUTCMilliseconds()];
//--- date parsing
return ["2024-01-01", "2024-01-01T10:00:00Z", "2024-01-01T10:00:00+02:00", "2024-01-01T10:00:00.123456Z", "2024-1-1", "Mon, 01 Jan 2024 00:00:00 GMT", "Jan 1, 2024 00:00 UTC", "2024-13-01", "+012024-01-01T00:00:00Z", "2024", "2024-06", "x"].map((s) => Date.parse(s));
//--- dates as text and primitives
const d = new Date(0); return [d.toString(), d.toDateString(), d.toTimeString(), d.toLocaleDateString(), d + 1, d - 1, `${d}`.length, JSON.stringify({ d }), d[Symbol.toPrimitive]("number"), d.getTimezoneOffset(), new Date(2000, 5, 15, 10).getHours()];
//--- typed arrays
const u = new Uint8Array([1, 2, 300, -1]), c = new Uint8ClampedArray([300, -5, 1.5, 2.5]), f = new Float32Array([1.1, NaN]), i = Int16Array.from([40000]); return [[...u], [...c], [...f], [...i], u.subarray(1, 3).length, u.slice(-2), u.map((x) => x * 2), u.indexOf(2), new Uint16Array(u.buffer)[0], u.byteLength, Object.prototype.toString.call(u), u.with(0, 9), u.toSorted()];
//--- typed array methods
const a = new Int32Array([5, 1, 4]); a.set([9], 1); const b = new Int32Array(a.buffer, 4); b[0] = 7; return [a.join(), b.length, a.sort().join(), a.reverse().join(), a.fill(2, 1).join(), a.copyWithin(0, 1).join(), [...a.entries()].length, a.findLast((x) => x === 2), new Float64Array([3, -0, NaN, 0, -1]).sort().join(), Int8Array.of(127, 128).join(), a.at(-1), a[5], a["1.5"], "1" in a, delete a[9]];
//--- DataView
const v = new DataView(new ArrayBuffer(24)); v.setFloat64(0, Math.PI); v.setInt16(8, -2, true); v.setBigInt64(16, -5n); v.setUint32(10, 0xdeadbeef, true); return [v.getUint8(0), v.getInt16(8), v.getInt16(8, true), v.getBigUint64(16), v.getFloat32(0), v.getUint16(10), v.byteLength, (() => { try { v.getInt32(22); } catch (e) { return e.name; } })()];
//--- array buffers
const b = new ArrayBuffer(8), r = new ArrayBuffer(4, { maxByteLength: 16 }); const u = new Uint8Array(r); r.resize(8); const t = b.transfer(4); return [b.detached, t.byteLength, r.byteLength, u.length, r.slice(2, 4).byteLength, ArrayBuffer.isView(u), (() => { try { new Uint16Array(new ArrayBuffer(3)); } catch (e) { return e.name; } })(), (() => { try { new Uint8Array(b); } catch (e) { return e.name; } })()];
//--- float conversions
return [new Float32Array([0.1, 1e40, 5e-46, 16777217])].concat([0.5, 2 ** 31, -(2 ** 31) - 1, 1e10, -1.9, NaN, Infinity, 4294967296.5].map((x) => [x | 0, x >>> 0, new Uint8Array([x])[0], new Int16Array([x])[0], ~~x]));
//--- numeric kernels over typed arrays
const n = 24, a = new Float64Array(n * n), b = new Float64Array(n * n), c = new Float64Array(n * n); for (let i = 0; i < n * n; i++) { a[i] = i % 7; b[i] = (i * 3) % 5; } for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) { let s = 0; for (let k = 0; k < n; k++) s += a[i * n + k] * b[k * n + j]; c[i * n + j] = s; } const crc = new Uint32Array(256).map((_, i) => { for (let k = 0; k < 8; k++) i = i & 1 ? (i >>> 1) ^ 0xedb88320 : i >>> 1; return i; }); let h = -1; for (const ch of "conformance") h = crc[(h ^ ch.charCodeAt(0)) & 255] ^ (h >>> 8); return [c[0], c[100], c[575], (h ^ -1) >>> 0];
//--- Proxy traps
const log = []; const p = new Proxy(function () {}, Object.fromEntries(["get", "set", "has", "deleteProperty", "ownKeys", "getOwnPropertyDescriptor", "defineProperty", "getPrototypeOf", "setPrototypeOf", "isExtensible", "preventExtensions", "apply", "construct"].map((t) => [t, (...a) => (log.push(t), Reflect[t](...a))]))); p.x; p.x = 1; "x" in p; delete p.x; Object.keys(p); Object.defineProperty(p, "y", { value: 1, configurable: true }); Object.getPrototypeOf(p); Object.setPrototypeOf(p, Function.prototype); Object.isExtensible(p); p(); new p(); p instanceof Object; ({ ...p }); return log;
//--- Proxy invariants
const t = Object.freeze({ a: 1 }); const attempts = [() => new Proxy(t, { get: () => 2 }).a, () => "a" in new Proxy(t, { has: () => false }), () => Object.keys(new Proxy(t, { ownKeys: () => [] })), () => { "use strict"; new Proxy({}, { set: () => false }).x = 1; }, () => Object.getPrototypeOf(new Proxy(t, { getPrototypeOf: () => null })), () => delete new Proxy({}, { deleteProperty: () => false }).x, () => new Proxy({}, { ownKeys: () => ["a", "a"] }) && Object.keys(new Proxy({}, { ownKeys: () => ["a", "a"] }))]; return attempts.map((f) => { try { return f(); } catch (e) { return e.name; } });
//--- Proxy as a prototype, revoked, over arrays
const p = Object.create(new Proxy({}, { get: (t, k, r) => (typeof k === "string" ? "miss:" + k : undefined) })); const { proxy, revoke } = Proxy.revocable({ a: 1 }, {}); const before = proxy.a; revoke(); let e; try { proxy.a; } catch (x) { e = x.name; } const arr = new Proxy([1, 2, 3], { get: (t, k) => (/^-\d+$/.test(String(k)) ? t.at(+k) : t[k]) }); return [p.foo, before, e, arr[-1], arr.length, arr.map((x) => x * 2), Array.isArray(arr), JSON.stringify(arr)];
//--- Reflect
class A { constructor(x) { this.x = x; } get g() { return this.x; } } const o = { x: 5 }; return [Reflect.get(A.prototype, "g", o), Reflect.set({ set v(y) { this.w = y; } }, "v", 3, o), o.w, Reflect.has(o, "x"), Reflect.ownKeys({ b: 1, a: 2, 1: 3 }), Reflect.apply(Math.max, null, [1, 3]), Reflect.construct(A, [7]).x, Reflect.defineProperty(Object.freeze({}), "a", { value: 1 }), Reflect.getPrototypeOf([]) === Array.prototype, Reflect.deleteProperty(o, "x")];
//--- globals
return [typeof globalThis, isNaN(undefined), parseInt("08"), [1, 2, 3].map(parseInt), ["1", "2"].map(Number), encodeURIComponent(" "), typeof structuredClone, typeof queueMicrotask, Object.prototype.toString.call(null), Object.prototype.toString.call(JSON), Object.prototype.toString.call(function* () {})];
//--- function text
return [(function f(a, /* c */ b) { return a; }).toString(), (() => 1).toString(), class K { m() {} }.toString(), ({ get x() { return 1; } }, Object.getOwnPropertyDescriptor({ get x() { return 1; } }, "x").get.toString()), (async function* () {}).toString()];
//--- finalizers and weak references do not throw
const r = new FinalizationRegistry(() => {}); r.register({}, 1); const o = { a: 1 }; return [typeof r, r.unregister({}), new WeakRef(o).deref().a, o.a];
//--- text encoding
const e = new TextEncoder(), d = new TextDecoder(); return [[...e.encode("é😀\ud800")], d.decode(new Uint8Array([0xe2, 0x82, 0xac, 0xff, 0x41])), d.decode(e.encode("Ж")), e.encodeInto("abc", new Uint8Array(2)).read, btoa("hi"), atob("aGk=")];
//--- structured clone
const s = { d: new Date(5), m: new Map([[1, new Set([2])]]), r: /x/g, b: 5n, u: new Uint8Array([1]), n: [, 1] }; s.self = s; const c = structuredClone(s); return [c.self === c, c.d.getTime(), [...c.m.get(1)], String(c.r), c.b, c.u[0], 0 in c.n, c !== s];
//--- URL
const u = new URL("../b?x=1#h", "http://user:pw@host:8080/a/c/d"); return [u.href, u.origin, u.pathname, u.search, u.hash, u.host, u.username, new URL("HTTP://EXAMPLE.com:80/%7e/./a/../b").href, (() => { try { new URL("x"); } catch (e) { return e.name; } })()];
