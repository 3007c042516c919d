import assert from "node:assert/strict";
import { test } from "node:test";
import { Guest, run } from "./harness.mjs";

async function each(cases) {
  const body = `const o = []; for (const f of [${cases.map(([code]) => `async () => (${code})`).join(",\n")}])
    { try { const v = await f(); o.push(v === undefined ? "undefined" : v); } catch (e) { o.push(e.name + ": " + e.message); } } return o;`;
  const { value, guest } = await run(body);
  for (const [i, [code, expected]] of cases.entries()) assert.deepEqual(value[i], expected, code);
  return guest;
}

const RANGE = "RangeError: Responses may only be constructed with status codes in the range 200 to 599, inclusive.";
const GET_BODY = "TypeError: Request with a GET or HEAD method cannot have a body.";

test("Response behaves as on Workers", () => each([
  ["new Response('', {status: 99})", RANGE],
  ["new Response('', {status: 'abc'})", RANGE],
  ["new Response('', {status: null})", RANGE],
  ["[new Response('x', {status: '201'}).status, new Response('x', {status: 200.9}).status, new Response('x', null).status]", [201, 200, 200]],
  ["new Response('x', 5)", "TypeError: Failed to construct 'Response': constructor parameter 2 is not of type 'InitializerDict or Response'."],
  ["new Response('x', {status: 204})", "TypeError: Response with null body status (101, 204, 205, or 304) cannot have a body."],
  ["[new Response('', {status: 204}).body, new Response(null, {status: 205}).status]", [null, 205]],
  ["new Response('', {statusText: 'a\\nb'})", "TypeError: Invalid statusText"],
  ["[...Response.redirect('http://a.b').headers]", [["location", "http://a.b/"]]],
  ["Response.redirect('http://a.b', 200)", "RangeError: 200 is not a redirect status code. It must be one of: 301, 302, 303, 307, or 308."],
  ["Response.redirect('/x')", "TypeError: Unable to parse URL: /x"],
  ["Response.redirect('http://a/').headers.set('a', 'b')", "TypeError: Can't modify immutable headers."],
  ["[Response.error().type, Response.error().status, Response.error().ok]", ["error", 0, false]],
  ["[...Response.json({a: 1}).headers, await Response.json({a: 1}).text()]", [["content-type", "application/json"], '{"a":1}']],
  ["[...Response.json({a: 1}, {headers: {'content-type': 'x/y', b: 'c'}, status: 201}).headers]", [["b", "c"], ["content-type", "x/y"]]],
  ["[...new Response('x').headers]", [["content-type", "text/plain;charset=UTF-8"]]],
  ["[...new Response('x', {headers: {a: 'b'}}).headers]", [["a", "b"], ["content-type", "text/plain;charset=UTF-8"]]],
  ["[...new Response(new ArrayBuffer(1)).headers]", []],
  ["[...new Response(new URLSearchParams('a=1')).headers]", [["content-type", "application/x-www-form-urlencoded;charset=UTF-8"]]],
  ["Promise.all([new Response({}).text(), new Response(5).text(), new Response().text()])", ["[object Object]", "5", ""]],
  ["[...await new Response(new Uint8Array([1,2,3]).subarray(1)).bytes()]", [2, 3]],
  ["(async () => { const r = new Response('x'); await r.text(); return [r.bodyUsed, await r.text()] })()", "TypeError: Body has already been used. It can only be used once. Use tee() first if you need to read it twice."],
  ["(async () => { const r = new Response('x'); await r.text(); r.clone() })()", "TypeError: This ReadableStream is currently locked to a reader,"],
  ["(async () => { const r = new Response('x', {status: 201, headers: {a: '1'}}); const c = r.clone(); return [await r.text(), await c.text(), c.status, c.headers.get('a')] })()", ["x", "x", 201, "1"]],
  ["(async () => { const r = new Response('x'); return await new Response(r.body, r).text() })()", "x"],
  ["(async () => { let n = 0; for await (const c of new Response('abc').body) n += c.length; return n })()", 3],
  ["(async () => { const a = new Uint8Array([1]); const r = new Response(a); a[0] = 9; return (await r.bytes())[0] })()", 1],
  ["new Response(null, {headers: {a: 'b\\nc'}})", "TypeError: Invalid header value."],
  ["String(new Response())", "[object Response]"],
  ["(async () => (await new Response('\\ud800').text()).charCodeAt(0))()", 0xfffd],
  ["(async () => await new Response(new Uint8Array([0xef, 0xbb, 0xbf, 65])).text())()", "A"],
]));

