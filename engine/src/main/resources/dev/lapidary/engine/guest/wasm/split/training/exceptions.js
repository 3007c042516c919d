// try, catch, finally, custom errors, rethrowing, stack unwinding.
class NotFound extends Error { constructor(what) { super(what + ' not found', { cause: what }); this.name = 'NotFound'; } }
function find(map, key) { if (!(key in map)) throw new NotFound(key); return map[key]; }
function risky(n) {
  try { if (n % 3 === 0) return 'early'; if (n % 3 === 1) throw new RangeError('r' + n); return null.x; }
  catch (e) { if (e instanceof RangeError) return e.message; return e.name; }
  finally { log++; }
}
let log = 0, out = 0;
const map = { a: 1, b: 2 };
for (let i = 0; i < 300; i++) {
  out += risky(i).length;
  try { out += find(map, 'abcd'[i % 4]); } catch (e) { out += e.message.length + (e.cause ? 1 : 0); }
}
function deep(n) { if (n === 0) throw new SyntaxError('bottom'); try { return deep(n - 1) + 1; } finally { log++; } }
for (let i = 0; i < 20; i++) try { deep(30); } catch ({ message }) { out += message.length; }
for (const broken of ['undefinedVariable', 'x.y.z', '({}).f()', 'null[0]', 'new 5', '[].reduce((a, b) => a)', 'let q = q2 + 1']) { try { out += new Function('return ' + broken)(); } catch (e) { out += e.constructor.name.length; } }
for (let i = 0; i < 50; i++) { for (;;) { try { break; } finally { out++; } } }
out + log;
