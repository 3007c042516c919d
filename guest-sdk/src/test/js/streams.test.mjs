import assert from "node:assert/strict";
import { test } from "node:test";
import { Guest, run } from "./harness.mjs";

const PRELUDE = `
  const utf8 = new TextEncoder();
  const rs = (...chunks) => new ReadableStream({ start(c) { for (const x of chunks) c.enqueue(typeof x === "string" ? utf8.encode(x) : x); c.close(); } });
  const bad = (v) => new ReadableStream({ start(c) { c.enqueue(v); c.close(); } });
`;

async function each(cases) {
  const body = `const o = []; for (const f of [${cases.map(([code]) => `async () => (${code})`).join(",\n")}])
    { try { const v = await f(); o.push(v === undefined ? "undefined" : v); } catch (e) { o.push(e.name + ": " + e.message); } } return o;`;
  const { value, guest } = await run(body, { prelude: PRELUDE });
  for (const [i, [code, expected]] of cases.entries()) assert.deepEqual(value[i], expected, code);
  return guest;
}

const USED = "TypeError: Body has already been used. It can only be used once. Use tee() first if you need to read it twice.";
const LOCKED = "TypeError: This ReadableStream is currently locked to a reader.";

// Every expectation here is workerd's own answer.
test("bodies and streams behave as on Workers", () => each([
  ["(async () => { const r = new Response('x'); await r.text(); return new Response(r.body).text() })()", "TypeError: This ReadableStream is disturbed (has already been read from), and cannot be used as a body."],
  ["(() => { const s = rs('a'); s.getReader(); return new Response(s) })()", "TypeError: This ReadableStream is locked to a reader, and cannot be used as a body."],
  ["(async () => { const s = rs('a'); const d = s.getReader(); await d.read(); d.releaseLock(); return new Response(s) })()", "TypeError: This ReadableStream is disturbed (has already been read from), and cannot be used as a body."],
  ["(async () => { const r = new Response('abc'); r.body.getReader(); return [r.bodyUsed, await r.text().catch(String)] })()", [false, LOCKED]],
  ["(async () => { const r = new Response('abc'); const d = r.body.getReader(); await d.read(); d.releaseLock(); return [r.bodyUsed, await r.text().catch(String)] })()", [true, USED]],
  ["(() => { const r = new Response('abc'); r.body.getReader(); return r.clone() })()", "TypeError: This ReadableStream is currently locked to a reader,"],
  ["(async () => { const r = new Response(rs('ab', 'c')); const c = r.clone(); return [await r.text(), await c.text()] })()", ["abc", "abc"]],
  ["new Response(bad('str')).text()", "TypeError: This ReadableStream did not return bytes."],
  ["new Response(bad({})).text()", "TypeError: This ReadableStream did not return bytes."],
  ["(async () => { const r = new Response('abc'); const b = r.body; await r.text(); return [r.bodyUsed, b.locked, r.body === b] })()", [true, true, true]],
  ["(async () => { const r = new Response(null); await r.text(); return [r.bodyUsed, r.body] })()", [false, null]],
  ["(async () => { const b = await new Response('x').blob(); return [b.type, b.size] })()", ["text/plain;charset=UTF-8", 1]],
  ["(async () => { const b = await new Response(null).blob(); return [b.type, b.size] })()", ["", 0]],
  ["(async () => { const r = new Response(new Blob(['ab'], { type: 'a/b' })); return [[...r.headers], await r.text()] })()", [[["content-type", "a/b"]], "ab"]],
  ["new Response('x').formData()", "TypeError: Unrecognized Content-Type header value. FormData can only parse the following MIME types: multipart/form-data, application/x-www-form-urlencoded"],
  ["new Response(new Uint8Array([1])).formData()", "TypeError: Parsing a Body as FormData requires a Content-Type header."],
  ["(async () => [...await new Response(new URLSearchParams('a=1&b=2')).formData()])()", [["a", "1"], ["b", "2"]]],
  ["(async () => { const f = new FormData(); f.append('a', '1'); f.append('f', new File(['xy'], 'n.txt', { type: 'text/plain' })); const g = await new Response(f).formData(); return [g.get('a'), g.get('f').name, await g.get('f').text()] })()", ["1", "n.txt", "xy"]],
  ["(async () => { const r = new Request('http://a', { method: 'POST', body: rs('q'), duplex: 'half' }); return [[...r.headers], await r.text()] })()", [[], "q"]],
  ["(async () => { const out = []; for await (const c of rs('a', 'b')) out.push(c.length); return out })()", [1, 1]],
  ["(async () => { const out = []; for await (const c of ReadableStream.from(['a', 'b'])) out.push(c); return out })()", ["a", "b"]],
  ["(() => { const s = rs('a'); s.getReader(); return s.getReader() })()", LOCKED],
  ["(() => { const s = rs('a'); s.getReader(); return s.cancel() })()", LOCKED],
  ["(() => { const s = rs('a'); s.getReader(); return s.tee() })()", "TypeError: This ReadableStream is currently locked to a reader,"],
  ["(() => { const w = new WritableStream(); w.getWriter(); return w.getWriter() })()", "TypeError: This WritableStream is currently locked to a writer."],
  ["(async () => { const r = new Response('abcdef').body.getReader({ mode: 'byob' }); const x = await r.read(new Uint8Array(4)); const y = await r.read(new Uint8Array(4)); const z = await r.read(new Uint8Array(4)); return [[...x.value], [...y.value], z.done, z.value.length] })()", [[97, 98, 99, 100], [101, 102], true, 0]],
  ["(async () => { const r = new Response('abcdef').body.getReader(); const x = await r.read(); return [x.value.constructor.name, x.value.length, (await r.read()).done] })()", ["Uint8Array", 6, true]],
  ["(async () => { const t = new IdentityTransformStream(); const w = t.writable.getWriter(); w.write(new Uint8Array([1, 2])); w.close(); return [...await new Response(t.readable).bytes()] })()", [1, 2]],
  ["(async () => { const t = new FixedLengthStream(3); const w = t.writable.getWriter(); w.write(new Uint8Array(2)).catch(() => {}); w.close().catch(() => {}); return new Response(t.readable).text() })()", "TypeError: FixedLengthStream did not see all expected bytes before close()."],
  ["(async () => { const t = new FixedLengthStream(3); const w = t.writable.getWriter(); w.closed.catch(() => {}); w.write(new Uint8Array(4)).catch(() => {}); return new Response(t.readable).text() })()", "TypeError: Attempt to write too many bytes through a FixedLengthStream."],
  ["new FixedLengthStream(-1)", "TypeError: The value cannot be converted because it is negative and this API expects a positive bigint."],
  ["new FixedLengthStream()", "TypeError: Failed to construct 'FixedLengthStream': constructor parameter 1 is not of type 'bigint'."],
  ["new Response(new Response('hello hello').body.pipeThrough(new CompressionStream('gzip')).pipeThrough(new DecompressionStream('gzip'))).text()", "hello hello"],
  ["new CompressionStream('br2')", "TypeError: The compression format must be either 'deflate', 'deflate-raw' or 'gzip'."],
  ["new CompressionStream()", "TypeError: Failed to construct 'CompressionStream': constructor parameter 1 is not of type 'string'."],
  ["new Response(new Response('garbage garbage').body.pipeThrough(new DecompressionStream('gzip'))).text()", "TypeError: Decompression failed."],
  ["(async () => { const out = []; for await (const c of ReadableStream.from(['a\\ud83d', '\\ude00b', '\\ud800']).pipeThrough(new TextEncoderStream())) out.push([...c]); return out })()", [[97], [240, 159, 152, 128, 98], [239, 191, 189]]],
  ["(async () => { let o = ''; for await (const c of rs(new Uint8Array([0xe2, 0x82]), new Uint8Array([0xac, 0x41, 0xe2])).pipeThrough(new TextDecoderStream())) o += c + '|'; return o })()", "\u20acA|\ufffd|"],
  ["(async () => { let o = ''; for await (const c of rs(new Uint8Array([0xff])).pipeThrough(new TextDecoderStream('utf-8', { fatal: true }))) o += c; return o })()", "TypeError: Failed to decode input."],
  ["(async () => { for await (const c of bad('str').pipeThrough(new TextDecoderStream())); })()", "TypeError: This TransformStream is being used as a byte stream, but received a value that is not a BufferSource."],
  ["new Response(new ReadableStream({ pull() { throw new RangeError('boom') } })).text()", "RangeError: boom"],
  ["new Response(new ReadableStream({ async pull(c) { c.error(new RangeError('boom')) } })).json()", "RangeError: boom"],
  ["(async () => { const r = new Response((async function* () { yield utf8.encode('a'); yield utf8.encode('b') })()); return [[...r.headers], await r.text()] })()", [[], "ab"]],
  ["[new Response('a').body.constructor.name, String(new Response('a').body)]", ["ReadableStream", "[object ReadableStream]"]],
  ["Object.getOwnPropertyNames(globalThis).includes('ReadableStream') && !Object.keys(globalThis).includes('ReadableStream')", true],
  ["(() => { const c = new AbortController(); const r = new Request('http://a', { signal: c.signal }); c.abort(); return r.signal.aborted })()", true],
  ["fetch('http://x/', { signal: 5 })", "TypeError: Incorrect type for the 'signal' field on 'RequestInitializerDict': the provided value is not of type 'AbortSignal'."],
  ["fetch('ftp://a/')", "TypeError: Fetch API cannot load: ftp://a/"],
  ["fetch('/x')", "TypeError: Invalid URL: /x"],
  ["fetch('http://a/', { body: 'x' })", "TypeError: Request with a GET or HEAD method cannot have a body."],
  ["fetch('http://a/', { signal: AbortSignal.abort() })", "AbortError: The operation was aborted"],
]));

