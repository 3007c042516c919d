// Storage calls from C, as storage.js makes them: GET /{operation}/{calls}/{seed} makes that many and answers what they
// came to. Built by, with Debian's clang and lld:
//
//   clang --target=wasm32 -O2 -nostdlib -mbulk-memory -I../../../../guest-sdk/src/main/c -Wl,--no-entry -Wl,--strip-all \
//     -o storage.wasm storage.c
#include "lapidary.h"

enum { ROWS = 1000 };

static lap_str numbered(lap_buf *buf, lap_str name, int64_t n) {
  buf->size = 0;
  lap_add(buf, name);
  lap_add_decimal(buf, n);
  return lap_view(buf);
}

static lap_str key(lap_buf *buf, int64_t seed, int64_t call) {
  return numbered(buf, LAP("key-"), (seed + call * 7) % ROWS);
}

static lap_str value(lap_buf *buf, int64_t seed, int64_t call) {
  numbered(buf, LAP(""), 1000000000 + seed + call);
  while (buf->size < 100) lap_add_byte(buf, 'x');
  return lap_view(buf);
}

void lap_start(const lap_facet *facet) {
  (void)facet;
  lap_exec(0, LAP("CREATE TABLE IF NOT EXISTS item (id INTEGER PRIMARY KEY, name TEXT, score INTEGER)"), 0, 0);
  lap_exec(0, LAP("CREATE TABLE IF NOT EXISTS log (id INTEGER PRIMARY KEY, value INTEGER, body TEXT)"), 0, 0);
  lap_buf name = {0}, text = {0};
  while (text.size < 100) lap_add_byte(&text, 'x');
  for (int n = 0; n < ROWS; n++) {
    lap_value row[] = {lap_int(n), lap_text(numbered(&name, LAP("item-"), n)), lap_int(n % 7)};
    lap_exec(0, LAP("INSERT OR REPLACE INTO item VALUES (?, ?, ?)"), row, 3);
    lap_put(numbered(&name, LAP("key-"), n), lap_text(lap_view(&text)));
  }
}

static int64_t kv_get(int64_t calls, int64_t seed) {
  int64_t sum = 0;
  lap_buf name = {0};
  for (int64_t i = 0; i < calls; i++) {
    lap_value found;
    if (lap_get(key(&name, seed, i), &found) > 0) sum += (int64_t)found.str.size;
  }
  return sum;
}

static int64_t kv_put(int64_t calls, int64_t seed) {
  lap_buf name = {0}, text = {0};
  int64_t done = 0;
  for (int64_t i = 0; i < calls; i++) done += lap_put(key(&name, seed, i), lap_text(value(&text, seed, i))) >= 0;
  return done;
}

static int64_t sql_read(int64_t calls, int64_t seed) {
  int64_t sum = 0;
  for (int64_t i = 0; i < calls; i++) {
    lap_value id[] = {lap_int((seed + i * 7) % ROWS)};
    lap_rows rows;
    lap_exec(&rows, LAP("SELECT name, score FROM item WHERE id = ?"), id, 1);
    while (lap_next(&rows) > 0) sum += rows.values[1].integer;
  }
  return sum;
}

static int64_t sql_insert(int64_t calls, int64_t seed) {
  lap_buf text = {0};
  int64_t done = 0;
  for (int64_t i = 0; i < calls; i++) {
    lap_value row[] = {lap_int(i), lap_text(value(&text, seed, i))};
    done += lap_exec(0, LAP("INSERT INTO log (value, body) VALUES (?, ?)"), row, 2) >= 0;
  }
  return done;
}

static int64_t sql_list(int64_t calls, int64_t seed) {
  int64_t sum = 0;
  for (int64_t i = 0; i < calls; i++) {
    lap_value from[] = {lap_int((seed + i) % 9 * 100)};
    lap_rows rows;
    lap_exec(&rows, LAP("SELECT id, name, score FROM item WHERE id >= ? LIMIT 100"), from, 1);
    while (lap_next(&rows) > 0) sum += rows.values[2].integer;
  }
  return sum;
}

// The text after the nth last slash, up to the next one.
static lap_str part(lap_str url, int nth) {
  size_t end = url.size, start = end;
  for (int slashes = 0; start > 0; start--) {
    if (url.data[start - 1] == '/') {
      if (++slashes == nth) break;
      end = start - 1;
    }
  }
  return (lap_str){url.data + start, end - start};
}

static int64_t number(lap_str text) {
  int64_t n = 0;
  for (size_t i = 0; i < text.size; i++) n = n * 10 + (text.data[i] - '0');
  return n;
}

void lap_fetch(const lap_request *request) {
  lap_str operation = part(request->url, 3);
  int64_t calls = number(part(request->url, 2)), seed = number(part(request->url, 1)), sum = -1;
  if (lap_equal(operation, LAP("kvGet"))) sum = kv_get(calls, seed);
  else if (lap_equal(operation, LAP("kvPut"))) sum = kv_put(calls, seed);
  else if (lap_equal(operation, LAP("sqlRead"))) sum = sql_read(calls, seed);
  else if (lap_equal(operation, LAP("sqlInsert"))) sum = sql_insert(calls, seed);
  else if (lap_equal(operation, LAP("sqlList"))) sum = sql_list(calls, seed);
  lap_buf text = {0};
  lap_add_decimal(&text, sum);
  lap_reply(request->id, 200, LAP("text/plain"), lap_view(&text));
}
