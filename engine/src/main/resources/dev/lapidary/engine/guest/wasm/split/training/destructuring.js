// Destructuring, defaults, rest, spread, optional chaining, templates, labelled loops, switch.
const users = Array.from({ length: 150 }, (_, i) => ({ id: i, name: { first: 'N' + i, last: 'L' }, tags: ['a', 'b', i], address: i % 2 ? { city: 'C' + i } : undefined }));
let out = 0;
for (const { id, name: { first, last = '?', middle = 'M' }, tags: [head, , ...rest], address } of users) {
  out += first.length + last.length + middle.length + head.length + rest.length + id + (address?.city?.length ?? 0);
}
function options({ retries = 3, delay: wait = 10, ...others } = {}, ...more) { return retries + wait + Object.keys(others).length + more.length; }
for (let i = 0; i < 300; i++) out += options({ delay: i, x: 1, y: 2 }, 1, 2) + options();
let a = 1, b = 2;
for (let i = 0; i < 600; i++) { [a, b] = [b, (a + b) % 1000]; ({ a, b } = { a: a ^ 1, b }); }
const tag = (strings, ...values) => strings.raw.join('|') + values.join();
for (let i = 0; i < 150; i++) out += tag`x${i}y${a}z`.length + `${i}:${b}`.length;
outer: for (let i = 0; i < 60; i++) { for (let j = 0; j < 60; j++) { if (j === 20) continue outer; if (i === 50) break outer; out += j; } }
for (let i = 0; i < 600; i++) {
  switch (i % 6) { case 0: out++; break; case 1: out += 2; case 2: out += 3; break; case 3: { const z = i; out += z; break; } default: out--; }
  switch ('abcdef'[i % 6]) { case 'a': out++; break; case 'c': out += 2; break; default: out += 3; }
}
const o = { get x() { return this._x ?? 1; }, set x(v) { this._x = v; }, ['computed' + 1]: 2, method() { return super.toString.length; } };
for (let i = 0; i < 300; i++) { o.x += i; out += o.x % 7 + o.computed1 + o.method(); o.y ||= 1; o.z ??= 2; o.y &&= i; }
do { out -= 3; } while (out > 1e6);
out + a + b;
