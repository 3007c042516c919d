/* Facets in C: a binding of host-abi/ABI.md, version 1. No libc is needed; include it in one file.
 *
 *   clang --target=wasm32 -O2 -mbulk-memory -nostdlib -Wl,--no-entry,--stack-first -I guest-sdk/src/main/c app.c -o app.wasm
 *
 * An app defines lap_fetch, and where it wants them lap_start, lap_timer and lap_alarm. Memory from lap_alloc, and all that
 * these functions hand out, lives until the turn ends; global variables live as long as the instance. Functions
 * that answer a long answer a negative SQLite result code for an error, whose text lap_message() has. */
#ifndef LAPIDARY_H
#define LAPIDARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Text in UTF-8, or bytes; not terminated. */
typedef struct { const char *data; size_t size; } lap_str;
#define LAP(literal) ((lap_str){literal, sizeof(literal) - 1})

typedef enum { LAP_NULL, LAP_BOOL, LAP_INT, LAP_REAL, LAP_TEXT, LAP_BYTES, LAP_OPAQUE } lap_type;

/* A value of SQL or of a key-value pair. LAP_OPAQUE is what JavaScript stored and C cannot read; it can be put again. */
typedef struct { lap_type type; int64_t integer; double real; lap_str str; } lap_value;

typedef struct { lap_str name, value; } lap_header;

typedef struct {
  int64_t id; /* what to answer to */
  int64_t time; /* milliseconds since 1970 */
  lap_str method, url, body;
  lap_header *headers;
  size_t header_count;
} lap_request;

typedef struct { int64_t time; lap_str object_id, object_name, class_name; } lap_facet;

typedef enum { LAP_DEBUG, LAP_LOG, LAP_INFO, LAP_WARN, LAP_ERROR } lap_level;

/* Rows of a statement. */
typedef struct {
  const lap_value *values; /* of the row that lap_next came to */
  size_t count;
  int32_t cursor;
  struct lap_reader_ { const uint8_t *at, *end; bool bad; } batch;
  size_t rows_left;
} lap_rows;

/* What the app defines. */
void lap_fetch(const lap_request *request);
__attribute__((weak)) void lap_start(const lap_facet *facet);
__attribute__((weak)) void lap_timer(int64_t id);
__attribute__((weak)) void lap_alarm(int64_t id, int64_t scheduled, int64_t retry);

/* --- memory -------------------------------------------------------------------------------------------------- */

extern unsigned char __heap_base;
static uintptr_t lap_top;

/* Fresh memory, aligned to 8. Traps where there is none left. */
static void *lap_alloc(size_t size) {
  uintptr_t start = (lap_top ? lap_top : (uintptr_t)&__heap_base) + 7 & ~(uintptr_t)7;
  if (size > UINT32_MAX - 65535 - start) __builtin_trap();
  uintptr_t have = __builtin_wasm_memory_size(0) * 65536u, end = start + size;
  if (end > have && __builtin_wasm_memory_grow(0, (end - have + 65535) / 65536) == (size_t)-1) __builtin_trap();
  lap_top = end;
  return (void *)start;
}

static inline void lap_copy(void *to, const void *from, size_t size) { if (size) __builtin_memcpy(to, from, size); }

/* --- growing buffers ----------------------------------------------------------------------------------------- */

typedef struct { char *data; size_t size, capacity; } lap_buf;

/* Room for so many bytes more, which count as written. */
static char *lap_extend(lap_buf *buf, size_t size) {
  if (size > buf->capacity - buf->size) {
    size_t capacity = buf->capacity * 2 + size + 64;
    char *data = lap_alloc(capacity);
    lap_copy(data, buf->data, buf->size);
    buf->data = data;
    buf->capacity = capacity;
  }
  buf->size += size;
  return buf->data + buf->size - size;
}

static inline void lap_add(lap_buf *buf, lap_str str) { lap_copy(lap_extend(buf, str.size), str.data, str.size); }
static inline void lap_add_byte(lap_buf *buf, int byte) { *lap_extend(buf, 1) = (char)byte; }
static inline lap_str lap_view(const lap_buf *buf) { return (lap_str){buf->data, buf->size}; }

