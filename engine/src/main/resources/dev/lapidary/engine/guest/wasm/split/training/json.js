// JSON in and out.
const rows = Array.from({ length: 120 }, (_, i) => ({ id: i, name: 'name ' + i, ok: i % 2 === 0, price: i / 3, nested: { list: [1, 'two', null, { three: 3 }], text: 'quote " and \\ and \u00e9\n' } }));
let total = 0;
for (let i = 0; i < 6; i++) { const text = JSON.stringify(rows); total += text.length + JSON.parse(text).length; }
total += JSON.stringify(rows.slice(0, 5), null, 2).length + JSON.stringify(rows, ['id', 'name']).length;
total += JSON.stringify({ d: new Date(0), u: undefined, f() {}, n: NaN, toJSON() { return { x: 1 }; } }).length;
JSON.parse('[1,2,{"a":[true,false,null,-1.5e3,"\\u0041"]}]', (k, v) => (typeof v === 'number' ? v + 1 : v));
try { JSON.parse('{"broken": '); } catch (e) { total += e.name.length; }
const sum = (v) => v === null ? 0 : typeof v === 'number' ? v : typeof v === 'object' ? Object.values(v).reduce((s, x) => s + sum(x), 0) : 0;
total + sum(rows);
