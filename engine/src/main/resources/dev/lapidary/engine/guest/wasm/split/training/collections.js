// Map, Set, WeakMap, arrays as queues, spreading.
const words = 'the quick brown fox jumps over the lazy dog and the cat sat on the mat'.split(' ');
const counts = new Map();
for (let round = 0; round < 60; round++) for (const w of words) counts.set(w, (counts.get(w) ?? 0) + 1);
const seen = new Set();
for (let i = 0; i < 1500; i++) { seen.add(i % 97); if (i % 5 === 0) seen.delete(i % 11); }
let total = 0;
for (const [word, n] of counts) total += word.length * n;
for (const v of seen) total += v;
counts.forEach((n, w) => { if (n > 60) total += w.length; });
const graph = new Map();
for (let i = 0; i < 200; i++) graph.set(i, [(i * 7) % 200, (i * 3 + 1) % 200]);
const queue = [0], visited = new Set([0]);
while (queue.length) { const at = queue.shift(); for (const to of graph.get(at)) if (!visited.has(to)) { visited.add(to); queue.push(to); } }
const weak = new WeakMap(); const key = {}; weak.set(key, 1);
const array = [...seen, ...visited].slice(3).concat([1, 2, 3]).reverse();
array.splice(2, 3, 'x', 'y'); array.unshift(0); array.pop();
const index = {};
for (let i = 0; i < 600; i++) { index['k' + (i % 50)] = i; delete index['k' + ((i + 7) % 50)]; }
for (const k in index) total += index[k];
for (const [k, v] of Object.entries(index)) total += k.length + v;
const grid = Array.from({ length: 30 }, () => new Array(30).fill(0));
for (let y = 0; y < 30; y++) for (let x = 0; x < 30; x++) grid[y][x] = x ^ y;
for (const row of grid) for (const cell of row) total += cell;
total + array.length + array.indexOf('x') + (array.includes('y') ? 1 : 0) + weak.get(key) + Object.keys(index).length;
