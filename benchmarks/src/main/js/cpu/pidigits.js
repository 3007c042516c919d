// Digits of pi by a spigot over BigInt.
let q = 1n, r = 0n, t = 1n, k = 1n, n = 3n, l = 3n, digits = '';
while (digits.length < 130) {
  if (q * 4n + r - t < n * t) { digits += n; const nr = 10n * (r - n * t); n = (10n * (3n * q + r)) / t - 10n * n; q *= 10n; r = nr; }
  else { const nr = (2n * q + r) * l; const nn = (q * 7n * k + 2n + r * l) / (t * l); q *= k; t *= l; l += 2n; k += 1n; n = nn; r = nr; }
}
return digits;
