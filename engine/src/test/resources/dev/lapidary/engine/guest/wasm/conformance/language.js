//--- hoisting and the temporal dead zone
const seen = [typeof f, typeof v]; try { x; } catch (e) { seen.push(e.name + e.message); } let x = 1; var v = 2; function f() {} seen.push(x, v); return seen;
//--- block scope and closures in loops
const a = [], b = []; for (let i = 0; i < 3; i++) a.push(() => i); for (var j = 0; j < 3; j++) b.push(() => j); return [a.map((f) => f()), b.map((f) => f())];
//--- const cannot be assigned
const c = 1; try { c = 2; } catch (e) { return [c, e.name, e.message]; }
//--- labelled break and continue
const seen = []; outer: for (let i = 0; i < 4; i++) { for (let j = 0; j < 4; j++) { if (j === 2) continue outer; if (i === 3) break outer; seen.push(i * 10 + j); } } block: { seen.push("in"); break block; } return seen;
//--- switch falls through
const go = (x) => { const s = []; switch (x) { case 1: s.push("one"); case 2: s.push("two"); break; default: s.push("other"); case 3: s.push("three"); } return s.join("-"); }; return [1, 2, 3, 4, "1"].map(go);
//--- switch scopes and expressions
const k = 5; switch (true) { case k > 9: return "big"; case k > 3: { let k = "inner"; return k; } }
//--- comma, void, typeof, delete
const o = { a: 1 }; return [(1, 2), void 0, typeof null, typeof undefined, typeof (() => 1), typeof Symbol(), typeof 1n, delete o.a, o, typeof nothing];
//--- exponent and its binding
return [2 ** 3 ** 2, (-2) ** 2, 2 ** -1, 10 % 3, -10 % 3, 5.5 % 2, 2 ** 0.5];
//--- integer and bitwise arithmetic
return [1 << 31, 1 << 32, -1 >>> 0, -1 >> 1, ~5, 5 & 3, 5 | 3, 5 ^ 3, 2 ** 32 | 0, 2 ** 53 + 1, 0.1 + 0.2, 1 / 3, -7 / 2 | 0];
//--- nullish, optional, logical assignment
let a = null, b = 0, c; const o = { f() { return this.x; }, x: 7 }; a ??= 5; b ||= 6; c &&= 1; return [a, b, c, o?.f(), o.g?.(), o?.y?.z.w, null ?? "n", 0 ?? "z", o?.["x"], delete o?.x, o.x];
//--- comparison and equality
return [null == undefined, null == 0, "" == 0, "1" == 1, [] == false, [1] == 1, NaN == NaN, null >= 0, undefined > 0, "b" > "a", "10" < "9", 2 < "10", ({}) == "[object Object]", 1n == 1, 1n === 1, "1" == 1n];
//--- coercion of objects
const o = { valueOf() { return 42; }, toString() { return "str"; } }; const d = { [Symbol.toPrimitive](h) { return h; } }; return [o + 1, `${o}`, o * 2, o + "", [] + {}, [1, 2] + [3], +d, d + "", `${d}`, [o] + ""];
//--- destructuring arrays
const [a, , b = 5, [c, ...d] = [1, 2, 3], ...rest] = [1, 2, undefined, undefined, 8, 9]; return [a, b, c, d, rest];
//--- destructuring objects
const { a: { b = 1, ...inner }, ["c" + 1]: c1 = "d", ...rest } = { a: { x: 1, y: 2 }, e: 3, f: 4 }; return [b, inner, c1, rest];
//--- destructuring order and defaults
const log = []; const t = (x) => (log.push(x), undefined); const { a = t("a"), b = t("b") } = { b: 1 }; let x, y; [x = t("x"), y = t("y")] = [, 2]; ({ a: x, b: y } = { a: y, b: x }); return [log, a, b, x, y];
//--- swapping and nested targets
const o = {}; let a = 1, b = 2; [a, b] = [b, a]; [o.x, o["y"], [o.z] = [3]] = [1, 2]; for (const [k, { v }] of [["k", { v: 1 }]]) o[k] = v; return [a, b, o];
//--- destructuring fails
const errors = []; for (const f of [() => { const [a] = null; }, () => { const { a } = undefined; }, () => { const [a] = {}; }, () => { (({ a }) => a)(null); }]) try { f(); } catch (e) { errors.push(e.name); } return errors;
//--- iterators are closed
const log = []; const it = { [Symbol.iterator]() { return { next: () => ({ value: 1, done: false }), return() { log.push("return"); return {}; } }; } }; const [a] = it; for (const x of it) break; try { for (const x of it) throw 1; } catch {} return [a, log];
//--- spread
const o = { a: 1, get b() { return 2; } }; return [[...[1, 2], ..."ab", ...new Set([3])], { ...o, ...null, ..."hi", a: 9 }, Math.max(...[1, 5], 3), [...[,]].length];
//--- default and rest parameters
const f = (a, b = a + 1, { c = b * 2, d } = {}, ...r) => [a, b, c, d, r]; return [f(1), f(1, 5, { d: 2 }, 7, 8), f.length, ((...x) => x.length)(1, 2, 3), (function (a, b) {}).length];
//--- arguments
function sloppy(a) { arguments[0] = 9; return [a, arguments.length]; } function strict(a) { "use strict"; arguments[0] = 9; return [a, arguments.length]; } const arrow = function () { return (() => arguments[0])(); }; return [sloppy(1), strict(1), arrow(5), (function () { return [...arguments]; })(1, 2)];
//--- this in its forms
const o = { m() { return this === o; }, a: () => typeof this, f: function () { return (() => this === o)(); } }; function s() { "use strict"; return this; } function l() { return typeof this; } return [o.m(), o.f(), s(), l(), l.call(5), s.call(5), (0, o.m)()];
//--- call, apply, bind
function f(...a) { return [this?.n, ...a]; } const b = f.bind({ n: 1 }, 2); return [f.call({ n: 0 }, 1), f.apply({ n: 0 }, [1, 2]), b(3), b.call({ n: 9 }, 4), b.name, b.length, new (function () { this.x = 1; }).constructor().constructor === Function];
//--- function names
const a = () => {}, o = { m() {}, get g() { return 1; }, ["c" + 1]: function () {}, [Symbol("s")]: () => {} }; const [s] = Object.getOwnPropertySymbols(o); class K { static st() {} #p = () => {}; } return [a.name, o.m.name, Object.getOwnPropertyDescriptor(o, "g").get.name, o.c1.name, o[s].name, K.name, K.st.name, (function () {}).name, (() => {}).name, new Function("return 1").name];
//--- closures keep state
const counter = () => { let n = 0; return { up: () => ++n, down: () => --n, get now() { return n; } }; }; const a = counter(), b = counter(); a.up(); a.up(); b.down(); return [a.now, b.now];
//--- deep closures
let f = (x) => x; for (let i = 0; i < 200; i++) { const g = f; f = (x) => g(x + i % 3); } return f(0);
//--- recursion and mutual recursion
const even = (n) => (n === 0 ? true : odd(n - 1)), odd = (n) => (n === 0 ? false : even(n - 1)); const ack = (m, n) => (m === 0 ? n + 1 : n === 0 ? ack(m - 1, 1) : ack(m - 1, ack(m, n - 1))); return [even(300), odd(301), ack(2, 6)];
//--- getters and setters
const o = { _v: 1, get v() { return this._v; }, set v(x) { this._v = x * 2; } }; o.v = 5; const p = Object.create(o); p.v = 7; return [o.v, p.v, Object.keys(p), Object.hasOwn(p, "_v"), Object.getOwnPropertyDescriptor(o, "v").set.length];
//--- property order
return [Object.keys({ b: 1, 2: 1, a: 1, 1: 1, [Symbol()]: 1, "-1": 1, "01": 1 }), JSON.stringify({ z: 1, 10: 2, 9: 3 }), Reflect.ownKeys({ [Symbol("s")]: 1, b: 2, 0: 3 }).map(String)];
//--- object literals
const x = 1, y = 2; const o = { x, y, ["z" + 1]: 3, f() { return super.toString === Object.prototype.toString; }, __proto__: { p: 1 }, async a() {}, *g() {} }; return [o, o.p, o.f(), Object.getPrototypeOf(o) === Object.prototype];
//--- exceptions and finally
const log = []; const f = (n) => { try { if (n === 1) throw new Error("one"); if (n === 2) return "two"; log.push("end"); } catch (e) { log.push(e.message); return "caught"; } finally { log.push("f" + n); if (n === 3) return "three"; } return "after"; }; return [f(0), f(1), f(2), f(3), log];
//--- finally overrides
const f = () => { for (const i of [1, 2, 3]) { try { continue; } finally { if (i === 2) break; } } try { throw 1; } finally { return "returned"; } }; return f();
//--- nested exceptions
const log = []; try { try { throw new TypeError("a"); } catch (e) { log.push(e.message); throw new RangeError("b", { cause: e }); } finally { log.push("f"); } } catch (e) { log.push(e.name, e.cause.message, e instanceof RangeError, e.cause instanceof TypeError); } return log;
//--- throwing anything
return [1, "s", null, undefined, { a: 1 }, Symbol.iterator].map((v) => { try { throw v; } catch (e) { return e === v; } });
//--- error objects
const e = new AggregateError([new Error("x")], "many"); class Mine extends Error { constructor(m) { super(m); this.name = "Mine"; } } const m = new Mine("q"); return [e.errors.length, e.message, String(e), String(m), m instanceof Mine, Object.keys(m), "stack" in m, Error("no new") instanceof Error, String(new Error()), Object.prototype.toString.call(m)];
//--- engine error messages
return [() => null.x, () => undefined.f(), () => nope, () => (1)(), () => ({}).x.y, () => new (() => {})(), () => [].reduce((a) => a), () => new Array(-1), () => "x".repeat(-1), () => (1.5).toFixed(101), () => BigInt(1.5), () => Symbol() + "", () => 1n + 1, () => JSON.parse("{"), () => decodeURIComponent("%"), () => new Proxy({}, null), () => Object.defineProperty(1, "a", {}), () => ({}) instanceof 5, () => "a" in "b", () => new RegExp("[")].map((f) => { try { return f(); } catch (e) { return e.name + ": " + e.message; } });
//--- stack traces
function one() { return new Error("x").stack; } const two = () => one(); return two().split("\n").slice(0, 2).map((l) => l.trim().split(" ").slice(0, 2).join(" "));
//--- generators
function* g(n) { const x = yield n; try { const y = yield x * 2; return y; } finally { yield "cleanup"; } } const a = g(1), b = g(1); return [a.next(), a.next(5), a.next(7), a.next(), a.next(), b.next(), b.next(1), b.return("r"), b.next(), b.next()];
//--- generators delegate
function* inner() { const x = yield 1; return "r" + x; } function* outer() { const r = yield* inner(); yield r; yield* [7, 8]; } const g = outer(); return [g.next(), g.next("v"), ...g];
//--- generators throw
function* g() { try { yield 1; } catch (e) { yield "c" + e; } yield "end"; } const a = g(), b = g(); a.next(); let thrown; try { b.throw("early"); } catch (e) { thrown = e; } return [a.throw("x"), a.next(), a.next(), thrown, b.next()];
//--- infinite generators
function* nat() { let i = 0; while (true) yield i++; } function* take(n, it) { for (const x of it) { if (n-- <= 0) return; yield x; } } function* map(f, it) { for (const x of it) yield f(x); } return [...take(5, map((x) => x * x, nat()))];
//--- generator trees
function* walk(t) { if (t) { yield* walk(t.l); yield t.v; yield* walk(t.r); } } const tree = [5, 2, 8, 1, 9, 3].reduce(function add(t, v) { return t ? (v < t.v ? { ...t, l: add(t.l, v) } : { ...t, r: add(t.r, v) }) : { v }; }, null); return [...walk(tree)];
//--- generator objects
function* g() {} const o = { *m() { yield this.x; }, x: 4 }; const it = o.m(); return [it[Symbol.iterator]() === it, it.next(), Object.prototype.toString.call(it), Object.getPrototypeOf(g).constructor.name, typeof g.prototype, g() instanceof g];
//--- iterator helpers
return [[1, 2, 3, 4].values().filter((x) => x % 2).map((x) => x * 10).toArray(), [1, 2, 3].values().take(2).toArray(), [1, 2, 3].values().drop(1).reduce((a, b) => a + b), Iterator.from({ next() { return { done: true }; } }).toArray(), [[1], [2]].values().flatMap((x) => x).toArray(), [1, 2].values().some((x) => x > 1), [1, 2].values().find((x) => x > 1)];
//--- iterables of one's own
class Range { constructor(a, b) { this.a = a; this.b = b; } *[Symbol.iterator]() { for (let i = this.a; i < this.b; i++) yield i; } } const r = new Range(1, 5); const [x, ...rest] = r; return [[...r], Math.max(...r), x, rest, Array.from(r, (v) => v * 2), new Set(r).size, Object.fromEntries([...r].map((v) => [v, v]))];
//--- async order
const log = (s) => out.push(s); (async () => { log("a1"); await null; log("a2"); await new Promise((r) => r()); log("a3"); })(); Promise.resolve().then(() => log("p1")).then(() => log("p2")).then(() => log("p3")); queue: { log("sync"); } return "done";
//--- async errors
const f = async (x) => { if (x) throw new TypeError("e" + x); return x; }; (async () => { for (const x of [0, 1]) try { out.push(await f(x)); } catch (e) { out.push(e.name + e.message); } finally { out.push("f"); } try { await Promise.reject(5); } catch (e) { out.push(e); } })(); return f(0) instanceof Promise;
//--- promise combinators
const ok = (v) => Promise.resolve(v), no = (v) => Promise.reject(new Error(v)); Promise.all([1, ok(2)]).then((v) => out.push("all" + v)); Promise.all([ok(1), no("x")]).catch((e) => out.push("allx" + e.message)); Promise.allSettled([ok(1), no("y")]).then((v) => out.push(JSON.stringify(v.map((r) => r.status)))); Promise.race([new Promise(() => {}), ok("r")]).then((v) => out.push("race" + v)); Promise.any([no("a"), ok("b")]).then((v) => out.push("any" + v)); Promise.any([no("a")]).catch((e) => out.push(e.name + e.errors.length)); return 0;
//--- thenables and unwrapping
const t = { then(f) { out.push("then"); f("unwrapped"); } }; Promise.resolve(t).then((v) => out.push(v)); (async () => out.push(await t))(); Promise.resolve(1).then(2).then((v) => out.push("through" + v)); const { promise, resolve } = Promise.withResolvers(); promise.then((v) => out.push(v)); resolve(Promise.resolve("inner")); return 0;
//--- promise chains and finally
Promise.reject(new Error("a")).finally(() => { out.push("f"); return 9; }).catch((e) => { out.push(e.message); return "c"; }).then((v) => { out.push(v); throw 1; }).finally(() => { throw 2; }).catch((e) => out.push("last" + e)); return 0;
//--- async generators
async function* g() { try { yield 1; yield Promise.resolve(2); const x = yield 3; out.push("x" + x); } finally { out.push("fin"); } } (async () => { const it = g(); for await (const v of it) { out.push(v); if (v === 2) break; } for await (const v of [Promise.resolve("s"), "t"]) out.push(v); const j = g(); await j.next(); out.push(JSON.stringify(await j.return("r")), JSON.stringify(await j.next())); })(); return 0;
//--- async generators queue
async function* g() { yield 1; yield 2; } const it = g(); Promise.all([it.next(), it.next(), it.next()]).then((r) => out.push(JSON.stringify(r))); return 0;
//--- async closures over loops
(async () => { const r = []; for (let i = 0; i < 3; i++) { await null; r.push(() => i); } out.push(r.map((f) => f()).join("")); const all = await Promise.all([3, 1, 2].map(async (x) => { for (let i = 0; i < x; i++) await null; return x; })); out.push(all.join("")); })(); return 0;
//--- unhandled and late handlers
const p = Promise.reject(new Error("late")); p.catch(() => {}); Promise.resolve().then(() => p.catch((e) => out.push(e.message))); return 0;
//--- top-level style await in nested functions
const sleep = (n) => { let p = Promise.resolve(); for (let i = 0; i < n; i++) p = p.then(() => {}); return p; }; (async () => { const log = []; await Promise.all([sleep(3).then(() => log.push("slow")), sleep(1).then(() => log.push("fast"))]); out.push(log.join()); })(); return 0;
//--- classes
class A { x = 1; static s = "st"; constructor(y) { this.y = y; } m() { return "A" + this.y; } static c(...a) { return new this(...a); } get g() { return this.x; } set g(v) { this.x = v; } } class B extends A { x = 2; m() { return super.m() + "B"; } get g() { return super.g * 10; } } const b = B.c(5); b.x = 7; return [b.m(), b.x, b.g, B.s, b instanceof A, Object.keys(b), A.name, B.length, typeof A, Object.getOwnPropertyNames(A.prototype)];
//--- private members
class P { #v = 1; static #count = 0; static made() { return P.#count; } constructor() { P.#count++; } get #g() { return this.#v * 2; } set #g(x) { this.#v = x; } #m() { return "m" + this.#v; } run() { this.#g = 5; return [this.#g, this.#m(), #v in this]; } static has(o) { return #v in o; } } const p = new P(); let e; try { P.prototype.run.call({}); } catch (x) { e = x.name + x.message; } return [p.run(), P.has(p), P.has({}), P.made(), e, Object.keys(p)];
//--- static blocks and computed members
const log = []; const k = (s) => (log.push(s), s); class C { static [k("a")] = log.push("A"); [k("b")]() {} static { log.push("block" + this.a); } static [k("c")] = log.push("C"); } return [log, Object.getOwnPropertyNames(C).slice(-2)];
//--- accessors, fields and this
class A { a = this.constructor.name; b = () => this.a; ["c" + 1] = 2; static d = this.name; } class B extends A { a = super.toString === Object.prototype.toString; } return [new A().b(), new B().b(), new A().c1, A.d, B.d];
//--- new.target and abstract classes
function F() { return new.target === undefined ? "call" : "new"; } class A { constructor() { if (new.target === A) throw new TypeError("abstract"); this.t = new.target.name; } } class B extends A {} let e; try { new A(); } catch (x) { e = x.message; } return [F(), typeof new F(), e, new B().t, Reflect.construct(A, [], B).t];
//--- extending builtins
class Stack extends Array { top() { return this[this.length - 1]; } } class M extends Map { get(k) { return super.get(k) ?? "none"; } } class E extends Error { get name() { return "E!"; } } const s = Stack.from([1, 2, 3]); return [s.top(), s.map((x) => x * 2) instanceof Stack, s.length, new M([["a", 1]]).get("b"), String(new E("m")), [] instanceof Stack];
//--- mixins and species
const Flies = (B) => class extends B { fly() { return "fly" + this.n; } }; class N { n = 1; } class Bird extends Flies(N) {} class Plain extends Array { static get [Symbol.species]() { return Array; } } return [new Bird().fly(), Bird.__proto__.name, new Plain(1, 2).map((x) => x) instanceof Plain];
//--- super in objects and static methods
const base = { hi() { return "base" + this.n; } }; const o = { __proto__: base, n: 1, hi() { return super.hi() + "o"; } }; class A { static who() { return "A:" + this.name; } } class B extends A { static who() { return super.who() + "!"; } } return [o.hi(), B.who()];
//--- class errors
const errors = []; for (const f of [() => { class A { constructor() { this.x; } } A(); }, () => { class A extends Object { constructor() { this.x = 1; } } new A(); }, () => { class A extends null {} new A(); }, () => { class A extends 5 {} }, () => { class A { static #p; static t(o) { return o.#p; } } A.t({}); }, () => { new (class { constructor() { return 1; } })(); return "ok"; }]) try { errors.push(f() ?? "ok"); } catch (e) { errors.push(e.name); } return errors;
//--- symbols
const s = Symbol("d"); const o = { [s]: 1, [Symbol.toStringTag]: "Tag", [Symbol.toPrimitive]: () => 5 }; return [s.toString(), s.description, Symbol.for("k") === Symbol.for("k"), Symbol.keyFor(Symbol.for("k")), Object.getOwnPropertySymbols(o).length, String(o), +o, `${Object.prototype.toString.call(o)}`, JSON.stringify({ [s]: 1, a: s }), Symbol.iterator in [], [..."ab"].length];
//--- well-known symbols
class Even { static [Symbol.hasInstance](n) { return n % 2 === 0; } } const spread = { length: 2, 0: "a", 1: "b", [Symbol.isConcatSpreadable]: true }; const re = { [Symbol.match]: () => ["m"], [Symbol.replace]: (s, r) => s + r, [Symbol.search]: () => 7, [Symbol.split]: () => ["s"] }; return [2 instanceof Even, 1 instanceof Even, [1].concat(spread), "x".match(re), "x".replace(re, "y"), "x".search(re), "x".split(re), Array.prototype[Symbol.unscopables].flat];
//--- tagged templates
const tag = (s, ...v) => [s.raw.join("|"), s.join("|"), v.length, Object.isFrozen(s)]; const t = () => ((s) => s)`a${1}b`; return [tag`x\n${1}y${2}`, String.raw`a\n${5}`, t() === t(), `a${`b${1 + 1}`}c`, `line
two`];
//--- strings of code
return [eval("1 + 1"), (0, eval)("typeof module"), new Function("a", "b", "return a * b")(3, 4), (() => { try { eval("let = ;"); } catch (e) { return e.name; } })(), eval("var ev = 5; ev"), typeof ev];
//--- strict and sloppy writes
"use strict"; const frozen = Object.freeze({ a: 1 }); const errors = []; for (const f of [() => { frozen.a = 2; }, () => { delete frozen.a; }, () => { undeclared = 1; }, () => { "s".length = 5; }, () => { ({ get x() { return 1; } }).x = 2; }]) try { f(); errors.push("ok"); } catch (e) { errors.push(e.name + ":" + e.message); } return errors;
//--- with-free dynamic scope and globals
globalThis.shared = 5; const r = [typeof shared, shared, "shared" in globalThis, delete globalThis.shared, typeof shared, globalThis === this]; return r;
//--- using many locals
let a0 = 0, a1 = 1, a2 = 2, a3 = 3, a4 = 4, a5 = 5, a6 = 6, a7 = 7, a8 = 8, a9 = 9, b0 = 10, b1 = 11; for (let i = 0; i < 10; i++) { [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, b1] = [a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, b1, a0]; } return [a0, a5, b1];
//--- a large switch
const f = (n) => { switch (n) { case 0: return "a"; case 1: return "b"; case 2: return "c"; case 10: return "d"; case 11: return "e"; case 100: return "f"; case -1: return "g"; case 1.5: return "h"; case "x": return "i"; case null: return "j"; case undefined: return "k"; case NaN: return "never"; default: return "z"; } }; return [0, 1, 2, 10, 11, 100, -1, 1.5, "x", null, undefined, NaN, -0, "0"].map(f).join("");
//--- long loops
let s = 0; for (let i = 0; i < 30000; i++) { if (i % 3 === 0) s += i; else if (i % 5 === 0) s ^= i; else s = (s * 31 + i) | 0; } let w = 0; do { w += 2; } while (w < 101); for (const k in { a: 1, b: 2 }) w += k.charCodeAt(0); return [s, w];
//--- for in order and inheritance
const o = Object.create({ p: 1, q: 2 }, { hidden: { value: 1 }, own: { value: 2, enumerable: true } }); o.q = 3; const seen = []; for (const k in o) { seen.push(k); delete o.q; } for (const i in "ab") seen.push(i); for (const i in [5, , 6]) seen.push(i); for (const k in null) seen.push("never"); return seen;
//--- unicode identifiers and escapes
const café = 1, \u0061b = 2, 𝒳 = 3; return [café, ab, 𝒳, "\u{1F600}".length, "\x41\u0042\103", "a\
b"];
//--- numeric literals
return [0b1010, 0o17, 0xff, 1_000_000, .5, 5., 1e3, 1E-3, 0x1F, 1e21, 123456789012345680000, 0.000001, 1e-7, 9007199254740993];
//--- automatic semicolons
const f = () => {
  return
  1;
}; let a = 1
let b = a
++b
return [f(), a, b]