test("Request behaves as on Workers", () => each([
  ["new Request('/x')", "TypeError: Invalid URL: /x"],
  ["new Request()", "TypeError: Failed to construct 'Request': constructor parameter 1 is not of type 'Request or string'."],
  ["new Request('http://a', {body: 'x'})", GET_BODY],
  ["new Request('http://a', {method: 'HEAD', body: 'x'})", GET_BODY],
  ["['get', 'post', 'patch', 'delete'].map((m) => new Request('http://a', {method: m}).method)", ["GET", "POST", "PATCH", "DELETE"]],
  ["new Request('http://a', {method: 'a b'})", "TypeError: Invalid HTTP method string: a b"],
  ["new Request('http://a', {method: 'CONNECT'})", "TypeError: Invalid HTTP method string: CONNECT"],
  ["[new Request('http://a').url, new Request('http://a/x#f').url, new Request(new URL('http://b')).url]", ["http://a/", "http://a/x#f", "http://b/"]],
  ["(async () => { const r = new Request('http://a', {method: 'POST', body: 'x'}); const c = r.clone(); return [await r.text(), await c.text(), c.method, ...c.headers] })()", ["x", "x", "POST", ["content-type", "text/plain;charset=UTF-8"]]],
  ["(async () => { const r = new Request('http://a', {method: 'POST', body: 'x', headers: {a: '1'}}); const c = new Request(r, {headers: {b: '2'}}); return [r.bodyUsed, await c.text(), c.method, ...c.headers] })()", [true, "x", "POST", ["b", "2"]]],
  ["(async () => { const r = new Request('http://a', {method: 'POST', body: 'x'}); await r.text(); new Request(r) })()", "TypeError: Cannot reconstruct a Request with a used body."],
  ["[request.method, request.url, request.headers.get('X-A'), request.signal.aborted, String(request)]", ["POST", "http://app.test/path?q=1", "1", false, "[object Request]"]],
  ["request.headers.set('a', 'b')", "TypeError: Can't modify immutable headers."],
  ["(async () => { const m = new Request(request); m.headers.set('a', 'b'); return [m.headers.get('a'), await m.text()] })()", ["b", "hi"]],
  ["fetch('http://example.com')", "Error: This worker is not permitted to access the internet via global functions like fetch(). It must use capabilities (such as bindings in 'env') to talk to the outside world."],
  ["fetch('/x')", "TypeError: Invalid URL: /x"],
]));

test("Headers behave as on Workers", () => each([
  ["new Headers({'a b': '1'})", "TypeError: Invalid header name."],
  ["new Headers({a: '1\\r\\n2'})", "TypeError: Invalid header value."],
  ["JSON.stringify(new Headers({a: '  x \\t'}).get('a'))", '"x"'],
  ["(() => { const h = new Headers([['B', '1'], ['a', '2'], ['b', '3'], ['Set-Cookie', 'x'], ['set-cookie', 'y']]); return [[...h], [...h.keys()], [...h.values()], h.getSetCookie(), h.get('set-cookie'), h.has('B'), h.getAll('set-cookie')] })()",
    [[["a", "2"], ["b", "1, 3"], ["set-cookie", "x"], ["set-cookie", "y"]], ["a", "b", "set-cookie", "set-cookie"], ["2", "1, 3", "x", "y"], ["x", "y"], "x, y", true, ["x", "y"]]],
  ["new Headers(null)", "TypeError: Failed to construct 'Headers': constructor parameter 1 is not of type 'Headers or Sequence or object'."],
  ["new Headers([['a']])", "TypeError: To initialize a Headers object from a sequence, each inner sequence must have exactly two elements."],
  ["[...new Headers(new Map([['a', '1']]))]", [["a", "1"]]],
  ["[...new Headers(new Headers({q: '1'}))]", [["q", "1"]]],
  ["new Headers().get()", "TypeError: Failed to execute 'get' on 'Headers': parameter 1 is not of type 'string'."],
  ["new Headers().append('a')", "TypeError: Failed to execute 'append' on 'Headers': parameter 2 is not of type 'string'."],
  ["(() => { const h = new Headers({a: '1'}); h.append('A', '2'); h.set('b', 3); h.delete('zz'); const o = []; h.forEach((v, k, x) => o.push(v, k, x === h)); return o })()", ["1, 2", "a", true, "3", "b", true]],
  ["new Headers({a: 'é'}).get('a')", "é"],
]));

