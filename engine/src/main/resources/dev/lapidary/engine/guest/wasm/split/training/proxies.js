// Proxy, Reflect, Symbol, property descriptors, getters, prototypes, Date.
const log = []; const target = { a: 1, b: { c: 2 } };
const proxy = new Proxy(target, { get(t, k, r) { log.push(k); return Reflect.get(t, k, r); }, set(t, k, v) { t[k] = v * 2; return true; }, has: (t, k) => k.startsWith('a'), ownKeys: (t) => Reflect.ownKeys(t), deleteProperty(t, k) { delete t[k]; return true; }, apply() {} });
let out = 0; for (let i = 0; i < 200; i++) { proxy.a = i; out += proxy.a + proxy.b.c + ('abc' in proxy) + ('b' in proxy); }
delete proxy.b; out += Object.keys(proxy).length;
const callable = new Proxy(function (x) { return x + 1; }, { apply: (f, self, args) => f(...args) * 2, construct: () => ({ made: 1 }) }); out += callable(3) + new callable().made;
const id = Symbol('id'); class Money { constructor(n) { this.n = n; this[id] = n; } [Symbol.toPrimitive](hint) { return hint === 'string' ? '$' + this.n : this.n; } get [Symbol.toStringTag]() { return 'Money'; } static [Symbol.hasInstance](x) { return typeof x?.n === 'number'; } }
for (let i = 0; i < 150; i++) { const m = new Money(i); out += +m + `${m}`.length + (m > 50 ? 1 : 0) + m[id] + Object.prototype.toString.call(m).length + (m instanceof Money ? 1 : 0); }
const o = Object.create({ inherited: 1 }, { hidden: { value: 2, enumerable: false }, shown: { get() { return 3; }, enumerable: true } }); Object.defineProperty(o, 'fixed', { value: 4, writable: false });
try { o.fixed = 5; } catch (e) {} for (const k in o) out += k.length; out += Object.getOwnPropertyNames(o).length + (o.hasOwnProperty('hidden') ? 1 : 0) + Object.entries(Object.freeze({ x: 1, ...o })).length;
const d = new Date(Date.UTC(2024, 1, 29, 12)); for (let i = 0; i < 40; i++) { d.setUTCDate(d.getUTCDate() + 1); out += d.getUTCDay() + d.toISOString().length; } out += typeof null === 'object' ? 1 : 0; out += void 0 === undefined ? 1 : 0;
with ({ w: 1 }) out += w; out += eval('1 + 2') + new Function('a', 'b', 'return a * b')(3, 4); out + log.length + isNaN('x') + (0, eval)('typeof out').length;
