/* The counter of ../counter/app.js, in C: the same routes over the same data. */
#include "lapidary.h"

static lap_str path_of(lap_str url) {
  size_t start = 0, end;
  while (start + 3 <= url.size && !lap_equal((lap_str){url.data + start, 3}, LAP("://"))) start++;
  start += 3;
  while (start < url.size && url.data[start] != '/') start++;
  for (end = start; end < url.size && url.data[end] != '?' && url.data[end] != '#'; end++) {}
  return (lap_str){url.data + start, end > start ? end - start : 0};
}

/* What follows the last occurrence of a word; NULL data where it does not occur. */
static lap_str after(lap_str text, lap_str word) {
  for (size_t i = text.size; i + 1 > word.size; i--)
    if (lap_equal((lap_str){text.data + i - word.size, word.size}, word)) return (lap_str){text.data + i, text.size - i};
  return (lap_str){0, 0};
}

static bool ends_with(lap_str text, lap_str word) {
  lap_str rest = after(text, word);
  return rest.data && rest.size == 0;
}

static void storage_failed(int64_t id) { lap_fail(id, lap_message()); }

void lap_start(const lap_facet *facet) {
  (void)facet;
  lap_str create = LAP("CREATE TABLE IF NOT EXISTS visits (id INTEGER PRIMARY KEY, path TEXT, at TEXT DEFAULT CURRENT_TIMESTAMP)");
  if (lap_exec(0, create, 0, 0) < 0) storage_failed(0);
}

static void visits(int64_t id) {
  lap_rows rows;
  lap_buf json = {0};
  if (lap_exec(&rows, LAP("SELECT id, path, at FROM visits ORDER BY id DESC LIMIT 10"), 0, 0) < 0) return storage_failed(id);
  lap_add_byte(&json, '[');
  for (bool first = true; lap_next(&rows) > 0; first = false) {
    lap_add(&json, first ? LAP("{\"id\":") : LAP(",{\"id\":"));
    lap_add_decimal(&json, rows.values[0].integer);
    lap_add(&json, LAP(",\"path\":"));
    lap_add_json(&json, rows.values[1].str);
    lap_add(&json, LAP(",\"at\":"));
    lap_add_json(&json, rows.values[2].str);
    lap_add_byte(&json, '}');
  }
  lap_add_byte(&json, ']');
  lap_reply(id, 200, LAP("application/json"), lap_view(&json));
}

static void count(int64_t id, lap_str path) {
  lap_value count = lap_int(0), visit[] = {lap_text(path)};
  lap_buf json = {0};
  if (lap_get(LAP("count"), &count) < 0) return storage_failed(id);
  count = lap_int(count.integer + 1);
  if (lap_put(LAP("count"), count) < 0) return storage_failed(id);
  if (lap_exec(0, LAP("INSERT INTO visits (path) VALUES (?)"), visit, 1) < 0) return storage_failed(id);
  lap_add(&json, LAP("{\"count\":"));
  lap_add_decimal(&json, count.integer);
  lap_add_byte(&json, '}');
  lap_reply(id, 200, LAP("application/json"), lap_view(&json));
}

static void list(int64_t id) {
  lap_buf json = {0};
  lap_str last = {0, 0};
  const lap_str *keys;
  const lap_value *values;
  int64_t found;
  lap_add_byte(&json, '[');
  while ((found = lap_list(LAP("kv:"), last, &keys, &values)) > 0) {
    for (int64_t i = 0; i < found; i++) {
      lap_add(&json, json.size > 1 ? LAP(",[") : LAP("["));
      lap_add_json(&json, (lap_str){keys[i].data + 3, keys[i].size - 3});
      lap_add_byte(&json, ',');
      lap_add_json(&json, values[i].str);
      lap_add_byte(&json, ']');
    }
    last = keys[found - 1];
  }
  if (found < 0) return storage_failed(id);
  lap_add_byte(&json, ']');
  lap_reply(id, 200, LAP("application/json"), lap_view(&json));
}

static void pair(const lap_request *request, lap_str name) {
  int64_t id = request->id, done;
  lap_buf key = {0};
  lap_value value;
  lap_add(&key, LAP("kv:"));
  lap_add(&key, name);
  if (lap_equal(request->method, LAP("PUT"))) {
    done = lap_put(lap_view(&key), lap_text(request->body));
    if (done >= 0) return lap_reply(id, 204, LAP(""), LAP(""));
  } else if (lap_equal(request->method, LAP("DELETE"))) {
    done = lap_delete(lap_view(&key));
    if (done >= 0) return lap_reply(id, done ? 204 : 404, LAP(""), LAP(""));
  } else {
    done = lap_get(lap_view(&key), &value);
    if (done == 0) return lap_reply(id, 404, LAP(""), LAP(""));
    if (done > 0) return lap_reply(id, 200, LAP("text/plain;charset=UTF-8"), value.str);
  }
  storage_failed(id);
}

void lap_fetch(const lap_request *request) {
  lap_str path = path_of(request->url), name = after(path, LAP("/kv/"));
  if (ends_with(path, LAP("/visits"))) visits(request->id);
  else if (ends_with(path, LAP("/kv"))) list(request->id);
  else if (name.data) pair(request, name);
  else count(request->id, path);
}
