// Loops over arrays and numbers, sieve, matrices, dynamic programming.
const n = 3000, sieve = new Array(n + 1).fill(true);
let primes = 0;
for (let i = 2; i <= n; i++) { if (sieve[i]) { primes++; for (let j = i * i; j <= n; j += i) sieve[j] = false; } }
const size = 16, a = [], b = [], c = [];
for (let i = 0; i < size; i++) { a[i] = []; b[i] = []; c[i] = []; for (let j = 0; j < size; j++) { a[i][j] = i + j; b[i][j] = i - j; } }
for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) { let s = 0; for (let k = 0; k < size; k++) s += a[i][k] * b[k][j]; c[i][j] = s; }
function lcs(x, y) { const t = Array.from({ length: x.length + 1 }, () => new Array(y.length + 1).fill(0)); for (let i = 1; i <= x.length; i++) for (let j = 1; j <= y.length; j++) t[i][j] = x[i - 1] === y[j - 1] ? t[i - 1][j - 1] + 1 : Math.max(t[i - 1][j], t[i][j - 1]); return t[x.length][y.length]; }
let h = 0, i = 0;
while (i < 6000) { h = ((h << 5) - h + i) | 0; i++; }
var total = 0; for (var k = 0; k < 4000; k++) { total += k; }
const point = { x: 0, y: 0, z: { w: 1 } };
for (let s = 0; s < 2500; s++) { point.x += 1; point.y -= point.x & 3; point.z.w = s; }
globalCounter = 0; for (let s = 0; s < 800; s++) { globalCounter++; globalCounter = globalCounter + 1; }
let args = 0; function vary() { for (let q = 0; q < arguments.length; q++) args += arguments[q]; return args; }
for (let s = 0; s < 300; s++) vary(s, 1, 2);
let bits = 0; for (let s = 1 << 12; s; s >>= 1) bits += s & 5461 ? 1 : 0;
primes + c[3][4] + lcs('the quick brown fox jumps', 'a lazy dog sleeps quietly') + h + total + point.x + args + bits + globalCounter;
