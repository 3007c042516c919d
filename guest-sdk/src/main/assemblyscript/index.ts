// Facets in AssemblyScript: a binding of host-abi/ABI.md, version 1. An app registers its handlers at its top level
// and re-exports `abi`, `alloc` and `turn`; examples/counter-as/asconfig.json shows the compiler's options. An error of the storage, or any other that is thrown, is written to the
// log and traps: the turn's writes are undone. `sql.attempt` answers it instead.

import { decode, encode, Reader, Value, Writer } from "./cbor";

export { Kind, Value } from "./cbor";
export { encode as utf8, decode as text } from "./cbor";

// @ts-ignore: decorator
@external("sql", "exec") declare function hostExec(sql: usize, sqlSize: i32, args: usize, argsSize: i32): i64;
// @ts-ignore: decorator
@external("sql", "columns") declare function hostColumns(cursor: i32, out: usize, cap: i32): i64;
// @ts-ignore: decorator
@external("sql", "next") declare function hostNext(cursor: i32, rows: i32, out: usize, cap: i32): i64;
// @ts-ignore: decorator
@external("sql", "close") declare function hostClose(cursor: i32): i64;
// @ts-ignore: decorator
@external("sql", "savepoint") declare function hostSavepoint(): i64;
// @ts-ignore: decorator
@external("sql", "release") declare function hostRelease(): i64;
// @ts-ignore: decorator
@external("sql", "rollback") declare function hostRollback(): i64;
// @ts-ignore: decorator
@external("sql", "database_size") declare function hostDatabaseSize(): i64;
// @ts-ignore: decorator
@external("sql", "result") declare function hostResult(out: usize, cap: i32): i64;
// @ts-ignore: decorator
@external("kv", "get") declare function hostGet(key: usize, keySize: i32, out: usize, cap: i32): i64;
// @ts-ignore: decorator
@external("kv", "put") declare function hostPut(key: usize, keySize: i32, value: usize, valueSize: i32): i64;
// @ts-ignore: decorator
@external("kv", "delete") declare function hostDelete(key: usize, keySize: i32): i64;
// @ts-ignore: decorator
@external("kv", "list") declare function hostList(options: usize, optionsSize: i32, out: usize, cap: i32): i64;
// @ts-ignore: decorator
@external("kv", "delete_all") declare function hostDeleteAll(): i64;
// @ts-ignore: decorator
@external("kv", "get_alarm") declare function hostGetAlarm(): i64;
// @ts-ignore: decorator
@external("kv", "set_alarm") declare function hostSetAlarm(time: i64): i64;
// @ts-ignore: decorator
@external("kv", "delete_alarm") declare function hostDeleteAlarm(): i64;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_write") declare function fdWrite(file: i32, vectors: usize, count: i32, written: usize): i32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "random_get") declare function randomGet(out: usize, size: i32): i32;

const ROOM: i32 = 16384;
const room: Uint8Array = new Uint8Array(ROOM);

/** What the host holds: a result beyond the room, or the text of an error. */
function held(): Uint8Array {
  const bytes = new Uint8Array(<i32>hostResult(0, 0));
  hostResult(bytes.dataStart, bytes.length);
  return bytes;
}

function result(size: i64): Reader {
  checked(size);
  return new Reader(size <= ROOM ? room.slice(0, <i32>size) : held());
}

function checked(answer: i64): i64 {
  if (answer < 0) {
    throw new Error(decode(held()));
  }
  return answer;
}

/** The rows of a statement, read in batches. */
export class Rows {
  private batch: Reader = new Reader(new Uint8Array(0));
  private left: i32 = 0;

  /** @param code the negative SQLite result code of an error, else 0 */
  constructor(private cursor: i32, readonly code: i32, readonly message: string) {}

  get columns(): string[] {
    const reader = result(hostColumns(this.cursor, room.dataStart, ROOM));
    const names: string[] = [];
    for (let left = reader.array(); left > 0; left--) {
      names.push(reader.text());
    }
    return names;
  }

  /** The next row; null where there is none, and the statement is closed then. */
  next(): Value[] | null {
    if (this.left == 0) {
      if (this.cursor <= 0) {
        return null;
      }
      this.batch = result(hostNext(this.cursor, 256, room.dataStart, ROOM));
      this.left = this.batch.array();
      if (this.left == 0) {
        this.close();
        return null;
      }
    }
    this.left--;
    const values: Value[] = [];
    for (let left = this.batch.array(); left > 0; left--) {
      values.push(this.batch.value());
    }
    return values;
  }

  close(): void {
    if (this.cursor > 0) {
      checked(hostClose(this.cursor));
      this.cursor = 0;
      this.left = 0;
    }
  }
}