static void lap_add_decimal(lap_buf *buf, int64_t value) {
  char digits[20];
  size_t at = sizeof digits;
  uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
  do digits[--at] = (char)('0' + rest % 10); while (rest /= 10);
  if (value < 0) lap_add_byte(buf, '-');
  lap_add(buf, (lap_str){digits + at, sizeof digits - at});
}

/* Text as a JSON string. */
static void lap_add_json(lap_buf *buf, lap_str text) {
  lap_add_byte(buf, '"');
  for (size_t i = 0; i < text.size; i++) {
    unsigned char c = (unsigned char)text.data[i];
    if (c == '"' || c == '\\') lap_add_byte(buf, '\\');
    if (c >= 0x20) lap_add_byte(buf, c);
    else {
      lap_add(buf, LAP("\\u00"));
      lap_add_byte(buf, '0' + (c >> 4));
      lap_add_byte(buf, "0123456789abcdef"[c & 15]);
    }
  }
  lap_add_byte(buf, '"');
}

static inline bool lap_equal(lap_str a, lap_str b) { return a.size == b.size && (!a.size || !__builtin_memcmp(a.data, b.data, a.size)); }

__attribute__((weak, no_builtin("memcmp", "bcmp"))) int memcmp(const void *a, const void *b, size_t n) {
  for (const unsigned char *x = a, *y = b; n; n--, x++, y++) if (*x != *y) return *x - *y;
  return 0;
}

/* --- CBOR ---------------------------------------------------------------------------------------------------- */

enum { LAP_MAJOR_UINT, LAP_MAJOR_NEGATIVE, LAP_MAJOR_BYTES, LAP_MAJOR_TEXT, LAP_MAJOR_ARRAY, LAP_MAJOR_MAP, LAP_MAJOR_TAG, LAP_MAJOR_SIMPLE };
#define LAP_OPAQUE_TAG 0x56380F

static void lap_cbor_head(lap_buf *out, int major, uint64_t argument) {
  int bytes = argument < 24 ? 0 : argument <= 0xFF ? 1 : argument <= 0xFFFF ? 2 : argument <= 0xFFFFFFFF ? 4 : 8;
  int info = bytes == 0 ? (int)argument : bytes == 1 ? 24 : bytes == 2 ? 25 : bytes == 4 ? 26 : 27;
  lap_add_byte(out, major << 5 | info);
  while (bytes) lap_add_byte(out, (int)(argument >> 8 * --bytes & 0xFF));
}

static void lap_cbor_str(lap_buf *out, int major, lap_str str) { lap_cbor_head(out, major, str.size); lap_add(out, str); }
static void lap_cbor_text(lap_buf *out, lap_str text) { lap_cbor_str(out, LAP_MAJOR_TEXT, text); }

static void lap_cbor_int(lap_buf *out, int64_t value) {
  lap_cbor_head(out, value < 0 ? LAP_MAJOR_NEGATIVE : LAP_MAJOR_UINT, (uint64_t)(value < 0 ? ~value : value));
}

static void lap_cbor_value(lap_buf *out, lap_value value) {
  switch (value.type) {
    case LAP_NULL: lap_add_byte(out, 0xF6); break;
    case LAP_BOOL: lap_add_byte(out, value.integer ? 0xF5 : 0xF4); break;
    case LAP_INT: lap_cbor_int(out, value.integer); break;
    case LAP_REAL: {
      uint64_t bits;
      __builtin_memcpy(&bits, &value.real, 8);
      lap_add_byte(out, 0xFB);
      for (int shift = 56; shift >= 0; shift -= 8) lap_add_byte(out, (int)(bits >> shift & 0xFF));
      break;
    }
    case LAP_TEXT: lap_cbor_text(out, value.str); break;
    case LAP_OPAQUE: lap_cbor_head(out, LAP_MAJOR_TAG, LAP_OPAQUE_TAG); /* and */
    case LAP_BYTES: lap_cbor_str(out, LAP_MAJOR_BYTES, value.str); break;
  }
}

typedef struct lap_reader_ lap_reader;
typedef struct { int major, info; uint64_t argument; } lap_item;