async function guestOf(code) {
  const guest = await Guest.boot(`${PRELUDE} export class App { constructor(ctx) { this.ctx = ctx } async fetch(request) { ${code} } }`);
  guest.internet = true;
  return guest.start();
}

const bytes = (text) => Uint8Array.from(Buffer.from(text)).buffer;

test("a body that arrives over time is pulled chunk by chunk", async () => {
  const guest = await guestOf("return new Response(await request.text())");
  assert.equal(guest.fetch("http://a/", { method: "POST", body: 7 }), undefined);
  assert.deepEqual(guest.streamCalls, [["pull", 7]]);
  guest.call("chunk", 7, bytes("h\u00e9l").slice(0, 2));
  guest.call("chunk", 7, bytes("h\u00e9l").slice(2));
  guest.call("ended", 7);
  assert.equal(guest.result(1).body, "h\u00e9l");
  assert.deepEqual(guest.streamCalls, [["pull", 7], ["pull", 7], ["pull", 7], ["drop", 7]]);
});

test("an error of the host's stream reaches the reader", async () => {
  const guest = await guestOf("return request.text().catch((e) => new Response(String(e)))");
  guest.fetch("http://a/", { method: "POST", body: 7 });
  guest.call("errored", 7, "Error", "Network connection lost.");
  assert.equal(guest.result(1).body, "Error: Network connection lost.");
});

