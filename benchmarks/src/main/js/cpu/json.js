const rows = [];
for (let i = 0; i < 1000; i++) rows.push({ id: i, name: 'item ' + i, price: i * 1.25, tags: ['a', 'b', String(i % 7)], at: null });
let size = 0;
for (let n = 0; n < 4; n++) { const text = JSON.stringify(rows); size += text.length + JSON.parse(text)[n].name.length; }
return size;
