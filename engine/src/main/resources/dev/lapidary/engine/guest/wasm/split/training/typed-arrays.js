// Typed arrays, DataView, ArrayBuffer: checksums, pixels, floats.
const bytes = new Uint8Array(2048); for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 31) & 255;
const table = new Uint32Array(256); for (let n = 0; n < 256; n++) { let c = n; for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1; table[n] = c >>> 0; }
let crc = -1; for (let i = 0; i < bytes.length; i++) crc = table[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
const floats = new Float64Array(500); for (let i = 0; i < 500; i++) floats[i] = Math.sin(i) * 100; let mean = 0; for (let i = 0; i < 500; i++) mean += floats[i] / 500;
const f32 = Float32Array.from(floats), i16 = new Int16Array(300), i8 = new Int8Array(64), u16 = new Uint16Array(64), i32 = new Int32Array(64), clamped = new Uint8ClampedArray(64);
for (let i = 0; i < 300; i++) i16[i] = f32[i]; for (let i = 0; i < 64; i++) { i8[i] = i * 5; u16[i] = i * 1111; i32[i] = -i << 20; clamped[i] = i * 8 - 100; }
const view = new DataView(new ArrayBuffer(64)); for (let i = 0; i < 8; i++) { view.setInt32(i * 4, i * 1000, i % 2 === 0); view.setFloat64(32, i / 3); view.setBigInt64(40, BigInt(i)); }
let sum = view.getInt32(4) + view.getFloat64(32) + view.getUint8(3) + Number(view.getBigInt64(40));
for (const b of bytes.subarray(10, 200)) sum += b; sum += bytes.slice(5, 50).reduce((a, b) => a + b) + i16.filter((x) => x > 0).length + i32.map((x) => x >> 20).indexOf(-5) + f32.fill(1, 0, 10).length;
bytes.set([1, 2, 3], 7); bytes.copyWithin(0, 100, 200); i16.sort(); sum += i16[0] + i8[63] + u16[63] + clamped[63];
const big = new BigUint64Array(4); big[0] = 5n; big[1] = big[0] * 3n;
crc + mean + sum + Number(big[1]) + new Uint8Array(view.buffer, 4, 8).length;
