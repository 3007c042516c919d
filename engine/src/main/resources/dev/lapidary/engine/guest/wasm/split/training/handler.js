// A request handler: routes, headers, query strings, cookies, JSON bodies, templates.
class Req { constructor(url, init = {}) { this.url = url; this.method = init.method ?? 'GET'; this.headers = new Headers(init.headers ?? {}); this.body = init.body ?? null; } json() { return JSON.parse(this.body); } }
class Res { constructor(body, init = {}) { this.body = body; this.status = init.status ?? 200; this.headers = new Headers(init.headers ?? {}); } static json(value, init = {}) { return new Res(JSON.stringify(value), { ...init, headers: { 'content-type': 'application/json', ...init.headers } }); } }
const parseQuery = (s) => Object.fromEntries(s.replace(/^\?/, '').split('&').filter(Boolean).map((p) => p.split('=').map((x) => decodeURIComponent(x.replace(/\+/g, ' ')))));
const escape = (s) => s.replace(/[&<>"]/g, (ch) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[ch]);
const store = new Map();
const routes = [
  ['GET', /^\/items\/(\d+)$/, (req, [id]) => (store.has(+id) ? Res.json(store.get(+id)) : new Res('no', { status: 404 }))],
  ['POST', /^\/items$/, (req) => { const item = req.json(); const id = store.size + 1; store.set(id, { id, ...item, at: new Date(1700000000000 + id * 1000).toISOString() }); return Res.json({ id }, { status: 201 }); }],
  ['GET', /^\/search$/, (req, _, query) => Res.json([...store.values()].filter((i) => i.name.includes(query.q)).sort((a, b) => b.price - a.price).slice(0, 5))],
  ['GET', /^\/page$/, () => new Res(`<ul>${[...store.values()].slice(0, 10).map((i) => `<li>${escape(i.name)}: ${i.price.toFixed(2)}</li>`).join('')}</ul>`)],
];
function handle(req) {
  const url = new URL(req.url);
  const cookies = Object.fromEntries((req.headers.get('cookie') ?? '').split('; ').filter(Boolean).map((c) => c.split('=')));
  for (const [method, pattern, handler] of routes) {
    const match = method === req.method && pattern.exec(url.pathname);
    if (match) { const res = handler(req, match.slice(1), parseQuery(url.search), cookies); res.headers.set('x-user', cookies.user ?? 'anonymous'); return res; }
  }
  return new Res('not found', { status: 404 });
}
let bytes = 0;
for (let i = 0; i < 60; i++) {
  bytes += handle(new Req('http://host/items', { method: 'POST', body: JSON.stringify({ name: `Item <${i}> & "co"`, price: (i * 7.25) % 50, tags: ['a', 'b'] }), headers: { 'Content-Type': 'application/json' } })).body.length;
  bytes += handle(new Req('http://host/items/' + (i + 1), { headers: { cookie: 'user=u' + i + '; theme=dark' } })).body.length;
  if (i % 4 === 0) bytes += handle(new Req('http://host/search?q=' + encodeURIComponent('<1') + '&n=5')).body.length;
  if (i % 6 === 0) bytes += handle(new Req('http://host/page')).body.length + handle(new Req('http://host/none')).status;
}
bytes + new TextEncoder().encode('äöü').length;