static inline lap_reader lap_read(lap_str cbor) {
  const uint8_t *at = (const uint8_t *)cbor.data;
  return (lap_reader){at, at + cbor.size, false};
}

/* The next item's head; major -1 where there is none, or none that the host writes. */
static lap_item lap_head(lap_reader *in) {
  lap_item none = {-1, 0, 0};
  if (in->bad || in->at == in->end) { in->bad = true; return none; }
  lap_item item = {*in->at >> 5, *in->at & 31, *in->at & 31};
  in->at++;
  int bytes = item.info < 24 ? 0 : item.info < 28 ? 1 << (item.info - 24) : -1;
  if (bytes < 0 || bytes > in->end - in->at) { in->bad = true; return none; }
  if (bytes) for (item.argument = 0; bytes; bytes--) item.argument = item.argument << 8 | *in->at++;
  return item;
}

static lap_str lap_take(lap_reader *in, uint64_t size) {
  if (size > (uint64_t)(in->end - in->at)) { in->bad = true; size = 0; }
  lap_str str = {(const char *)in->at, (size_t)size};
  in->at += size;
  return str;
}

/* The size of an array or map; 0 where there is none. */
static size_t lap_count(lap_reader *in, int major) {
  lap_item item = lap_head(in);
  if (item.major != major || item.argument > (uint64_t)(in->end - in->at)) { in->bad = true; return 0; }
  return (size_t)item.argument;
}

static lap_value lap_read_value(lap_reader *in) {
  lap_value value = {LAP_NULL, 0, 0, {0, 0}};
  lap_item item = lap_head(in);
  switch (item.major) {
    case LAP_MAJOR_UINT: value.type = LAP_INT; value.integer = (int64_t)item.argument; value.real = (double)value.integer; break;
    case LAP_MAJOR_NEGATIVE: value.type = LAP_INT; value.integer = (int64_t)~item.argument; value.real = (double)value.integer; break;
    case LAP_MAJOR_BYTES: value.type = LAP_BYTES; value.str = lap_take(in, item.argument); break;
    case LAP_MAJOR_TEXT: value.type = LAP_TEXT; value.str = lap_take(in, item.argument); break;
    case LAP_MAJOR_TAG:
      value = lap_read_value(in);
      if (value.type != LAP_BYTES || item.argument != LAP_OPAQUE_TAG) in->bad = true;
      value.type = LAP_OPAQUE;
      break;
    case LAP_MAJOR_SIMPLE:
      if (item.info == 20 || item.info == 21) { value.type = LAP_BOOL; value.integer = item.info == 21; }
      else if (item.info == 27) { value.type = LAP_REAL; __builtin_memcpy(&value.real, &item.argument, 8); value.integer = 0; }
      else if (item.info != 22) in->bad = true;
      break;
    default: in->bad = true;
  }
  return value;
}

/* Passes over an item and all within it. */
static void lap_skip(lap_reader *in) {
  for (uint64_t left = 1; left && !in->bad; left--) {
    lap_item item = lap_head(in);
    if (item.major == LAP_MAJOR_BYTES || item.major == LAP_MAJOR_TEXT) lap_take(in, item.argument);
    else if (item.major == LAP_MAJOR_ARRAY) left += item.argument;
    else if (item.major == LAP_MAJOR_MAP) left += 2 * item.argument;
    else if (item.major == LAP_MAJOR_TAG) left++;
  }
}

static inline lap_value lap_null(void) { return (lap_value){LAP_NULL, 0, 0, {0, 0}}; }
static inline lap_value lap_bool(bool b) { return (lap_value){LAP_BOOL, b, 0, {0, 0}}; }
static inline lap_value lap_int(int64_t i) { return (lap_value){LAP_INT, i, (double)i, {0, 0}}; }
static inline lap_value lap_real(double r) { return (lap_value){LAP_REAL, 0, r, {0, 0}}; }
static inline lap_value lap_text(lap_str s) { return (lap_value){LAP_TEXT, 0, 0, s}; }
static inline lap_value lap_bytes(lap_str s) { return (lap_value){LAP_BYTES, 0, 0, s}; }