test("a body nobody read passes through as the host's own stream", async () => {
  for (const code of ["return new Response(request.body)", "return new Response(new Request('http://b/', request).body, { status: 201 })"]) {
    const guest = await guestOf(code);
    assert.equal(guest.fetch("http://a/", { method: "POST", body: 7 }).body, 7);
    assert.deepEqual(guest.streamCalls, []);
  }
});

test("text shown as a stream and handed on stays text", async () => {
  const guest = await guestOf("const r = new Response('abc'); return new Response(r.body, r)");
  assert.equal(guest.fetch().body, "abc");
});

test("a response's stream is read as the host asks", async () => {
  const guest = await guestOf(`let n = 0; globalThis.cancelled = "";
    return new Response(new ReadableStream({ pull(c) { if (++n > 3) c.close(); else c.enqueue(utf8.encode("c" + n)) }, cancel(r) { console.log("cancelled " + r) } }, { highWaterMark: 0 }))`);
  assert.equal(guest.fetch().body, -1);
  assert.deepEqual(guest.streamCalls, []);
  guest.call("pulled", 1);
  assert.deepEqual(guest.streamCalls.splice(0), [["chunk", 1, "c1"]]);
  guest.call("pulled", 1);
  guest.call("pulled", 1);
  guest.call("pulled", 1);
  assert.deepEqual(guest.streamCalls.splice(0), [["chunk", 1, "c2"], ["chunk", 1, "c3"], ["endStream", 1]]);
  guest.call("pulled", 1);
  assert.deepEqual(guest.streamCalls, []);
  assert.equal(guest.fetch().body, -2);
  guest.call("cancelled", 2, "the client left");
  assert.deepEqual(guest.logs, [[1, "cancelled the client left"]]);
});

