let seed = 42;
const values = [];
for (let i = 0; i < 20000; i++) { seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff; values.push(seed); }
values.sort((x, y) => x - y);
return values[0] + values[10000] + values[19999];
