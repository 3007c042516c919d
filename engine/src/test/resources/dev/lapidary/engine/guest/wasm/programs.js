function f(n) { return n < 2 ? n : f(n - 1) + f(n - 2); } return f(16);
//---
let s = 0; for (let i = 0; i < 20000; i++) { s = (s + i * 3) | 0; } return s;
//---
function* g() { try { const x = yield 1; yield x * 2; yield* [7, 8]; } finally { out.push('fin'); } } const it = g(); return [it.next().value, it.next(5).value, it.next().value, it.return(9).value, JSON.stringify(it.next())];
//---
async function a(x) { await null; if (x > 2) throw new Error('big'); return x; } (async () => { for (const x of [1, 2, 3]) try { out.push(await a(x)); } catch (e) { out.push(e.message); } })(); return 'sync';
//---
const { a, b: { c = 5, ...r }, ...rest } = { a: 1, b: { d: 2, e: 3 }, f: 4 }; const [x, , y = 9, ...z] = [1, 2, undefined, 4, 5]; return JSON.stringify([a, c, r, rest, x, y, z]);
//---
return 'x1y22z333'.replace(/([a-z])(\d+)/g, (m, l, d) => `${d}${l.toUpperCase()}`) + /(?<y>\d{4})-(?<m>\d\d)/.exec('on 2024-05').groups.m + 'aXbX'.split(/x/i).length;
//---
return [2n ** 100n, -7n / 2n, -7n % 2n, BigInt.asUintN(8, -1n), 0x1fn & 7n, 5n << 40n, (2n ** 64n).toString(36), 10n > 9, typeof 1n].join();
//---
const log = []; const p = new Proxy({ a: 1 }, { get: (t, k) => (log.push('get ' + String(k)), t[k]), has: () => true, set: (t, k, v) => (t[k] = v * 2, true), deleteProperty: () => true, ownKeys: () => ['q', 'a'], getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }) }); p.b = 4; return [p.a, p.b, 'zz' in p, delete p.a, Object.keys(p), log].join('|');
//---
const u = new Uint8Array([1, 2, 300]), f = new Float32Array([1.1, 2.5]), d = new DataView(new ArrayBuffer(16)); d.setFloat64(0, Math.PI); d.setInt16(8, -2, true); return [...u, ...f, d.getUint8(0), d.getUint16(8), new Uint8ClampedArray([300, -5]).join(), new Int32Array(u.buffer.slice(0)).length === 0].join();
//---
const d = new Date(Date.UTC(2024, 1, 29, 23, 59, 58)); d.setUTCMonth(12); return [d.toISOString(), d.getUTCDay(), Date.parse('2020-01-01T00:00:00Z'), new Date(NaN).getTime(), JSON.stringify({ d })].join();
//---
return 'ignored';
//---
const adders = []; for (let i = 0; i < 5; i++) adders.push((x) => (y) => (z) => x + y * i + z); return adders.map((f) => f(1)(2)(3)).join();
//---
class E1 extends TypeError { get name() { return 'E1'; } } function t(n) { try { if (n) throw new E1('m' + n); return 'ok'; } catch ({ name, message }) { return name + message; } finally { out.push(n); } } return [t(0), t(1), new E1('q') instanceof TypeError, String(new E1('z'))].join();
//---
return JSON.stringify(JSON.parse('{"a":[1,2.5e3,-0,"\\u00e9\\n",null,true],"b":{"c":{}}}', (k, v) => (v === null ? 'nil' : v)), (k, v) => (typeof v === 'number' ? v + 1 : v), 1);
//---
try { JSON.parse('{"a":}'); } catch (e) { return e.name + e.message; }
//---
const a = Array.from({ length: 200 }, (_, i) => (i * 7919) % 211); return [a.toSorted((x, y) => y - x).slice(0, 5), [...a].sort().slice(0, 5), ['b', 'B', 'a'].sort(), a.findLast((x) => x % 10 === 3), a.at(-1)].join('|');
//---
const m = new Map([[NaN, 1], ['k', 2]]), s = new Set([1, 1, '1', -0, 0]); m.set({}, 3).delete('k'); return [m.get(NaN), m.size, s.size, [...s].map((x) => Object.is(x, -0)), [...m.values()], new WeakSet([m]).has(m)].join();
//---
let n = 0; outer: for (let i = 0; ; i++) { inner: for (const j of [1, 2, 3]) { if (j === 2) continue inner; if (i === 3) continue outer; if (i === 6) break outer; n += i * j; } n++; } return n;
//---
const o = { _v: 1, get v() { return this._v++; }, set v(x) { this._v = x * 10; }, ['k' + 1]: 2, async *ag() { yield 1; }, __proto__: { inherited: 3 } }; o.v = 4; return [o.v, o.v, o.k1, o.inherited, Object.keys(o), typeof o.ag().next].join();
//---
const sym = Symbol('s'); class A { static [Symbol.hasInstance](x) { return x === 1; } [Symbol.toPrimitive](h) { return h === 'number' ? 42 : h; } get [Symbol.toStringTag]() { return 'AA'; } *[Symbol.iterator]() { yield 'it'; } [sym] = 5; } const a = new A(); return [1 instanceof A, +a, `${a}`, a + '', Object.prototype.toString.call(a), [...a], a[sym], sym.description, Symbol.for('x') === Symbol.for('x')].join();
//---
const t = (s, ...v) => s.raw.map((x, i) => x + (v[i] ?? '')).join('!'); return t`a\n${1}b${2}c` + String.raw`\u00e9${3}`;
//---
class P { #x = 1; static #c = 0; static { P.#c = 10; } #inc() { return ++this.#x; } bump() { P.#c++; return this.#inc() + P.#c; } static is(o) { return #x in o; } accessor = 3; } const p = new P(); return [p.bump(), p.bump(), P.is(p), P.is({}), p.accessor].join();
//---
class B { constructor(x) { this.x = x; } m() { return 'B' + this.x; } static s() { return 'S'; } } class D extends B { constructor() { super(7); } m() { return super.m() + 'D' + super.constructor.name; } static s() { return super.s() + 'D'; } } return [new D().m(), D.s(), new.target === undefined, Object.getPrototypeOf(D) === B].join();
//---
return [typeof undefined, typeof null, void 0 ?? 'd', null?.x?.y, 0 || 'o', '' ?? 'n', 1 && 2, !!'', 3 > 2 > 1, '2' + 1, '3' * '4', [] + {}, [1] == 1, null == 0, NaN != NaN].join();
//---
return [1 / 3, 0.1 + 0.2, 1e21, -1e-7, 123456789012345680000, (25).toString(2), (255).toString(16), (0.5).toString(3).slice(0, 12), (1.005).toFixed(2), (1234.5678).toExponential(2), (0.00001).toPrecision(1), parseInt('0x1f'), parseFloat('3.14abc'), Number(''), Number('12px')].join();
//---
return [5 % -3, -5 % 3, 2 ** -1, 7 >>> 1, -7 >> 1, -7 >>> 28, ~~3.7, 1 << 31, 5 & 6, 5 | 6, 5 ^ 6, Math.imul(0xffffffff, 5), Math.clz32(1), Math.fround(5.5), Math.hypot(3, 4), Math.sign(-3), Math.cbrt(27), Math.log2(8), Math.max(), Math.min(1, '0')].join();
//---
var r = []; for (var k in { b: 1, a: 2, 1: 3, 0: 4 }) r.push(k); for (const c of 'a😀b') r.push(c.length); for (const [i, v] of ['x', 'y'].entries()) r.push(i + v); return r.join();
//---
function f(a, b = a + 1, ...c) { arguments[0] = 9; return [a, b, c.length, arguments.length, f.length, f.name].join(); } return f(1) + f(1, 2, 3, 4) + f.call(null, 5) + f.apply(null, [6, 7]) + f.bind(null, 8)(9);
//---
const ws = (x) => { switch (x) { case 1: return 'one'; case 'a': out.push('fall'); case 2: return 'two'; default: return 'def'; case null: return 'null'; } }; return [1, 'a', 2, null, 3, undefined].map(ws).join();
//---
async function* ag() { for (let i = 0; i < 3; i++) { await 0; yield i; } } (async () => { for await (const x of ag()) out.push(x); for await (const x of [Promise.resolve('p'), 'q']) out.push(x); const r = await Promise.allSettled([1, Promise.reject(2)]); out.push(JSON.stringify(r), await Promise.any([Promise.reject(1), 5]), await Promise.race([6, 7])); })(); return 1;
//---
Promise.resolve(1).then((x) => { out.push(x); throw x + 1; }).catch((e) => { out.push('c' + e); return 3; }).finally(() => out.push('f')).then((x) => out.push(x)); queueMicrotask?.(() => out.push('m')); return 'done';
//---
return [..."héllo wörld"].reverse().join('') + 'abc'.at(-1) + 'a,b'.split(',') + 'x'.padStart(3, 'ab') + ' t '.trim() + 'aXbX'.replaceAll('X', '-') + 'abc'.includes('bc') + 'é'.normalize('NFD').length + 'ß'.toUpperCase() + 'İ'.toLowerCase().length + 'a'.localeCompare('b') + '\u{1F600}'.codePointAt(0);
//---
const a = [3, 1, 2]; a.length = 5; a[7] = 9; return [a.length, a.indexOf(undefined), a.includes(undefined), a.flat().length, [[1, [2, [3]]]].flat(Infinity), [1, 2, 3].reduceRight((x, y) => x + '-' + y), a.fill(0, 3, 5).join(), [1, 2, 3, 4].copyWithin(0, 2), Array.isArray([]), [1, 2, 3].with(1, 9), [1, 2, 3].toSpliced(1, 1)].join('|');
//---
const o = Object.freeze({ a: 1 }); 'use strict'; let e1 = ''; try { (function () { 'use strict'; o.a = 2; })(); } catch (e) { e1 = e.message; } const d = Object.defineProperty({}, 'x', { get() { return 1; }, enumerable: false }); return [e1, o.a, Object.keys(d).length, d.x, Object.isFrozen(o), Object.fromEntries([['q', 1]]).q, Object.entries({ z: 1 }), structuredClone({ m: new Map([[1, 2]]) }).m.get(1), Object.groupBy ? JSON.stringify(Object.groupBy([1, 2, 3], (x) => (x % 2 ? 'o' : 'e'))) : ''].join();
//---
return [Reflect.ownKeys({ b: 1, a: 2, 1: 3, [Symbol.iterator]: 0 }).map(String), Reflect.has({ x: 1 }, 'x'), Reflect.construct(Date, [0]).getTime(), Reflect.apply(Math.max, null, [1, 3]), Reflect.getPrototypeOf([]) === Array.prototype].join();
//---
const r = []; try { null.f(); } catch (e) { r.push(e.constructor.name); } try { undefinedName; } catch (e) { r.push(e.message); } try { (() => { const c = 1; c = 2; })(); } catch (e) { r.push(e.message); } try { ({}).x.y; } catch (e) { r.push(e.message); } try { new (class { constructor() { throw 5; } })(); } catch (e) { r.push(e); } try { [].reduce((a) => a); } catch (e) { r.push(e.message); } try { 'x'.repeat(-1); } catch (e) { r.push(e.name); } try { eval('let 1'); } catch (e) { r.push(e.name); } try { 1n + 1; } catch (e) { r.push(e.message); } return r.join('|');
//---
function dfs(n, seen = new Set()) { if (n > 40 || seen.has(n)) return 0; seen.add(n); return n + dfs(n * 2, seen) + dfs(n + 3, seen); } return dfs(1);
//---
const re = /(a)|(b)|(?<c>c)/y; re.lastIndex = 1; const m = []; let x; while ((x = re.exec('xabcq'))) m.push(x.slice(1).map((v) => v ?? '_').join('') + re.lastIndex); return m.join() + /^(?:(?=x)x|y)+$/.test('xyx') + /\bfoo\b/i.test('a FOO b') + 'aaa'.match(/a{2,}?/)[0] + /[\p{L}--]/u.test('é') + 'a\nb'.match(/^b$/m).index + /(?<!a)b/.exec('abb').index;
//---
const it = { from: 1, to: 4, [Symbol.iterator]() { let c = this.from, t = this.to; return { next: () => (c <= t ? { done: false, value: c++ } : { done: true }), return: () => (out.push('closed'), {}) }; } }; for (const v of it) if (v === 2) break; const [q] = it; return [...it, q, Math.max(...it), Array.from(it, (x) => x * x)].join();
//---
const w = new Map(); const memo = (n) => w.get(n) ?? (w.set(n, n < 2 ? BigInt(n) : memo(n - 1) + memo(n - 2)), w.get(n)); return memo(120).toString();
//---
let src = ''; for (let i = 0; i < 50; i++) src += `function f${i}(x) { return ${i ? `f${i - 1}(x) + ` : ''}x * ${i}; }\n`; return new Function(src + 'return f49(3);')() + eval('var zz = 4; zz * 2') + (0, eval)('typeof globalThis');
//---
const h = new Headers({ 'X-A': '1' }); h.append('x-a', '2'); const u = new URL('../p?q=1#h', 'http://ex.org/a/b/c'); return [h.get('x-a'), u.href, u.pathname, u.hash, new TextDecoder().decode(new TextEncoder().encode('é€😀'))].join();
//---
let o = { n: 0 }; o.n++; ++o.n; o.n += 5; o.n **= 2; o.m ??= 3; o.m ||= 4; o.m &&= 6; o['k'] = o.n-- - --o.n; let [a, b] = [1, 2]; [a, b] = [b, a]; ({ a, ...o.r } = { a: 10, z: 1 }); delete o.r.z; return JSON.stringify([o, a, b, (1, 2), typeof o, 'n' in o]);
//---
const g = (function* () { let r = ''; while (true) { try { r += yield r; } catch (e) { r = 'E' + e; } } })(); g.next(); g.next('a'); g.next('b'); g.throw('x'); return g.next('c').value + [...(function* () { yield* (function* () { yield 1; return 2; })(); yield 3; })()];
//---
const s = []; for (var i = 0; i < 3; i++) setLater(() => s.push(i)); function setLater(f) { s.push(typeof f); queue.push(f); } var queue; return s.length + typeof queue;