test("URL and URLSearchParams follow the standard", () => each([
  ["new URL('/x')", "TypeError: Invalid URL"],
  ["[URL.canParse('/x'), URL.parse('/x'), URL.parse('x', 'http://a/').href]", [false, null, "http://a/x"]],
  ["(() => { const u = new URL('http://a/?x=1'); u.searchParams.append('y', 'a b'); const h = u.href; u.search = '?z=1'; return [h, u.searchParams.get('z'), u.searchParams === u.searchParams, u.searchParams.get('x')] })()", ["http://a/?x=1&y=a+b", "1", true, null]],
  ["(() => { const u = new URL('http://a/?x=1#h'); u.searchParams.delete('x'); return u.href })()", "http://a/#h"],
  ["[String(new URLSearchParams({a: '1 2', b: 'é&'})), String(new URLSearchParams([['a', '1']])), new URLSearchParams('?a=%20+b').get('a')]", ["a=1+2&b=%C3%A9%26", "a=1", "  b"]],
  ["(() => { const p = new URLSearchParams('b=1&a=2&b=3'); p.sort(); p.set('b', '9'); return [...p, p.size, p.has('b', '9'), p.getAll('b')] })()", [["a", "2"], ["b", "9"], 2, true, ["9"]]],
  ["[...new URLSearchParams('a=%zz&b=%ff&c&=d&&%2')]", [["a", "%zz"], ["b", "\ufffd"], ["c", ""], ["", "d"], ["%2", ""]]],
  ["String(new URLSearchParams({q: \"~!'()*-._\"}))", "q=%7E%21%27%28%29*-._"],
  ["[JSON.stringify(new URL('http://a')), Object.prototype.toString.call(new URL('http://a'))]", ['"http://a/"', "[object URL]"]],
]));

