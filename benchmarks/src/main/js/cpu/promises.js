// Async functions that take turns, with awaits of promises and of plain values.
const results = [];
const worker = async (name, n) => { let s = 0; for (let i = 0; i < n; i++) { s += await i; if (i % 16 === 0) await Promise.all([null, Promise.resolve(i)]); } results.push(name + s); return s; };
globalThis.finished = Promise.all([worker('a', 1500), worker('b', 1500), worker('c', 1500)]).then((all) => all.join());
return 'started';
