// What the `cpu` benchmark runs as a Wasm guest. Built by, with Debian's clang and lld:
//
//   clang --target=wasm32 -O2 -nostdlib -Wl,--no-entry -Wl,--export=hash -Wl,--export=sort \
//     -Wl,--export=matrix -Wl,--strip-all -o workloads.wasm workloads.c

typedef unsigned int u32;
typedef unsigned char u8;

static u32 next(u32 *seed) {
  *seed = *seed * 1664525u + 1013904223u;
  return *seed;
}

// SHA-256 of a message of `kilobytes`, whose first word is the answer.

static const u32 K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static u32 rotate(u32 x, int n) { return (x >> n) | (x << (32 - n)); }

static void compress(u32 *h, const u8 *block) {
  u32 w[64];
  for (int i = 0; i < 16; i++)
    w[i] = (u32)block[4 * i] << 24 | (u32)block[4 * i + 1] << 16 | (u32)block[4 * i + 2] << 8 |
           block[4 * i + 3];
  for (int i = 16; i < 64; i++) {
    u32 a = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ (w[i - 15] >> 3);
    u32 b = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ (w[i - 2] >> 10);
    w[i] = w[i - 16] + a + w[i - 7] + b;
  }
  u32 v[8];
  for (int i = 0; i < 8; i++) v[i] = h[i];
  for (int i = 0; i < 64; i++) {
    u32 s1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
    u32 t1 = v[7] + s1 + ((v[4] & v[5]) ^ (~v[4] & v[6])) + K[i] + w[i];
    u32 s0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
    u32 t2 = s0 + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
    for (int k = 7; k > 0; k--) v[k] = v[k - 1];
    v[4] += t1;
    v[0] = t1 + t2;
  }
  for (int i = 0; i < 8; i++) h[i] += v[i];
}

u32 hash(u32 kilobytes) {
  static u8 message[1024];
  u32 h[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
              0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  u32 seed = 1;
  for (int i = 0; i < 1024; i++) message[i] = next(&seed) >> 24;
  for (u32 n = 0; n < kilobytes; n++)
    for (int at = 0; at < 1024; at += 64) compress(h, message + at);
  return h[0];
}

// Quicksort of random numbers; answers a sum over the sorted ones.

static int numbers[1 << 18];

static void quicksort(int low, int high) {
  while (low < high) {
    int pivot = numbers[(low + high) >> 1], i = low, j = high;
    while (i <= j) {
      while (numbers[i] < pivot) i++;
      while (numbers[j] > pivot) j--;
      if (i <= j) {
        int swapped = numbers[i];
        numbers[i++] = numbers[j];
        numbers[j--] = swapped;
      }
    }
    quicksort(low, j);
    low = i;
  }
}

u32 sort(u32 count) {
  u32 seed = 7, sum = 0;
  for (u32 i = 0; i < count; i++) numbers[i] = (int)next(&seed);
  quicksort(0, (int)count - 1);
  for (u32 i = 0; i < count; i++) sum = sum * 31 + (u32)numbers[i];
  return sum;
}

// The product of two square matrices of doubles, at most 256 wide.

static double a[256][256], b[256][256], c[256][256];

u32 matrix(u32 n) {
  for (u32 i = 0; i < n; i++)
    for (u32 j = 0; j < n; j++) {
      a[i][j] = (double)(i + j) / n;
      b[i][j] = (double)(i * j % 7) - 3;
    }
  for (u32 i = 0; i < n; i++)
    for (u32 j = 0; j < n; j++) {
      double sum = 0;
      for (u32 k = 0; k < n; k++) sum += a[i][k] * b[k][j];
      c[i][j] = sum;
    }
  double trace = 0;
  for (u32 i = 0; i < n; i++) trace += c[i][n - 1 - i];
  return (u32)(long long)(trace * 1000);
}
