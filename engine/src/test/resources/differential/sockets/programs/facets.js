// Facets, each with sockets of its own.
const facet = (t, name) => t.ctx.facets.get(name, () => ({ class: t.exports.Part }));
const passed = { fetch: (t, { request, path, query }) => facet(t, query.get("name") ?? path.slice(1)).fetch(request) };

export default {
  "a facet's socket is handed on to the client": { ...passed, steps: [["open", "a", "/?name=one"], ["text", "a", "hi"], ["next", "a"]] },
  "facets know only their own": { ...passed, steps: [["open", "a", "/?name=one"], ["open", "b", "/?name=two"], ["open", "c", "/?name=two"], ["text", "a", "hi"], ["next", "a"], ["text", "c", "hi"], ["next", "c"], ["get", "/?name=one&count"], ["get", "/?name=two&count"]] },
  "a plain socket of a facet": { ...passed, steps: [["open", "a", "/?name=one&plain"], ["text", "a", "hi"], ["next", "a"]] },
  "an abort of a facet": { fetch: (t, ask) => ask.path === "/abort" ? (t.ctx.facets.abort("one", new Error("enough")), "aborted") : passed.fetch(t, ask), steps: [["open", "a", "/?name=one"], ["open", "b", "/?name=two"], ["text", "a", "hi"], ["next", "a"], ["get", "/abort"], ["next", "a"], ["text", "b", "hi"], ["next", "b"]] },
  "a facet that is deleted": { fetch: (t, ask) => ask.path === "/delete" ? (t.ctx.facets.delete("one"), "deleted") : passed.fetch(t, ask), steps: [["open", "a", "/?name=one"], ["text", "a", "hi"], ["next", "a"], ["get", "/delete"], ["next", "a"], ["get", "/?name=one&count"]] },
  "a facet that aborts itself": { ...passed, steps: [["open", "a", "/?name=one"], ["open", "b", "/?name=two"], ["text", "a", "abort"], ["next", "a"], ["text", "b", "hi"], ["next", "b"], ["get", "/?name=one&count"]] },
  "the parent sleeps on": { fetch: (t, ask) => ask.path === "/lives" ? t.storage.kv.get("lives") : passed.fetch(t, ask), steps: [["open", "a", "/?name=one"], ["text", "a", "hi"], ["next", "a"], ["get", "/lives"]] },
  "the parent has none of them": { fetch: (t, ask) => ask.path === "/count" ? t.ctx.getWebSockets().length : passed.fetch(t, ask), steps: [["open", "a", "/?name=one"], ["get", "/count"]] },
};
