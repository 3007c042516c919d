// The counter of ../counter/app.js, in AssemblyScript: the same routes over the same data.

import { kv, onFetch, onStart, Pair, Request, sql, text, utf8, Value } from "../../guest-sdk/src/main/assemblyscript";

export { abi, alloc, turn } from "../../guest-sdk/src/main/assemblyscript";

const JSON = "application/json";

onStart(() => {
  sql.exec("CREATE TABLE IF NOT EXISTS visits (id INTEGER PRIMARY KEY, path TEXT, at TEXT DEFAULT CURRENT_TIMESTAMP)");
});

onFetch((request) => {
  const path = request.path;
  const key = path.lastIndexOf("/kv/");
  if (path.endsWith("/visits")) visits(request);
  else if (path.endsWith("/kv")) list(request);
  else if (key >= 0) pair(request, "kv:" + path.substring(key + 4));
  else count(request, path);
});

function count(request: Request, path: string): void {
  const stored = kv.get("count");
  const count = (stored == null ? 0 : stored.int) + 1;
  kv.put("count", Value.of(count));
  sql.exec("INSERT INTO visits (path) VALUES (?)", [Value.ofText(path)]).close();
  request.reply(200, JSON, utf8('{"count":' + count.toString() + "}"));
}

function visits(request: Request): void {
  const rows = sql.exec("SELECT id, path, at FROM visits ORDER BY id DESC LIMIT 10");
  const found: string[] = [];
  for (let row = rows.next(); row != null; row = rows.next()) {
    found.push('{"id":' + row[0].int.toString() + ',"path":' + quote(row[1].text) + ',"at":' + quote(row[2].text) + "}");
  }
  request.reply(200, JSON, utf8("[" + found.join(",") + "]"));
}

function list(request: Request): void {
  const found: string[] = [];
  for (let pairs = kv.list("kv:"); pairs.length > 0; pairs = kv.list("kv:", pairs[pairs.length - 1].key)) {
    for (let i = 0; i < pairs.length; i++) {
      found.push("[" + quote(pairs[i].key.substring(3)) + "," + quote(pairs[i].value.text) + "]");
    }
  }
  request.reply(200, JSON, utf8("[" + found.join(",") + "]"));
}

function pair(request: Request, key: string): void {
  if (request.method == "PUT") {
    kv.put(key, Value.ofText(text(request.body)));
    request.reply(204);
  } else if (request.method == "DELETE") {
    request.reply(kv.remove(key) ? 204 : 404);
  } else {
    const value = kv.get(key);
    if (value == null) request.reply(404);
    else request.reply(200, "text/plain;charset=UTF-8", utf8(value.text));
  }
}

function quote(text: string): string {
  let json = '"';
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c == 0x22 || c == 0x5c) json += "\\";
    json += c < 0x20 ? "\\u00" + (c < 0x10 ? "0" : "") + c.toString(16) : text.charAt(i);
  }
  return json + '"';
}
