// Strings: building, scanning, slicing, padding, unicode.
let s = '';
for (let i = 0; i < 1500; i++) s += String.fromCharCode(97 + (i * 7) % 26);
let vowels = 0;
for (let i = 0; i < s.length; i++) if ('aeiou'.includes(s[i])) vowels++;
for (const ch of s) if (ch === 'z') vowels++;
let hash = 5381; for (let i = 0; i < s.length; i++) hash = ((hash * 33) ^ s.charCodeAt(i)) >>> 0;
const words = s.match(/.{1,7}/g), caesar = (t, k) => t.replace(/[a-z]/g, (c) => String.fromCharCode((c.charCodeAt(0) - 97 + k) % 26 + 97));
const built = words.map((w, i) => w[0].toUpperCase() + w.slice(1).padEnd(9, '.') + i.toString(16).padStart(4, '0')).join(' ');
const palindrome = (t) => { for (let i = 0, j = t.length - 1; i < j; i++, j--) if (t[i] !== t[j]) return false; return true; };
let out = vowels + hash + built.length + caesar(s, 3).length + (palindrome('abcba') ? 1 : 0);
for (const w of words) { out += w.indexOf('e') + w.lastIndexOf('a') + (w.startsWith('a') ? 1 : 0) + (w.endsWith('z') ? 1 : 0) + w.split('').reverse().join('').length + w.trim().length; if (w < 'm') out++; if (w + 'x' === 'y') out--; }
out += '😀é漢'.length + [...'😀é漢'].length + '😀'.codePointAt(0) + 'x'.repeat(20).length + 'a-b-c'.replaceAll('-', '+').length + 'é'.normalize('NFD').length + ' t '.trim().length;
for (let i = 0; i < 300; i++) { const n = '' + i; out += Number(n) + parseInt(n + 'px', 10) + parseFloat(n + '.5') + (i * 1.1).toFixed(1).length + (typeof n).length; }
out + escape('ä b').length + encodeURIComponent('ä b&c').length + btoaLike('hi');
function btoaLike(t) { const abc = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'; let r = ''; for (let i = 0; i < t.length; i += 3) { const n = (t.charCodeAt(i) << 16) | ((t.charCodeAt(i + 1) || 0) << 8) | (t.charCodeAt(i + 2) || 0); r += abc[n >> 18] + abc[(n >> 12) & 63] + abc[(n >> 6) & 63] + abc[n & 63]; } return r.length; }