test("a stream that fails tells the host why", async () => {
  const guest = await guestOf("return new Response(new ReadableStream({ pull(c) { throw new RangeError('boom') } }))");
  guest.fetch();
  guest.call("pulled", 1);
  assert.deepEqual(guest.streamCalls, [["errorStream", 1, "RangeError", "boom"]]);
});

test("a body is transformed while it arrives", async () => {
  const guest = await guestOf(`return new Response(request.body.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TransformStream({ transform(t, c) { c.enqueue(t.toUpperCase()) } })).pipeThrough(new TextEncoderStream()))`);
  assert.equal(guest.fetch("http://a/", { method: "POST", body: 3 }).body, -1);
  guest.call("pulled", 1);
  guest.call("chunk", 3, bytes("abc"));
  assert.deepEqual(guest.streamCalls.filter(([name]) => name === "chunk"), [["chunk", 1, "ABC"]]);
  guest.call("cancelled", 1, "gone");
  assert.ok(guest.streamCalls.some(([name, handle]) => name === "cancelStream" && handle === 3), JSON.stringify(guest.streamCalls));
});

test("a FixedLengthStream says its length", async () => {
  const guest = await guestOf(`const t = new FixedLengthStream(3); const w = t.writable.getWriter(); w.write(utf8.encode("abc")); w.close();
    return new Response(t.readable)`);
  assert.deepEqual(guest.fetch().headers, ["content-length", "3"]);
});

test("fetch goes out, and its answer comes in", async () => {
  const guest = await guestOf(`const r = await fetch("https://x.test/a#f", { method: "POST", body: "hi", headers: { A: "b" }, redirect: "manual" });
    return new Response(JSON.stringify([r.status, r.url, r.headers.get("c"), await r.text()]))`);
  guest.fetch();
  const [id, handle, method, url, headers, body, redirect] = guest.subrequests[0];
  assert.deepEqual([handle, method, url, headers, body, redirect], [0, "POST", "https://x.test/a", ["a", "b", "content-type", "text/plain;charset=UTF-8"], "hi", "manual"]);
  guest.call("replied", id, 201, "", ["c", "d"], 9);
  guest.call("chunk", 9, bytes("yo"));
  guest.call("ended", 9);
  assert.deepEqual(JSON.parse(guest.result(1).body), [201, "https://x.test/a", "d", "yo"]);
});

test("fetch fails, and is aborted", async () => {
  const guest = await guestOf(`const c = new AbortController(); setTimeout(() => c.abort(), 5);
    return new Response(await fetch("https://x.test/", { signal: c.signal }).catch(String))`);
  guest.fetch();
  guest.fetch();
  guest.call("failed", guest.subrequests[0][0], "Error", "Network connection lost.", "");
  assert.equal(guest.result(1).body, "Error: Network connection lost.");
  guest.fireTimer(2);
  assert.equal(guest.result(2).body, "AbortError: The operation was aborted");
  assert.deepEqual(guest.streamCalls, [["cancelCall", guest.subrequests[1][0]]]);
});

test("request.signal tells that the client is gone", async () => {
  const guest = await guestOf("request.signal.onabort = () => console.log('gone ' + request.signal.reason.name); await new Promise(() => {})");
  guest.fetch();
  guest.call("clientGone", 1);
  guest.call("clientGone", 2);
  assert.deepEqual(guest.logs, [[1, "gone AbortError"]]);
});

test("a plain request loads no stream", async () => {
  const guest = await guestOf("await request.text(); return new Response('x', { headers: { a: 'b' } })");
  guest.fetch("http://a/", { method: "POST", body: "text" });
  assert.equal(guest.loaded.includes("lapidary:web-streams"), false);
});

test("streams hold on under poisoned prototypes", async () => {
  const guest = await guestOf(`const steal = () => { throw new Error("poison") };
    for (const [o, names] of [[Array.prototype, ["push", "shift", "map"]], [Uint8Array.prototype.__proto__, ["set", "subarray", "slice"]], [ReadableStream.prototype, ["getReader", "tee", "cancel"]], [Map.prototype, ["get", "set", "delete"]]])
      for (const n of names) Object.defineProperty(o, n, { value: n === "push" || n === "shift" ? o[n] : steal });
    return new Response(await request.text())`);
  guest.fetch("http://a/", { method: "POST", body: 7 });
  guest.call("chunk", 7, bytes("ok"));
  guest.call("ended", 7);
  assert.equal(guest.result(1).body, "ok");
});