test("globals behave as on Workers", async () => {
  const guest = await each([
    ["crypto.randomUUID()", "01080f16-1d24-4b32-b940-474e555c636a"],
    ["crypto.getRandomValues(new Uint8Array(65537))", "QuotaExceededError: getRandomValues() only accepts buffers of size <= 64K but provided 65537 bytes."],
    ["crypto.getRandomValues(new Float32Array(1))", "TypeMismatchError: ArrayBufferView argument to getRandomValues() must be an integer-typed view."],
    ["crypto.getRandomValues({})", "TypeError: Failed to execute 'getRandomValues' on 'Crypto': parameter 1 is not of type 'ArrayBufferView'."],
    ["[...crypto.getRandomValues(new Uint8Array(8).subarray(1, 3))]", [1, 8]],
    ["setTimeout('x')", "TypeError: Failed to execute 'setTimeout' on 'ServiceWorkerGlobalScope': parameter 1 is not of type 'function'."],
    ["queueMicrotask(1)", "TypeError: Failed to execute 'queueMicrotask' on 'ServiceWorkerGlobalScope': parameter 1 is not of type 'function'."],
    ["[atob(' YQ = = '), btoa('\\xff\\0')]", ["a", "/wA="]],
    ["btoa('一')", "InvalidCharacterError: btoa() can only operate on characters in the Latin1 (ISO/IEC 8859-1) range."],
    ["structuredClone(() => 1)", "DataCloneError: () => 1 could not be cloned."],
    ["structuredClone()", "TypeError: Failed to execute 'structuredClone' on 'ServiceWorkerGlobalScope': parameter 1 is not of type 'Value'."],
    ["(() => { const b = new ArrayBuffer(4); const c = structuredClone(b, {transfer: [b]}); return [b.byteLength, c.byteLength] })()", [0, 4]],
    ["[new TextDecoder().encoding, new TextDecoder('latin1').encoding, new TextDecoder('latin1').decode(new Uint8Array([0x80, 0xe9]))]", ["utf-8", "windows-1252", "€é"]],
    ["new TextDecoder('nope')", 'RangeError: "nope" is not a valid encoding.'],
    ["new TextDecoder('utf-8', {fatal: true}).decode(new Uint8Array([0xff]))", "TypeError: Failed to decode input."],
    ["(() => { const d = new TextDecoder(); return d.decode(new Uint8Array([0xe2, 0x82]), {stream: true}) + d.decode(new Uint8Array([0xac])) })()", "€"],
    ["(() => { const d = new DOMException('m', 'DataCloneError'); return [d.code, d.name, String(d), d instanceof Error] })()", [25, "DataCloneError", "DataCloneError: m", true]],
    ["[navigator.userAgent, self === globalThis, typeof performance.now(), typeof InternalError, typeof std]", ["Cloudflare-Workers", true, "number", "undefined", "undefined"]],
    ["eval('1')", "EvalError: Code generation from strings disallowed for this context"],
    ["new Function('return 1')", "EvalError: Code generation from strings disallowed for this context"],
    ["(async () => {}).constructor('return 1')", "EvalError: Code generation from strings disallowed for this context"],
    ["[(() => 1) instanceof Function, Function.prototype === Object.getPrototypeOf(() => 1), Function.name]", [true, true, "Function"]],
    ["(() => { const c = new AbortController(); let n = 0; c.signal.addEventListener('abort', () => n++); c.signal.onabort = () => n++; c.abort(); c.abort(); return [n, c.signal.aborted, c.signal.reason.name] })()", [2, true, "AbortError"]],
    ["AbortSignal.any([new AbortController().signal, AbortSignal.abort('x')]).reason", "x"],
    ["(() => { const t = new EventTarget(); const o = []; t.addEventListener('x', (e) => o.push(e.type, e.detail), {once: true}); t.dispatchEvent(new CustomEvent('x', {detail: 5})); t.dispatchEvent(new Event('x')); return o })()", ["x", 5]],
    ["(() => { try { null.x } catch (e) { return e.stack.startsWith('TypeError: ') } })()", true],
  ]);
  assert.equal(guest.rejections.length, 0);
});