export namespace sql {
  /** Runs one statement or several; `args` are for the last. */
  export function exec(statement: string, args: Value[] = []): Rows {
    const rows = attempt(statement, args);
    if (rows.code < 0) {
      throw new Error(rows.message);
    }
    return rows;
  }

  /** The same, but answers an error in `code` and `message`. */
  export function attempt(statement: string, args: Value[] = []): Rows {
    const writer = new Writer().array(args.length);
    for (let i = 0; i < args.length; i++) {
      writer.value(args[i]);
    }
    const text = encode(statement);
    const values = writer.bytes;
    const cursor = hostExec(text.dataStart, text.length, values.dataStart, values.length);
    return cursor < 0 ? new Rows(0, <i32>cursor, decode(held())) : new Rows(<i32>cursor, 0, "");
  }

  export function savepoint(): void {
    checked(hostSavepoint());
  }
  export function release(): void {
    checked(hostRelease());
  }
  export function rollback(): void {
    checked(hostRollback());
  }
  export function databaseSize(): i64 {
    return checked(hostDatabaseSize());
  }
}

export class Pair {
  constructor(readonly key: string, readonly value: Value) {}
}

export namespace kv {
  export function get(key: string): Value | null {
    const name = encode(key);
    const size = checked(hostGet(name.dataStart, name.length, room.dataStart, ROOM));
    return size == 0 ? null : result(size).value();
  }

  export function put(key: string, value: Value): void {
    const name = encode(key);
    const bytes = new Writer().value(value).bytes;
    checked(hostPut(name.dataStart, name.length, bytes.dataStart, bytes.length));
  }

  /** Whether there was such a key. */
  export function remove(key: string): bool {
    const name = encode(key);
    return checked(hostDelete(name.dataStart, name.length)) == 1;
  }

  /** Some of the pairs whose keys begin so and come after another key; empty at the end. */
  export function list(prefix: string = "", after: string = ""): Pair[] {
    const options = new Writer().map(after.length == 0 ? 1 : 2).text("prefix").text(prefix);
    if (after.length > 0) {
      options.text("startAfter").text(after);
    }
    const bytes = options.bytes;
    const reader = result(hostList(bytes.dataStart, bytes.length, room.dataStart, ROOM));
    const pairs: Pair[] = [];
    for (let left = reader.array(); left > 0; left--) {
      reader.array();
      const key = reader.text();
      pairs.push(new Pair(key, reader.value()));
    }
    return pairs;
  }

  export function removeAll(): void {
    checked(hostDeleteAll());
  }
  /** When the alarm is due, in milliseconds since 1970; 0 where none is set. */
  export function alarm(): i64 {
    return checked(hostGetAlarm());
  }
  export function setAlarm(time: i64): void {
    checked(hostSetAlarm(time));
  }
  export function removeAlarm(): void {
    checked(hostDeleteAlarm());
  }
}

let effects: Writer = new Writer();
let effectCount: i32 = 0;
/** The turn's effects, kept until the host has read them. */
let answer: Uint8Array = new Uint8Array(0);
let incoming: ArrayBuffer = new ArrayBuffer(1);

function effect(keys: i32, type: string): Writer {
  effectCount++;
  return effects.map(keys).text("type").text(type);
}

/** The turn's time, in milliseconds since 1970. */
export let now: i64 = 0;

export function log(message: string, level: string = "log"): void {
  effect(3, "log").text("level").text(level).text("message").text(message);
}
export function startTimer(id: i64, delay: i32): void {
  effect(3, "startTimer").text("id").int(id).text("delay").int(delay);
}
export function cancelTimer(id: i64): void {
  effect(2, "cancelTimer").text("id").int(id);
}
/** Answers a fetch or an alarm with a failure; for a facet that cannot start, with id 0. */
export function fail(id: i64, message: string): void {
  effect(3, "failure").text("id").int(id).text("message").text(message);
}

export class Facet {
  objectId: string = "";
  objectName: string = "";
  className: string = "";
}

export class Request {
  id: i64 = 0;
  method: string = "";
  url: string = "";
  headers: string[][] = [];
  body: Uint8Array = new Uint8Array(0);

  /** The url's path, without query. */
  get path(): string {
    const authority = this.url.indexOf("://") + 3;
    const start = this.url.indexOf("/", authority);
    let end = this.url.indexOf("?", start);
    if (end < 0) {
      end = this.url.indexOf("#", start);
    }
    return start < 0 ? "/" : this.url.substring(start, end < 0 ? this.url.length : end);
  }

  /** The first header of a name in lower case; null where there is none. */
  header(name: string): string | null {
    for (let i = 0; i < this.headers.length; i++) {
      if (this.headers[i][0] == name) {
        return this.headers[i][1];
      }
    }
    return null;
  }

