// Sorting with and without comparators, hand-written quicksort, heap, binary search.
let seed = 42; const random = () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff;
const numbers = Array.from({ length: 800 }, () => Math.floor(random() * 10000));
const byNumber = [...numbers].sort((a, b) => a - b);
const byText = [...numbers].sort();
const objects = numbers.map((n, i) => ({ n, s: 'k' + (n % 100), i })).sort((a, b) => a.s < b.s ? -1 : a.s > b.s ? 1 : a.n - b.n);
function quick(a, lo = 0, hi = a.length - 1) { if (lo >= hi) return a; const p = a[(lo + hi) >> 1]; let i = lo, j = hi; while (i <= j) { while (a[i] < p) i++; while (a[j] > p) j--; if (i <= j) { const t = a[i]; a[i] = a[j]; a[j] = t; i++; j--; } } quick(a, lo, j); quick(a, i, hi); return a; }
class Heap { constructor() { this.a = []; } push(x) { const a = this.a; let i = a.push(x) - 1; while (i > 0) { const p = (i - 1) >> 1; if (a[p] <= a[i]) break; [a[p], a[i]] = [a[i], a[p]]; i = p; } } pop() { const a = this.a, top = a[0], last = a.pop(); if (a.length) { a[0] = last; let i = 0; for (;;) { let l = 2 * i + 1, m = i; if (l < a.length && a[l] < a[m]) m = l; if (l + 1 < a.length && a[l + 1] < a[m]) m = l + 1; if (m === i) break; const t = a[m]; a[m] = a[i]; a[i] = t; i = m; } } return top; } }
const heap = new Heap(); for (const n of numbers.slice(0, 300)) heap.push(n);
let previous = -1, ordered = true; for (let i = 0; i < 300; i++) { const n = heap.pop(); if (n < previous) ordered = false; previous = n; }
const search = (a, x) => { let lo = 0, hi = a.length; while (lo < hi) { const mid = (lo + hi) >>> 1; if (a[mid] < x) lo = mid + 1; else hi = mid; } return lo; };
let found = 0; for (const n of numbers) found += search(byNumber, n);
quick([...numbers])[10] + byText[10] + objects[10].n + found + (ordered ? 1 : 0) + ['b', 'a', 'C'].sort((x, y) => x.localeCompare(y)).join('') + [3, 1, 2].toSorted().join('');
