// BigInt arithmetic.
let a = 1n; for (let i = 1n; i <= 60n; i++) a *= i; let b = 0n, c = 1n; for (let i = 0; i < 150; i++) [b, c] = [c, b + c];
const gcd = (x, y) => (y === 0n ? x : gcd(y, x % y)); let steps = 0, n = 837799n; while (n !== 1n) { n = n % 2n === 0n ? n / 2n : 3n * n + 1n; steps++; }
const modpow = (x, e, m) => { let r = 1n; for (x %= m; e > 0n; e >>= 1n, x = (x * x) % m) if (e & 1n) r = (r * x) % m; return r; };
[a.toString().length, b.toString(16), gcd(a, c), steps, modpow(3n, 1000n, 1000000007n), BigInt.asIntN(8, 255n), -5n / 2n, (-5n) % 3n, 2n ** 64n, 1n << 70n, ~7n, 5n > 4, 2n == 2, typeof 1n, BigInt('0xff'), Number(10n)].join();
