// Generators, iterators, delegation, return and throw, lazy pipelines.
function* naturals(to = Infinity) { for (let i = 0; i < to; i++) yield i; }
function* filter(it, f) { for (const x of it) if (f(x)) yield x; }
function* map(it, f) { for (const x of it) yield f(x); }
function* take(it, n) { if (n <= 0) return; for (const x of it) { yield x; if (--n === 0) return; } }
function* tree(n) { if (n === 0) return 0; const l = yield* tree(n - 1); yield n; const r = yield* tree(n - 1); return l + r + 1; }
let sum = 0;
for (const x of take(map(filter(naturals(), (x) => x % 3 === 0), (x) => x * x), 300)) sum += x % 17;
for (const x of tree(8)) sum += x;
function* talk() { let got = 0; for (;;) { try { got += yield got; } catch (e) { got = 0; } finally { sum++; } } }
const t = talk(); t.next();
for (let i = 0; i < 200; i++) { t.next(i); if (i % 50 === 49) t.throw(new Error('reset')); }
t.return(5);
class Range { constructor(a, b) { this.a = a; this.b = b; } [Symbol.iterator]() { let at = this.a; const end = this.b; return { next: () => (at < end ? { value: at++, done: false } : { value: undefined, done: true }), return() { sum++; return {}; } }; } }
for (const x of new Range(0, 500)) { if (x > 400) break; sum += x; }
const [first, second, ...others] = new Range(0, 50);
sum += first + second + others.length + Math.max(...new Range(0, 40)) + Array.from(new Range(0, 30), (x) => x * 2).length;
sum;
