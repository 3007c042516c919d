// Closures, counters, currying, memoizing, functional array methods.
const counter = () => { let n = 0; return { up: () => ++n, down: () => n--, get value() { return n; } }; };
const c = counter();
for (let i = 0; i < 3000; i++) { c.up(); if (i % 3 === 0) c.down(); }
const compose = (...fs) => (x) => fs.reduceRight((v, f) => f(v), x);
const curry = (f) => (a) => (b) => (d) => f(a, b, d);
const pipeline = compose((x) => x + 1, (x) => x * 2, (x) => x - 3);
function memo(f) { const seen = {}; return function (n) { return n in seen ? seen[n] : (seen[n] = f.call(this, n)); }; }
const fib = memo((n) => (n < 2 ? n : fib(n - 1) + fib(n - 2)));
const slow = (n) => (n < 2 ? n : slow(n - 1) + slow(n - 2));
let sum = c.value + fib(70) % 1000 + slow(15);
for (let i = 0; i < 1000; i++) sum += pipeline(i) + curry((x, y, z) => x * y - z)(i)(2)(3);
const data = Array.from({ length: 400 }, (_, i) => ({ id: i, tag: 'abc'[i % 3], score: (i * 37) % 101 }));
const grouped = data.filter((d) => d.score > 20).map((d) => ({ ...d, score: d.score * 2 })).reduce((m, d) => { (m[d.tag] ??= []).push(d.score); return m; }, {});
sum += Object.values(grouped).flat().reduce((a, b) => a + b, 0);
sum += data.some((d) => d.id === 399) + data.every((d) => d.score >= 0) + data.findIndex((d) => d.id === 77);
var handlers = [];
for (let i = 0; i < 200; i++) handlers.push(function () { return this.k + i + arguments.length; });
for (const h of handlers) sum += h.call({ k: 1 }, 1, 2) + h.apply({ k: 2 }, [1]) + h.bind({ k: 3 })();
sum;