/* --- storage ------------------------------------------------------------------------------------------------- */

#define LAP_IMPORT(module, name) __attribute__((import_module(module), import_name(name)))
LAP_IMPORT("sql", "exec") int64_t lap_host_exec(const char *, size_t, const char *, size_t);
LAP_IMPORT("sql", "next") int64_t lap_host_next(int32_t, int32_t, char *, size_t);
LAP_IMPORT("sql", "close") int64_t lap_host_close(int32_t);
LAP_IMPORT("sql", "savepoint") int64_t lap_savepoint(void);
LAP_IMPORT("sql", "release") int64_t lap_release(void);
LAP_IMPORT("sql", "rollback") int64_t lap_rollback(void);
LAP_IMPORT("sql", "database_size") int64_t lap_database_size(void);
LAP_IMPORT("sql", "result") int64_t lap_host_result(char *, size_t);
LAP_IMPORT("kv", "get") int64_t lap_host_get(const char *, size_t, char *, size_t);
LAP_IMPORT("kv", "put") int64_t lap_host_put(const char *, size_t, const char *, size_t);
LAP_IMPORT("kv", "delete") int64_t lap_host_delete(const char *, size_t);
LAP_IMPORT("kv", "list") int64_t lap_host_list(const char *, size_t, char *, size_t);
LAP_IMPORT("kv", "delete_all") int64_t lap_delete_all(void);
LAP_IMPORT("kv", "get_alarm") int64_t lap_get_alarm(void);
LAP_IMPORT("kv", "set_alarm") int64_t lap_set_alarm(int64_t);
LAP_IMPORT("kv", "delete_alarm") int64_t lap_delete_alarm(void);

enum { LAP_ROOM = 16384 };

/* What the last call answered beyond the room it was given, such as the text of an error. */
static lap_str lap_message(void) {
  size_t size = (size_t)lap_host_result(0, 0);
  char *data = lap_alloc(size);
  lap_host_result(data, size);
  return (lap_str){data, size};
}

static lap_reader lap_result(char *room, int64_t size) {
  if (size < 0) return (lap_reader){0, 0, true};
  return lap_read(size <= LAP_ROOM ? (lap_str){room, (size_t)size} : lap_message());
}

/* Starts a statement. The rows are read with lap_next; a statement without rows needs no more. */
static int64_t lap_exec(lap_rows *rows, lap_str sql, const lap_value *args, size_t count) {
  lap_buf cbor = {0};
  lap_cbor_head(&cbor, LAP_MAJOR_ARRAY, count);
  for (size_t i = 0; i < count; i++) lap_cbor_value(&cbor, args[i]);
  int64_t cursor = lap_host_exec(sql.data, sql.size, cbor.data, cbor.size);
  lap_rows begun = {0, 0, (int32_t)cursor, {0, 0, cursor < 0}, 0};
  if (rows) *rows = begun;
  else if (cursor > 0) lap_host_close((int32_t)cursor);
  return cursor < 0 ? cursor : 0;
}

/* Comes to the next row; 0 where there is none, and the statement is closed then. */
static int64_t lap_next(lap_rows *rows) {
  if (rows->cursor <= 0) return rows->cursor;
  if (rows->rows_left == 0) {
    char *room = lap_alloc(LAP_ROOM);
    int64_t size = lap_host_next(rows->cursor, 256, room, LAP_ROOM);
    rows->batch = lap_result(room, size);
    rows->rows_left = size < 0 ? 0 : lap_count(&rows->batch, LAP_MAJOR_ARRAY);
    if (rows->rows_left == 0) {
      lap_host_close(rows->cursor);
      rows->cursor = size < 0 ? (int32_t)size : 0;
      return rows->cursor;
    }
  }
  rows->rows_left--;
  rows->count = lap_count(&rows->batch, LAP_MAJOR_ARRAY);
  lap_value *values = lap_alloc(rows->count * sizeof(lap_value));
  for (size_t i = 0; i < rows->count; i++) values[i] = lap_read_value(&rows->batch);
  rows->values = values;
  return 1;
}

