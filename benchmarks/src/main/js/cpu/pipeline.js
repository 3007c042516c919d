// Lazy sequences: generators chained, destructuring, spread, iterators in for-of.
function* range(n) { for (let i = 0; i < n; i++) yield i; }
function* map(it, f) { for (const x of it) yield f(x); }
function* filter(it, f) { for (const x of it) if (f(x)) yield x; }
function* pairs(it) { let last; for (const x of it) { if (last !== undefined) yield [last, x]; last = x; } }
let total = 0;
for (const [a, b] of pairs(filter(map(range(8000), (x) => (x * 31) % 1009), (x) => x & 1))) { const { lo, ...rest } = { lo: Math.min(a, b), hi: Math.max(a, b) }; total += rest.hi - lo; }
return total + Math.max(...[...range(200)]);
