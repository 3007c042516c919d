// A tokenizer and recursive-descent evaluator: characters, switch, try/catch, recursion.
const parse = (source) => {
  let at = 0;
  const peek = () => source[at], fail = (what) => { throw new SyntaxError(what + ' at ' + at); };
  const number = () => { let from = at; while (at < source.length && ((source[at] >= '0' && source[at] <= '9') || source[at] === '.')) at++; if (from === at) fail('number expected'); return parseFloat(source.slice(from, at)); };
  const factor = () => { switch (peek()) { case '(': { at++; const v = sum(); if (peek() !== ')') fail(') expected'); at++; return v; } case '-': at++; return -factor(); default: return number(); } };
  const product = () => { let v = factor(); for (;;) switch (peek()) { case '*': at++; v *= factor(); break; case '/': at++; v /= factor(); break; default: return v; } };
  const sum = () => { let v = product(); for (;;) switch (peek()) { case '+': at++; v += product(); break; case '-': at++; v -= product(); break; default: return v; } };
  return sum();
};
let total = 0, errors = 0;
for (let i = 0; i < 900; i++) { try { total += parse('(' + i + '+3)*2.5-' + (i % 7) + '/(1+' + (i % 5) + ')' + (i % 10 === 0 ? '*(' : '')); } catch (e) { if (!(e instanceof SyntaxError)) throw e; errors++; } }
return total.toFixed(3) + ':' + errors;