/* 1 and the value, or 0 where there is none. */
static int64_t lap_get(lap_str key, lap_value *value) {
  char *room = lap_alloc(LAP_ROOM);
  int64_t size = lap_host_get(key.data, key.size, room, LAP_ROOM);
  if (size <= 0) return size;
  lap_reader in = lap_result(room, size);
  *value = lap_read_value(&in);
  return 1;
}

static int64_t lap_put(lap_str key, lap_value value) {
  lap_buf cbor = {0};
  lap_cbor_value(&cbor, value);
  return lap_host_put(key.data, key.size, cbor.data, cbor.size);
}

static int64_t lap_delete(lap_str key) { return lap_host_delete(key.data, key.size); }

/* Some of the pairs whose keys begin so and come after another key (of size 0: all); their number, 0 at the end. */
static int64_t lap_list(lap_str prefix, lap_str after, const lap_str **keys, const lap_value **values) {
  lap_buf options = {0};
  lap_cbor_head(&options, LAP_MAJOR_MAP, after.size ? 2 : 1);
  lap_cbor_text(&options, LAP("prefix"));
  lap_cbor_text(&options, prefix);
  if (after.size) { lap_cbor_text(&options, LAP("startAfter")); lap_cbor_text(&options, after); }
  char *room = lap_alloc(LAP_ROOM);
  int64_t size = lap_host_list(options.data, options.size, room, LAP_ROOM);
  if (size < 0) return size;
  lap_reader in = lap_result(room, size);
  size_t count = lap_count(&in, LAP_MAJOR_ARRAY);
  lap_str *names = lap_alloc(count * sizeof *names);
  lap_value *found = lap_alloc(count * sizeof *found);
  for (size_t i = 0; i < count; i++) {
    lap_count(&in, LAP_MAJOR_ARRAY);
    names[i] = lap_read_value(&in).str;
    found[i] = lap_read_value(&in);
  }
  *keys = names;
  *values = found;
  return (int64_t)count;
}

/* --- effects ------------------------------------------------------------------------------------------------- */

static lap_buf lap_effects;
static uint32_t lap_effect_count;

static void lap_effect(int keys, lap_str type) {
  lap_effect_count++;
  lap_cbor_head(&lap_effects, LAP_MAJOR_MAP, (uint64_t)keys);
  lap_cbor_text(&lap_effects, LAP("type"));
  lap_cbor_text(&lap_effects, type);
}

static void lap_key_int(lap_str key, int64_t value) { lap_cbor_text(&lap_effects, key); lap_cbor_int(&lap_effects, value); }
static void lap_key_text(lap_str key, lap_str value) { lap_cbor_text(&lap_effects, key); lap_cbor_text(&lap_effects, value); }

static void lap_reply_with(int64_t id, int status, const lap_header *headers, size_t count, lap_str body) {
  lap_effect(5, LAP("reply"));
  lap_key_int(LAP("id"), id);
  lap_key_int(LAP("status"), status);
  lap_cbor_text(&lap_effects, LAP("headers"));
  lap_cbor_head(&lap_effects, LAP_MAJOR_ARRAY, count);
  for (size_t i = 0; i < count; i++) {
    lap_cbor_head(&lap_effects, LAP_MAJOR_ARRAY, 2);
    lap_cbor_text(&lap_effects, headers[i].name);
    lap_cbor_text(&lap_effects, headers[i].value);
  }
  lap_cbor_text(&lap_effects, LAP("body"));
  lap_cbor_str(&lap_effects, LAP_MAJOR_BYTES, body);
}

static inline void lap_reply(int64_t id, int status, lap_str content_type, lap_str body) {
  lap_header header = {LAP("content-type"), content_type};
  lap_reply_with(id, status, &header, content_type.size ? 1 : 0, body);
}

/* Answers a fetch or an alarm with a failure; for a facet that cannot start, with id 0. */
static inline void lap_fail(int64_t id, lap_str message) {
  lap_effect(3, LAP("failure"));
  lap_key_int(LAP("id"), id);
  lap_key_text(LAP("message"), message);
}

