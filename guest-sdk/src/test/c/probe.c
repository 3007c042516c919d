/* Uses what the counter sample does not. ../assemblyscript/probe.ts does the same. */
#include "lapidary.h"

static int64_t waiting;

static lap_str last_segment(lap_str url) {
  size_t start = url.size;
  while (start && url.data[start - 1] != '/') start--;
  return (lap_str){url.data + start, url.size - start};
}

static void text(int64_t id, lap_str body) { lap_reply(id, 200, LAP("text/plain"), body); }

static void values(int64_t id) {
  lap_value args[] = {lap_null(), lap_int(INT64_MIN), lap_real(-1.5), lap_text(LAP("é𝄞")), lap_bytes((lap_str){"\0\377", 2})};
  lap_rows rows;
  lap_buf out = {0};
  if (lap_exec(&rows, LAP("SELECT ?, ?, ?, ?, ?"), args, 5) < 0 || lap_next(&rows) != 1) return lap_fail(id, lap_message());
  lap_add_decimal(&out, rows.values[0].type);
  lap_add(&out, LAP(" "));
  lap_add_decimal(&out, rows.values[1].integer);
  lap_add(&out, LAP(" "));
  lap_add_decimal(&out, (int64_t)(rows.values[2].real * 2));
  lap_add(&out, LAP(" "));
  lap_add(&out, rows.values[3].str);
  lap_add(&out, LAP(" "));
  lap_add_decimal(&out, (int64_t)rows.values[4].str.size * (uint8_t)rows.values[4].str.data[1]);
  lap_add(&out, LAP(" "));
  lap_add_decimal(&out, lap_next(&rows) + lap_next(&rows));
  text(id, lap_view(&out));
}

static void many(int64_t id) {
  lap_rows rows;
  lap_buf out = {0};
  int64_t sum = 0, more;
  lap_str sql = LAP("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i, hex(zeroblob(20)) FROM n");
  if (lap_exec(&rows, sql, 0, 0) < 0) return lap_fail(id, lap_message());
  while ((more = lap_next(&rows)) == 1) sum += rows.values[0].integer + (int64_t)rows.values[1].str.size;
  lap_add_decimal(&out, more + sum);
  text(id, lap_view(&out));
}

static void copy(int64_t id) {
  lap_value value;
  if (lap_get(LAP("opaque"), &value) != 1 || value.type != LAP_OPAQUE) return lap_fail(id, LAP("not opaque"));
  if (lap_put(LAP("copy"), value) < 0) return lap_fail(id, lap_message());
  text(id, LAP("copied"));
}

static void error(int64_t id) {
  lap_buf out = {0};
  lap_add_decimal(&out, lap_exec(0, LAP("SELECT missing"), 0, 0));
  lap_add(&out, LAP(" "));
  lap_add(&out, lap_message());
  text(id, lap_view(&out));
}

static void savepoint(int64_t id) {
  lap_value value;
  lap_put(LAP("s"), lap_int(1));
  lap_savepoint();
  lap_put(LAP("s"), lap_int(2));
  lap_rollback();
  lap_get(LAP("s"), &value);
  text(id, value.integer == 1 && lap_release() == -21 ? LAP("undone") : LAP("kept"));
}

static void alarm_value(int64_t id) {
  bool right = lap_get_alarm() == 0 && lap_set_alarm(4000000000000) == 0 && lap_get_alarm() == 4000000000000 && lap_delete_alarm() == 0 && lap_get_alarm() == 0;
  text(id, right && lap_set_alarm(-1) == -21 ? LAP("right") : LAP("wrong"));
}

void lap_alarm(int64_t id, int64_t scheduled, int64_t retry) {
  lap_put(LAP("rang"), lap_int(scheduled + retry));
  lap_done(id);
}

static void rang(int64_t id) {
  lap_value value = lap_int(0);
  lap_buf out = {0};
  lap_get(LAP("rang"), &value);
  lap_add_decimal(&out, value.integer);
  text(id, lap_view(&out));
}

static void ring(int64_t id, int64_t time) {
  lap_buf out = {0};
  lap_set_alarm(time);
  lap_add_decimal(&out, time);
  text(id, lap_view(&out));
}

void lap_timer(int64_t id) { text(waiting, id == -7 ? LAP("timer") : LAP("another")); }

void lap_fetch(const lap_request *request) {
  lap_str what = last_segment(request->url);
  int64_t id = request->id;
  if (lap_equal(what, LAP("values"))) values(id);
  else if (lap_equal(what, LAP("many"))) many(id);
  else if (lap_equal(what, LAP("copy"))) copy(id);
  else if (lap_equal(what, LAP("error"))) error(id);
  else if (lap_equal(what, LAP("savepoint"))) savepoint(id);
  else if (lap_equal(what, LAP("alarm"))) alarm_value(id);
  else if (lap_equal(what, LAP("ring"))) ring(id, request->time);
  else if (lap_equal(what, LAP("rang"))) rang(id);
  else if (lap_equal(what, LAP("timer"))) { waiting = id; lap_start_timer(-7, 1); lap_start_timer(8, 1); lap_cancel_timer(8); }
  else if (lap_equal(what, LAP("fail"))) { lap_log(LAP_WARN, LAP("about to fail")); lap_fail(id, LAP("on purpose")); }
  else if (lap_equal(what, LAP("trap"))) { lap_put(LAP("s"), lap_int(9)); __builtin_trap(); }
  else {
    lap_header headers[] = {{LAP("x-first"), request->headers[0].value}, {LAP("x-method"), request->method}};
    lap_reply_with(id, 201, headers, 2, request->body);
  }
}
