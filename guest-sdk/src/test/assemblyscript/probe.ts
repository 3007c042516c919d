// Uses what the counter sample does not. ../c/probe.c does the same.

import { cancelTimer, fail, Kind, kv, log, now, onAlarm, onFetch, onTimer, Request, sql, startTimer, utf8, Value } from "../../main/assemblyscript";

export { abi, alloc, turn } from "../../main/assemblyscript";

let waiting: Request = new Request();

function reply(request: Request, body: string): void {
  request.reply(200, "text/plain", utf8(body));
}

onTimer((id) => reply(waiting, id == -7 ? "timer" : "another"));

onAlarm((alarm) => {
  kv.put("rang", Value.of(alarm.scheduled + alarm.retry));
  alarm.done();
});

onFetch((request) => {
  const what = request.url.substring(request.url.lastIndexOf("/") + 1);
  if (what == "values") values(request);
  else if (what == "many") many(request);
  else if (what == "copy") {
    const value = kv.get("opaque");
    assert(value != null && value.kind == Kind.Opaque, "not opaque");
    kv.put("copy", value!);
    reply(request, "copied");
  } else if (what == "error") {
    const rows = sql.attempt("SELECT missing");
    reply(request, rows.code.toString() + " " + rows.message);
  } else if (what == "savepoint") {
    kv.put("s", Value.of(1));
    sql.savepoint();
    kv.put("s", Value.of(2));
    sql.rollback();
    reply(request, kv.get("s")!.int == 1 ? "undone" : "kept");
  } else if (what == "alarm") {
    let right = kv.alarm() == 0;
    kv.setAlarm(4000000000000);
    right = right && kv.alarm() == 4000000000000;
    kv.removeAlarm();
    reply(request, right && kv.alarm() == 0 ? "right" : "wrong");
  } else if (what == "ring") {
    kv.setAlarm(now);
    reply(request, now.toString());
  } else if (what == "rang") {
    const time = kv.get("rang");
    reply(request, time == null ? "0" : time.int.toString());
  } else if (what == "timer") {
    waiting = request;
    startTimer(-7, 1);
    startTimer(8, 1);
    cancelTimer(8);
  } else if (what == "fail") {
    log("about to fail", "warn");
    fail(request.id, "on purpose");
  } else if (what == "trap") {
    kv.put("s", Value.of(9));
    throw new Error("thrown");
  } else {
    request.replyWith(201, [["x-first", request.headers[0][1]], ["x-method", request.method]], request.body);
  }
});

function values(request: Request): void {
  const blob = new Uint8Array(2);
  blob[1] = 255;
  const rows = sql.exec("SELECT ?, ?, ?, ?, ?", [Value.NULL, Value.of(i64.MIN_VALUE), Value.ofReal(-1.5), Value.ofText("é𝄞"), Value.ofBytes(blob)]);
  assert(rows.columns.length == 5, "five columns");
  const row = rows.next()!;
  const end = rows.next() == null && rows.next() == null ? "0" : "1";
  const out = [row[0].kind.toString(), row[1].int.toString(), (<i64>(row[2].real * 2)).toString(), row[3].text, (row[4].bytes.length * row[4].bytes[1]).toString(), end];
  reply(request, out.join(" "));
}

function many(request: Request): void {
  const rows = sql.exec("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i, hex(zeroblob(20)) FROM n");
  let sum: i64 = 0;
  for (let row = rows.next(); row != null; row = rows.next()) {
    sum += row[0].int + row[1].text.length;
  }
  reply(request, sum.toString());
}
