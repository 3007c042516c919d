// Integers, doubles, bit operations, recursion, Math.
function ackermann(m, n) {
  return m === 0 ? n + 1 : n === 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}
function power(base, exponent, modulus) {
  let result = 1;
  while (exponent > 0) {
    if (exponent & 1) result = (result * base) % modulus;
    base = (base * base) % modulus;
    exponent >>>= 1;
  }
  return result;
}
function mandelbrot(cx, cy) {
  let x = 0.0, y = 0.0, n = 0;
  while (x * x + y * y < 4 && n < 60) {
    const t = x * x - y * y + cx;
    y = 2 * x * y + cy;
    x = t;
    n++;
  }
  return n;
}
let sum = ackermann(2, 40);
for (let i = 1; i < 800; i++) sum += power(i, 65537, 7919) ^ (i << 3) ^ ~i | (i & 12);
for (let i = 0; i < 20; i++) for (let j = 0; j < 20; j++) sum += mandelbrot(i / 10 - 1.5, j / 10 - 1);
for (let i = 0; i < 3000; i++) {
  sum = (Math.imul(sum, 31) + i) | 0;
  if (sum % 3 === 0) sum -= 7; else if (sum !== 5) sum += 2;
  sum = -sum; sum = +sum; i !== sum || sum--;
  if (sum >= 1e9 || sum <= -1e9) sum = Math.trunc(sum / 1.5);
}
const rounded = Math.floor(1.5) + Math.ceil(2.1) + Math.round(2.5) + Math.sqrt(2) + Math.max(1, 2, 3) + 2 ** 10;
sum + rounded;