static inline void lap_done(int64_t id) { lap_effect(2, LAP("done")); lap_key_int(LAP("id"), id); }
static inline void lap_cancel_timer(int64_t id) { lap_effect(2, LAP("cancelTimer")); lap_key_int(LAP("id"), id); }

static inline void lap_start_timer(int64_t id, int32_t delay) {
  lap_effect(3, LAP("startTimer"));
  lap_key_int(LAP("id"), id);
  lap_key_int(LAP("delay"), delay);
}

static inline void lap_log(lap_level level, lap_str message) {
  static const lap_str words[] = {{"debug", 5}, {"log", 3}, {"info", 4}, {"warn", 4}, {"error", 5}};
  lap_effect(3, LAP("log"));
  lap_key_text(LAP("level"), words[level]);
  lap_key_text(LAP("message"), message);
}

/* --- the contract's exports ---------------------------------------------------------------------------------- */

__attribute__((export_name("abi"))) int32_t lap_export_abi(void) { return 1; }

__attribute__((export_name("alloc"))) void *lap_export_alloc(size_t size) {
  lap_top = 0;
  return lap_alloc(size);
}

static void lap_read_headers(lap_reader *in, lap_request *request) {
  request->header_count = lap_count(in, LAP_MAJOR_ARRAY);
  request->headers = lap_alloc(request->header_count * sizeof(lap_header));
  for (size_t i = 0; i < request->header_count; i++) {
    lap_count(in, LAP_MAJOR_ARRAY);
    request->headers[i].name = lap_read_value(in).str;
    request->headers[i].value = lap_read_value(in).str;
  }
}

__attribute__((export_name("turn"))) int64_t lap_export_turn(const char *event, size_t size) {
  lap_effects = (lap_buf){0};
  lap_effect_count = 0;
  lap_extend(&lap_effects, 5); /* an array's head, filled in below */
  lap_reader in = lap_read((lap_str){event, size});
  lap_str type = {0, 0};
  lap_request request = {0};
  lap_facet facet = {0};
  int64_t scheduled = 0, retry = 0;
  for (size_t left = lap_count(&in, LAP_MAJOR_MAP); left; left--) {
    lap_str key = lap_read_value(&in).str;
    if (lap_equal(key, LAP("type"))) type = lap_read_value(&in).str;
    else if (lap_equal(key, LAP("time"))) request.time = facet.time = lap_read_value(&in).integer;
    else if (lap_equal(key, LAP("id"))) request.id = lap_read_value(&in).integer;
    else if (lap_equal(key, LAP("method"))) request.method = lap_read_value(&in).str;
    else if (lap_equal(key, LAP("url"))) request.url = lap_read_value(&in).str;
    else if (lap_equal(key, LAP("headers"))) lap_read_headers(&in, &request);
    else if (lap_equal(key, LAP("body"))) request.body = lap_read_value(&in).str;
    else if (lap_equal(key, LAP("objectId"))) facet.object_id = lap_read_value(&in).str;
    else if (lap_equal(key, LAP("objectName"))) facet.object_name = lap_read_value(&in).str;
    else if (lap_equal(key, LAP("class"))) facet.class_name = lap_read_value(&in).str;
    else if (lap_equal(key, LAP("scheduled"))) scheduled = lap_read_value(&in).integer;
    else if (lap_equal(key, LAP("retry"))) retry = lap_read_value(&in).integer;
    else lap_skip(&in);
  }
  if (in.bad) __builtin_trap();
  if (lap_equal(type, LAP("fetch"))) lap_fetch(&request);
  else if (lap_equal(type, LAP("start")) && lap_start) lap_start(&facet);
  else if (lap_equal(type, LAP("timer")) && lap_timer) lap_timer(request.id);
  else if (lap_equal(type, LAP("alarm"))) { if (lap_alarm) lap_alarm(request.id, scheduled, retry); else lap_done(request.id); }
  lap_effects.data[0] = (char)0x9A;
  for (int i = 0; i < 4; i++) lap_effects.data[1 + i] = (char)(lap_effect_count >> (24 - 8 * i));
  return (int64_t)((uint64_t)(uintptr_t)lap_effects.data << 32 | lap_effects.size);
}

#endif
