// A digest over typed arrays: shifts, rotations, Uint32Array and Uint8Array.
const rotate = (x, n) => (x << n) | (x >>> (32 - n));
const h = new Uint32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]), w = new Uint32Array(80), block = new Uint8Array(64);
for (let round = 0; round < 220; round++) {
  for (let i = 0; i < 64; i++) block[i] = (i * 7 + round) & 255;
  for (let i = 0; i < 16; i++) w[i] = (block[4 * i] << 24) | (block[4 * i + 1] << 16) | (block[4 * i + 2] << 8) | block[4 * i + 3];
  for (let i = 16; i < 80; i++) w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
  let [a, b, c, d, e] = h;
  for (let i = 0; i < 80; i++) {
    const f = i < 20 ? (b & c) | (~b & d) : i < 40 ? b ^ c ^ d : i < 60 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
    const t = (rotate(a, 5) + f + e + w[i] + [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6][(i / 20) | 0]) | 0;
    e = d; d = c; c = rotate(b, 30); b = a; a = t;
  }
  h[0] += a; h[1] += b; h[2] += c; h[3] += d; h[4] += e;
}
return [...h].map((x) => x.toString(16).padStart(8, '0')).join('');
