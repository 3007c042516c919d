// Requests from one to another: status texts, redirects, data: URLs, signals, and streams to write to.
const CLASS = "export default class extends WorkerEntrypoint {";
const STATUS = "export default { fetch(request) { const status = Number(new URL(request.url).pathname.slice(1)); return new Response([204, 205, 304].includes(status) ? null : 'b', { status }) } }";
/** `/code` redirects to `/there`, which tells how it was asked. */
const REDIRECT = "export default { async fetch(request) { const { pathname, searchParams } = new URL(request.url); if (pathname === '/there') return new Response([request.method, request.url, await request.text(), request.headers.get('authorization'), request.headers.get('content-type')].join('|')); return new Response(null, { status: Number(pathname.slice(1)), headers: { location: searchParams.get('to') ?? '/there' } }) } }";
const seen = async (r) => [r.status, r.url, r.redirected, await r.text()];
const redirect = (t, path, init) => t.attempt(async () => seen(await t.entrypoint(REDIRECT).fetch("http://x" + path, init)));
const data = (t, url, init) => t.attempt(async () => { const r = await fetch(url, init); return [r.status, r.statusText, r.url, r.redirected, [...r.headers], await r.text()]; });
const WATCH = "let log = []; export default class extends WorkerEntrypoint { async fetch(request) { request.signal.addEventListener('abort', () => log.push(String(request.signal.reason))); log.push('begins'); if (request.url.endsWith('stream')) return new Response(new ReadableStream({ pull(c) { c.enqueue(new Uint8Array(9)) }, cancel() { log.push('cancelled') } }, { highWaterMark: 0 })); await new Promise((d) => setTimeout(d, 100)); log.push('ends'); return new Response('late') } log() { return log } }";
const written = (t, body, sink = {}) => t.attempt(async () => { const log = []; const w = new WritableStream({ write(chunk) { log.push(new TextDecoder().decode(chunk)); return sink.write?.(chunk); }, close() { log.push("closed"); }, abort(reason) { log.push("aborted " + reason); } }, sink.strategy); const answer = await t.attempt(() => t.entrypoint(CLASS + "async see(w) { const u = (s) => new TextEncoder().encode(s); " + body + " } }").see(w)); await t.wait(30); return [answer, log]; });

