const o = { a: 0, b: 1, c: { d: 2 } };
for (let i = 0; i < 200000; i++) { o.a += o.b; o.b = o.c.d + (i & 3); o.c.d = o.a & 7; }
return o.a + o.b;
