let out = '';
for (let i = 0; i < 12000; i++) { out += 'row ' + i + ',' + (i % 3 ? 'yes' : 'no') + ';'; if (out.length > 4000) out = out.slice(-200); }
const words = out.split(';').map((w) => w.trim().toUpperCase()).filter((w) => w.includes('YES'));
let vowels = 0;
for (let n = 0; n < 40; n++) for (let i = 0; i < out.length; i++) { const c = out.charCodeAt(i); if (c === 97 || c === 101 || c === 111) vowels++; }
return words.join('|').length + vowels;