export default {
  "the status text of every status": async (t) => { const e = t.entrypoint(STATUS); const texts = {}; for (let status = 200; status < 600; status++) { const r = await e.fetch("http://x/" + status); await r.text(); (texts[r.statusText] ??= []).push(status); } return texts; },
  "a status text of its own": async (t) => (await t.entrypoint("export default { fetch() { return new Response('b', { status: 299, statusText: 'Very Fine' }) } }").fetch("http://x/")).statusText,
  "a status text that is copied": async (t) => { const r = await t.entrypoint(STATUS).fetch("http://x/404"); const copy = new Response(r.body, r); return [copy.statusText, copy.status, copy.url]; },
  "a status text that is cloned": async (t) => (await t.entrypoint(STATUS).fetch("http://x/404")).clone().statusText,
  "the status text of a new response": () => [new Response("b").statusText, Response.json({}).statusText, new Response("b", { status: 404 }).statusText],
  "the url of a response": async (t) => { const r = await t.entrypoint(STATUS).fetch("http://x/200?a=b#c"); return [r.url, r.redirected]; },
  "a redirect is followed": (t) => redirect(t, "/302"),
  "a redirect to elsewhere": (t) => redirect(t, "/302?to=http://y/there", { headers: { authorization: "secret" } }),
  "a redirect to the same origin": (t) => redirect(t, "/302?to=http://x/there", { headers: { authorization: "secret" } }),
  "a redirect of a POST, 302": (t) => redirect(t, "/302", { method: "POST", body: "text" }),
  "a redirect of a POST, 303": (t) => redirect(t, "/303", { method: "POST", body: "text" }),
  "a redirect of a PUT, 303": (t) => redirect(t, "/303", { method: "PUT", body: "text" }),
  "a redirect of a PUT, 301": (t) => redirect(t, "/301", { method: "PUT", body: "text" }),
  "a redirect of a POST, 307": (t) => redirect(t, "/307", { method: "POST", body: "text" }),
  "a redirect of a POST, 308": (t) => redirect(t, "/308", { method: "POST", body: "text" }),
  "a redirect without a location": async (t) => { const r = await t.entrypoint("export default { fetch() { return new Response('b', { status: 302 }) } }").fetch("http://x/"); return seen(r); },
  "a redirect by hand": (t) => redirect(t, "/302", { redirect: "manual" }),
  "a 300 is no redirect": (t) => redirect(t, "/300"),
  "a redirect for ever": async (t) => { const r = await t.attempt(() => t.entrypoint("export default { fetch() { return Response.redirect('http://x/again') } }").fetch("http://x/")); return r instanceof Error || r.status; },
  "how a request that was received redirects": async (t) => t.text(t.entrypoint("export default { fetch(request) { return Response.json([request.redirect, new Request(request).redirect, new Request('http://y/', request).redirect, request.clone().redirect]) } }").fetch("http://x/")),
  "a redirect of an object": (t) => t.attempt(async () => { const e = t.app("f", "export class App extends DurableObject { fetch(request) { return request.url.endsWith('there') ? new Response('arrived') : Response.redirect('http://x/there', 307) } }"); return seen(await e.fetch("http://x/")); }),
  "data: with text": (t) => data(t, "data:text/plain,hello%20there"),
  "data: in base64": (t) => data(t, "data:;base64,aGVsbG8="),
  "data: in base64 with spaces": (t) => data(t, "data:text/plain;  BASE64,aGVs%20bG8"),
  "data: without a type": (t) => data(t, "data:,x"),
  "data: with a charset alone": (t) => data(t, "data:;charset=utf-8,x"),
  "data: with a charset": (t) => data(t, "data:text/html;charset=utf-8,%3Cb%3E%C3%A9%3C/b%3E"),
  "data: with a fragment": (t) => data(t, "data:text/plain,x#y"),
  "data: without a comma": (t) => data(t, "data:text/plain"),
  "data: that is no base64": (t) => data(t, "data:;base64,%%%"),
  "data: with commas": (t) => data(t, "data:text/plain,a,b,c"),
  "data: posted": (t) => data(t, "data:text/plain,x", { method: "POST", body: "y" }),
  "data: by HEAD": (t) => data(t, "data:text/plain,x", { method: "HEAD" }),
  "data: to a service": (t) => t.attempt(async () => (await t.entrypoint(STATUS).fetch("data:text/plain,x")).text()),
  "blob: is no address": (t) => data(t, "blob:x"),
  "a fetch that is aborted reaches who was asked": async (t) => { const e = t.worker(WATCH).getEntrypoint(); await e.log(); const own = new AbortController(); const call = t.attempt(() => e.fetch("http://x/", { signal: own.signal })); await t.wait(30); own.abort(new Error("mine")); const error = await call; await t.wait(120); return [error.message, typeof (await e.log())[0]]; },
  "a signal's reason": async (t) => { const own = new AbortController(); const call = t.attempt(() => t.entrypoint("export default { async fetch() { await new Promise((d) => setTimeout(d, 1000)) } }").fetch("http://x/", { signal: own.signal })); await t.wait(5); own.abort("text"); return call; },
  "the signal of a request": async (t) => t.text(t.entrypoint("export default { fetch(request) { return Response.json([request.signal.aborted, request.signal instanceof AbortSignal, new Request(request).signal.aborted]) } }").fetch("http://x/")),
  "a stream to write to": (t) => written(t, "const k = w.getWriter(); await k.write(u('a')); await k.write(u('b')); await k.close(); return 'done'"),
  "a stream to pipe to": (t) => written(t, "await new Response('piped').body.pipeTo(w); return 'done'"),
  "a stream that is aborted": (t) => written(t, "const k = w.getWriter(); await k.write(u('a')); await k.abort(new Error('enough')); return 'done'").then((r) => [r[0], r[1][0], r[1].length]),
  "a stream whose sink fails": (t) => written(t, "const k = w.getWriter(); try { await k.write(u('a')); await k.write(u('b')); await k.close(); return 'no error' } catch (e) { return 'failed' }", { write() { throw new RangeError("full"); } }).then((r) => r[0]),
  "a stream that takes its time": (t) => written(t, "const k = w.getWriter(); for (const s of ['a', 'b', 'c', 'd']) await k.write(u(s)); await k.close(); return 'done'", { write: () => t.wait(5) }),
  "a stream is locked once sent, to write": async (t) => { const { writable } = new TransformStream(); await t.attempt(() => t.entrypoint(CLASS + "see(w) { return typeof w } }").see(writable)); return writable.locked; },
  "a stream that was locked, to write": async (t) => { const { writable } = new TransformStream(); writable.getWriter(); return t.attempt(() => t.entrypoint(CLASS + "see(w) { return typeof w } }").see(writable)); },
  "a stream to write to as an answer": (t) => t.attempt(async () => { const e = t.entrypoint("let got = ''; " + CLASS + "open() { return new WritableStream({ write(chunk) { got += new TextDecoder().decode(chunk) }, close() { got += ' closed' } }) } got() { return got } }"); const w = (await e.open()).getWriter(); await w.write(new TextEncoder().encode("text")); await w.close(); await t.wait(20); return e.got(); }),
};
