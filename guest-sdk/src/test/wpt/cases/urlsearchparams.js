const TEXTS = ["", "?", "a=b", "?a=b&c=d", "a", "=b", "=", "&", "&&", "a&b", "a=b=c", "a=b&a=c", "a+b=c+d", "a%20b=%26", "%zz=%", "%=%41", "a=%C3%BC", "a=%FF", "\u00fc=\u00fc", "a=\ud83d\ude00", "??a=1", "a=1#b", "a[]=1&a[]=2", "%00=\u0000", "a=%e2%82", "\ufeff=1"];
export const cases = {};
for (const text of TEXTS) cases["parse " + JSON.stringify(text)] = () => [[...new URLSearchParams(text)], String(new URLSearchParams(text))];
for (const value of ["a b", "*-._", "~!'()", "\u00fc", "\ud83d\ude00", "\ud800", "%", "+", "&=#?/", "\r\n", "\u0000", "@:;,$[]{}|\\^`\"<>"]) {
  cases["write " + JSON.stringify(value)] = () => String(new URLSearchParams([[value, value]]));
}
const p = (init) => new URLSearchParams(init);
Object.assign(cases, {
  "from nothing": () => String(p()), "from undefined": () => String(p(undefined)), "from null": () => String(p(null)), "from a number": () => String(p(5)),
  "from pairs": () => String(p([["a", 1], ["b", null]])), "from a pair of three": () => p([["a", "b", "c"]]), "from a pair of one": () => p([["a"]]), "from a flat list": () => p(["ab", "cd"]).toString(), "from numbers": () => p([1]),
  "from an object": () => String(p({ a: 1, b: undefined, c: [1, 2] })), "from a Map": () => String(p(new Map([["a", "b"]]))), "from params": () => String(p(p("a=1&a=2"))), "from a generator": () => String(p((function* () { yield ["a", "b"]; })())),
  "from a symbol's object": () => p({ [Symbol("x")]: 1 }).toString(), "from a symbol": () => p(Symbol("x")), "from a function": () => String(p(Object.assign(() => {}, { a: 1 }))), "from FormData": () => { const f = new FormData(); f.append("x", "y"); return String(p(f)); },
  "as a function": () => URLSearchParams("a=1"),
  get: () => { const q = p("a=1&b=2&a=3"); return [q.get("a"), q.get("c"), q.getAll("a"), q.getAll("c"), q.has("b"), q.has("c")]; },
  "has with a value": () => { const q = p("a=1&a=2"); return [q.has("a", "1"), q.has("a", "3"), q.has("a", undefined)]; },
  set: () => { const q = p("a=1&b=2&a=3"); q.set("a", "x"); q.set("n", "y"); return String(q); },
  append: () => { const q = p("a=1"); q.append("a", "2"); q.append("", ""); return String(q); },
  delete: () => { const q = p("a=1&b=2&a=3"); q.delete("a"); return String(q); },
  "delete with a value": () => { const q = p("a=1&b=2&a=3"); q.delete("a", "3"); return String(q); },
  sort: () => { const q = p("z=1&a=2&\ud83d\ude00=3&\uffff=4&a=1&aa=0"); q.sort(); return [...q]; },
  size: () => [p("a=1&b=2&a=3").size, p("").size],
  keys: () => [...p("a=1&b=2").keys()], values: () => [...p("a=1&b=2").values()], entries: () => [...p("a=1&b=2").entries()],
  forEach: () => { const out = []; const self = {}; const q = p("a=1&b=2"); q.forEach(function (v, k, o) { out.push(v, k, o === q, this === self); }, self); return out; },
  "forEach without a function": () => p("a").forEach(), "get without a name": () => p("").get(), "set with one argument": () => p("").set("a"), "append with one argument": () => p("").append("a"), "delete without a name": () => p("").delete(), "has without a name": () => p("").has(),
  "an iterator is live": () => { const q = p("a=1&b=2&c=3"); const seen = []; for (const [k] of q) { seen.push(k); if (k === "a") q.delete("b"); } return seen; },
  "appending while iterating": () => { const q = p("a=1"); const seen = []; for (const [k] of q) { seen.push(k); if (seen.length < 3) q.append("x" + seen.length, ""); } return seen; },
  "the iterator's tag": () => Object.prototype.toString.call(p("").entries()), "the tag": () => Object.prototype.toString.call(p("")), "entries is the iterator": () => URLSearchParams.prototype[Symbol.iterator] === URLSearchParams.prototype.entries,
  "methods on others": () => URLSearchParams.prototype.get.call({}, "a"), "values become text": () => { const q = p(); q.append(1, null); q.set(true, undefined); return String(q); },
});
