const log = [];
for (let i = 0; i < 300; i++) log.push('10.0.' + (i % 256) + '.7 - - [21/Nov/2026:07:' + String(i % 60).padStart(2, '0') + ':00] "GET /item/' + i + '?q=' + (i * 7) + ' HTTP/1.1" 200 ' + i * 31);
const line = /^(\d+\.\d+\.\d+\.\d+) \S+ \S+ \[([^\]]+)\] "(GET|POST) ([^ ?]+)(?:\?(\S*))? HTTP\/1\.\d" (\d{3}) (\d+)$/;
let bytes = 0, found = 0;
for (const text of log) { const m = line.exec(text); if (m) { found++; bytes += Number(m[7]) + m[5].length; } }
const text = log.join('\n').replace(/\b(\d+)\b/g, (m, d) => (d.length > 2 ? '<' + d + '>' : d));
return found + bytes + text.length;