  reply(status: i32, contentType: string = "", body: Uint8Array = new Uint8Array(0)): void {
    this.replyWith(status, contentType.length == 0 ? [] : [["content-type", contentType]], body);
  }

  replyWith(status: i32, headers: string[][], body: Uint8Array): void {
    const out = effect(5, "reply").text("id").int(this.id).text("status").int(status).text("headers").array(headers.length);
    for (let i = 0; i < headers.length; i++) {
      out.array(2).text(headers[i][0]).text(headers[i][1]);
    }
    out.text("body").bytesOf(body);
  }
}

export class Alarm {
  id: i64 = 0;
  /** When it was due, in milliseconds since 1970. */
  scheduled: i64 = 0;
  retry: i32 = 0;

  /** The alarm is over. */
  done(): void {
    effect(2, "done").text("id").int(this.id);
  }
}

let startHandler: (facet: Facet) => void = (facet: Facet): void => {};
let fetchHandler: (request: Request) => void = (request: Request): void => request.reply(404);
let timerHandler: (id: i64) => void = (id: i64): void => {};
let alarmHandler: (alarm: Alarm) => void = (alarm: Alarm): void => alarm.done();

export function onStart(handler: (facet: Facet) => void): void {
  startHandler = handler;
}
export function onFetch(handler: (request: Request) => void): void {
  fetchHandler = handler;
}
export function onTimer(handler: (id: i64) => void): void {
  timerHandler = handler;
}
export function onAlarm(handler: (alarm: Alarm) => void): void {
  alarmHandler = handler;
}

// What the contract asks for; apps re-export these three.

export function abi(): i32 {
  return 1;
}

export function alloc(size: i32): usize {
  incoming = new ArrayBuffer(size);
  return changetype<usize>(incoming);
}

export function turn(event: usize, size: i32): i64 {
  effects = new Writer();
  effectCount = 0;
  dispatch(new Reader(Uint8Array.wrap(incoming, 0, size)));
  const list = new Writer().array(effectCount).bytes;
  const items = effects.bytes;
  answer = new Uint8Array(list.length + items.length);
  answer.set(list);
  answer.set(items, list.length);
  return (<i64>answer.dataStart << 32) | answer.length;
}

function dispatch(reader: Reader): void {
  let type = "";
  const facet = new Facet();
  const request = new Request();
  const alarm = new Alarm();
  for (let left = reader.map(); left > 0; left--) {
    const key = reader.text();
    if (key == "type") type = reader.text();
    else if (key == "time") now = reader.int();
    else if (key == "id") request.id = alarm.id = reader.int();
    else if (key == "method") request.method = reader.text();
    else if (key == "url") request.url = reader.text();
    else if (key == "headers") request.headers = readHeaders(reader);
    else if (key == "body") request.body = reader.bytes();
    else if (key == "objectId") facet.objectId = reader.text();
    else if (key == "objectName") facet.objectName = reader.text();
    else if (key == "class") facet.className = reader.text();
    else if (key == "scheduled") alarm.scheduled = reader.int();
    else if (key == "retry") alarm.retry = <i32>reader.int();
    else reader.skip();
  }
  if (type == "fetch") fetchHandler(request);
  else if (type == "start") startHandler(facet);
  else if (type == "timer") timerHandler(request.id);
  else if (type == "alarm") alarmHandler(alarm);
}

function readHeaders(reader: Reader): string[][] {
  const headers: string[][] = [];
  for (let left = reader.array(); left > 0; left--) {
    reader.array();
    const name = reader.text();
    headers.push([name, reader.text()]);
  }
  return headers;
}

/** Random bytes from the facet's own seed, at most 65,536. */
export function random(size: i32): Uint8Array {
  const bytes = new Uint8Array(size);
  if (randomGet(bytes.dataStart, size) != 0) {
    throw new Error("too many random bytes at once");
  }
  return bytes;
}

/** What the compiler calls for an error that is thrown: see `use` in asconfig.json. */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  const text = (message == null ? "abort" : message) + " (" + (file == null ? "" : file) + ":" + line.toString() + ":" + column.toString() + ")\n";
  const utf8 = String.UTF8.encode(text);
  const vector = memory.data(12, 4);
  store<u32>(vector, <u32>changetype<usize>(utf8));
  store<u32>(vector, utf8.byteLength, 4);
  fdWrite(2, vector, 1, vector + 8);
  unreachable();
}

/** What `Math.random` is seeded with. */
export function seed(): f64 {
  const bits = memory.data(8, 8);
  randomGet(bits, 8);
  return reinterpret<f64>(load<u64>(bits));
}