test("console formats like util.inspect, without running getters", async () => {
  const { guest } = await run(`
    const cyclic = { a: 1 }; cyclic.self = cyclic;
    console.log("%s is %d%% %i %o %j", "x", 5.5, 7.9, { a: [1] }, { b: 2 }, "rest");
    console.warn({ get x() { throw 1 }, f() {}, k: class A {} }, cyclic);
    console.error(new Map([[{ a: 1 }, new Set([1])]]), [1, , "q"], -0, 5n, Symbol("s"), null, undefined);
    console.debug(new Uint8Array([1, 2]), new Date(0), /x/g, Object.create(null), new (class Foo { y = 1 })());
    console.info({ a: { b: { c: { d: { e: { f: 1 } } } } } });
    const e = new RangeError("boom", { cause: new Error("inner") }); e.code = 5; console.log(e);
    console.log("a".repeat(3), ["x\\ny"], new Headers({ a: "b" }), Promise.resolve());
    console.log(Array.from({ length: 200 }, (_, i) => i));
    console.assert(1 === 2, "no"); console.count(); console.count(); console.group("g"); console.log("in"); console.groupEnd(); console.log("out");
    console.log(new Proxy({}, { ownKeys() { throw new Error("trap") } }));
  `);
  const text = guest.logs.map(([, line]) => line);
  assert.equal(text[0], "x is 5.5% 7 { a: [ 1 ] } {\"b\":2} rest");
  assert.equal(text[1], "{ x: [Getter], f: [Function: f], k: [class A] } { a: 1, self: [Circular] }");
  assert.equal(text[2], "Map(1) { { a: 1 } => Set(1) { 1 } } [ 1, <empty>, 'q' ] -0 5n Symbol(s) null undefined");
  assert.equal(text[3], "Uint8Array(2) [ 1, 2 ] 1970-01-01T00:00:00.000Z /x/g [Object: null prototype] {} Foo { y: 1 }");
  assert.equal(text[4], "{ a: { b: { c: { d: { e: [Object] } } } } }");
  assert.match(text[5], /^RangeError: boom\n {4}at [^]*\[cause\]: Error: inner\n[^]*code: 5/);
  assert.equal(text[6], "aaa [ 'x\\ny' ] Headers(1) { 'a' => 'b' } Promise { }");
  assert.match(text[7], /\.\.\. 100 more items/);
  assert.deepEqual(text.slice(8, 14), ["Assertion failed: no", "default: 1", "default: 2", "g", "  in", "out"]);
  assert.equal(text[14], "[uninspectable]");
  assert.deepEqual(guest.logs.slice(0, 5).map(([level]) => level), [1, 3, 4, 0, 2]);
});

test("nothing asynchronous or random happens in global scope", async () => {
  const guest = await Guest.boot(`const results = [];
    for (const f of [() => setTimeout(() => 0), () => crypto.randomUUID(), () => crypto.getRandomValues(new Uint8Array(1)), () => AbortSignal.timeout(1)])
      { try { f(); results.push("ran"); } catch (e) { results.push(e.message); } }
    let fetched; fetch("http://a").catch((e) => { fetched = e.message; });
    export class App { fetch() { return Response.json([...results, fetched, new Function("return 1") && 0]); } }`).catch((e) => e);
  guest.start();
  const answer = guest.fetch();
  assert.equal(answer.name, "EvalError");
});

test("what a handler may not return is refused in workerd's words", async () => {
  const guest = (await Guest.boot(`export class App { fetch(r) { switch (new URL(r.url).pathname) {
    case "/sync": return "x"; case "/async": return Promise.resolve("x"); case "/throw": throw new RangeError("no");
    case "/reject": return Promise.reject("plain"); case "/used": { const q = new Response("x"); return q.text().then(() => q); }
    case "/bytes": return new Response(new Uint8Array([0, 255, 128])); case "/never": return new Promise(() => 0);
    case "/thenable": return { then(ok) { ok(new Response("t")); } }; case "/null": return null; } } }`)).start();
  const go = (path) => guest.fetch(`http://a${path}`);
  assert.equal(go("/sync").message, "Callback returned incorrect type; expected 'Promise'");
  assert.equal(go("/null").message, "Callback returned incorrect type; expected 'Promise'");
  assert.equal(go("/async").message, "Incorrect type for Promise: the Promise did not resolve to 'Response'.");
  const thrown = go("/throw");
  assert.equal(`${thrown.name}: ${thrown.message}`, "RangeError: no");
  assert.match(thrown.stack, /^RangeError: no\n {4}at fetch \(app:/);
  assert.deepEqual([go("/reject").name, go("/reject").message], ["Error", "plain"]);
  assert.match(go("/used").message, /^Body has already been used/);
  assert.deepEqual([...new Uint8Array(go("/bytes").body)], [0, 255, 128]);
  assert.equal(go("/thenable").body, "t");
  assert.equal(go("/never"), undefined);
  const bare = (await Guest.boot("export class App {}")).start();
  assert.equal(bare.fetch().message, "Handler does not export a fetch() function.");
});
