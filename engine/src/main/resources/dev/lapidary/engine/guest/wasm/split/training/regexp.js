// Regular expressions: captures, names, flags, replacing, splitting, unicode.
const text = 'On 2024-02-29 alice@example.com paid $12.50 to bob@test.org; on 2023-12-01 carol+x@mail.net got €7. '.repeat(6);
let out = 0;
for (const m of text.matchAll(/(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)/g)) out += +m.groups.year + m.index + +m.groups.day;
out += text.replace(/(\w+)([+\w]*)@(\w+)\.(com|org|net)/gi, (all, user, more, host, tld) => `${host.toUpperCase()}.${tld}/${user}`).length;
out += text.split(/[;.,]\s*/).length + (text.match(/[$€](\d+(?:\.\d+)?)/gu) || []).length + text.search(/bob/);
const tokens = /\s*(?:(\d+(?:\.\d+)?)|([a-z_]\w*)|(==|<=|>=|[-+*\/()=<>]))/giy;
const source = 'x1 = (3.14 * radius + y_2) / 42 - foo(7) == bar <= 9 ';
for (let i = 0; i < 20; i++) { tokens.lastIndex = 0; let m; while (tokens.lastIndex < source.length && (m = tokens.exec(source))) out += m[0].length; }
out += /^(a+)+$/.test('aaaaaaaaaab') ? 1 : 0; out += /(?<=\$)\d+(?!\.)/.test('$12') ? 1 : 0; out += /\p{Lu}/u.test('É') ? 1 : 0; out += 'a1b22c333'.replace(/\d+/g, '<$&>').length;
out + /(['"])(.*?)\1/.exec('say "hi" now')[2].length + new RegExp('^' + 'x?'.repeat(8) + 'x'.repeat(8) + '$').test('x'.repeat(8));
