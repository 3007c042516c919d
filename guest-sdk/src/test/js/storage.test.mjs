import assert from "node:assert/strict";
import { test } from "node:test";
import { Guest, run } from "./harness.mjs";

/** Evaluates expressions in a guest; each gives its JSON value or "Name: message". */
async function each(cases, before) {
  const body = `const o = []; for (const f of [${cases.map(([code]) => `async () => (${code})`).join(",\n")}])
    { try { const v = await f(); o.push(v === undefined ? "undefined" : v); } catch (e) { o.push(e.name + ": " + e.message); } } return o;`;
  const { value, guest } = await run(body, { before, prelude: "const s = () => 0;" });
  for (const [i, [code, expected]] of cases.entries()) assert.deepEqual(value[i], expected, code);
  return guest;
}

const answers = (guest) => {
  guest.sqlAnswers.set("none", { columns: ["a"], rows: [] });
  guest.sqlAnswers.set("one", { columns: ["a", "b"], rows: [[1, "x"]] });
  guest.sqlAnswers.set("dup", { columns: ["a", "a"], rows: [[1, 2]] });
  guest.sqlAnswers.set("two", { columns: ["a"], rows: [[1], [2]], rowsWritten: 3 });
  guest.sqlAnswers.set("three", { columns: ["a"], rows: [[1], [2], [3]] });
  guest.sqlAnswers.set("bad", new Error("no such table: nope: SQLITE_ERROR"));
};

test("the SQL cursor behaves as on Workers", async () => {
  const guest = await each([
    ["storage.sql.exec('two').toArray()", [{ a: 1 }, { a: 2 }]],
    ["(() => { const c = storage.sql.exec('two'); return [c.toArray().length, c.toArray(), c.next()] })()", [2, [], { done: true }]],
    ["storage.sql.exec('one').one()", { a: 1, b: "x" }],
    ["storage.sql.exec('none').one()", "Error: Expected exactly one result from SQL query, but got no results."],
    ["storage.sql.exec('two').one()", "Error: Expected exactly one result from SQL query, but got multiple results."],
    ["[...storage.sql.exec('two')]", [{ a: 1 }, { a: 2 }]],
    ["[...storage.sql.exec('dup').raw()]", [[1, 2]]],
    ["(() => { const c = storage.sql.exec('three'); const r = c.raw(); return [r.next(), r.toArray(), r.next(), c.toArray()] })()",
      [{ done: false, value: [1] }, [[2], [3]], { done: true }, []]],
    ["(() => { const c = storage.sql.exec('dup'); return [c.one(), c.columnNames] })()", [{ a: 2 }, ["a", "a"]]],
    ["(() => { const c = storage.sql.exec('two'); return [String(c), c.rowsWritten, c instanceof storage.sql.Cursor] })()", ["[object Cursor]", 3, true]],
    ["storage.sql.exec('bad')", "Error: no such table: nope: SQLITE_ERROR"],
    ["storage.sql.exec()", "TypeError: Failed to execute 'exec' on 'SqlStorage': parameter 1 is not of type 'String'."],
    ["storage.sql.exec('one', 1n)", "TypeError: Cannot convert a BigInt value to a number"],
    ["storage.sql.exec('one', Symbol('x'))", "TypeError: Cannot convert a Symbol value to a string"],
    ["storage.sql.databaseSize", 8192],
    ["new storage.sql.constructor()", "TypeError: Illegal constructor"],
    ["storage.sql.exec('bind', 1, 'x', null, undefined, true, {}, new Uint8Array([1,2,3]).subarray(1), new Date(0) && [1,2]).toArray()", []],
  ], answers);
  const [, bound] = guest.sqlCalls.at(-1);
  assert.deepEqual(bound.slice(0, 6), [1, "x", null, null, "true", "[object Object]"]);
  assert.deepEqual([...new Uint8Array(bound[6])], [2, 3]);
  assert.equal(bound[7], "1,2");
});

test("bookmarks take the arguments that Workers take", async () => {
  const noDate = "TypeError: Failed to execute 'getBookmarkForTime' on 'DurableObjectStorage': parameter 1 is not of type 'date'.";
  await each([
    ["storage.getCurrentBookmark()", "b0"],
    ["storage.getBookmarkForTime(1.9)", "t1"],
    ["storage.getBookmarkForTime(new Date(5))", "t5"],
    ["storage.getBookmarkForTime()", noDate],
    ["storage.getBookmarkForTime(null)", noDate],
    ["storage.getBookmarkForTime('2020-01-01')", noDate],
    ["storage.getBookmarkForTime(1n)", noDate],
    ["storage.getBookmarkForTime(NaN)", "TypeError: The value cannot be converted because it is not a valid Date."],
    ["storage.onNextSessionRestoreBookmark('x')", "undo x"],
    ["storage.onNextSessionRestoreBookmark(5)", "undo 5"],
    ["storage.onNextSessionRestoreBookmark()", "TypeError: Failed to execute 'onNextSessionRestoreBookmark' on 'DurableObjectStorage': parameter 1 is not of type 'string'."],
  ]);
});

test("kv and its list behave as on Workers", async () => {
  await each([
    ["storage.kv.get()", "TypeError: Failed to execute 'get' on 'SyncKvStorage': parameter 1 is not of type 'string'."],
    ["storage.kv.put('a')", "TypeError: Failed to execute 'put' on 'SyncKvStorage': parameter 2 is not of type 'Value'."],
    ["[storage.kv.put('a', undefined), storage.kv.get('a') ?? 'u', storage.kv.delete('a'), storage.kv.delete('a')]", [null, "u", true, false]],
    ["storage.kv.put('a', () => 1)", "DataCloneError: () => 1 could not be cloned."],
    ["storage.kv.put('a', {f() {}})", "DataCloneError: f() {} could not be cloned."],
    ["storage.kv.put('a', Symbol('q'))", "DataCloneError: Symbol(q) could not be cloned."],
    ["storage.kv.put('a', new WeakMap())", "DataCloneError: #<WeakMap> could not be cloned."],
    ["storage.kv.put('a', Promise.resolve())", "DataCloneError: #<Promise> could not be cloned."],
    ["storage.kv.put('a', (function*(){})())", "DataCloneError: [object Generator] could not be cloned."],
    ["storage.kv.put('a', new URL('http://a'))", 'DataCloneError: Could not serialize object of type "URL". This type does not support serialization.'],
    ["storage.kv.put('a', ctx)", 'DataCloneError: Could not serialize object of type "DurableObjectState". This type does not support serialization.'],
    ["storage.kv.put('a', {get x() { throw new RangeError('gg') }})", "RangeError: gg"],
    ["(() => { class A { constructor() { this.x = 1 } get y() { return 2 } } storage.kv.put('a', new A()); const v = storage.kv.get('a'); return [v, v.constructor === Object] })()", [{ x: 1 }, true]],
    ["(() => { const e = new RangeError('q', {cause: {a: 1}}); e.extra = 1; storage.kv.put('a', e); const g = storage.kv.get('a'); return [g.name, g.message, g.cause, g.extra, typeof g.stack, g instanceof RangeError] })()", ["RangeError", "q", { a: 1 }, 1, "string", true]],
    ["(() => { storage.kv.put('a', new DOMException('x', 'AbortError')); const g = storage.kv.get('a'); return [g.name, g.message, g.code, g instanceof DOMException] })()", ["AbortError", "x", 20, true]],
    ["(() => { storage.kv.put('o', {}); return storage.kv.get('o') === storage.kv.get('o') })()", false],
    ["(() => { storage.kv.put(5, 'x'); return [storage.kv.get('5'), storage.kv.delete(5)] })()", ["x", true]],
    ["(() => { storage.kv.put('a', new Date(5)); storage.kv.put('b', new ArrayBuffer(2)); storage.kv.put('c', 7n); return [storage.kv.get('a').getTime(), storage.kv.get('b').byteLength, String(storage.kv.get('c'))] })()", [5, 2, "7"]],
    ["(() => { for (const k of ['o','a','b','c']) storage.kv.delete(k); for (let i = 1; i <= 5; i++) storage.kv.put('k' + i, i); return [...storage.kv.list()] })()", [["k1", 1], ["k2", 2], ["k3", 3], ["k4", 4], ["k5", 5]]],
    ["[...storage.kv.list({reverse: true, limit: 3})]", [["k5", 5], ["k4", 4], ["k3", 3]]],
    ["[...storage.kv.list({startAfter: 'k1', end: 'k5', prefix: 'k'})].length", 3],
    ["storage.kv.list({start: 'a', startAfter: 'a'})", "TypeError: list() cannot be called with both start and startAfter values."],
    ["storage.kv.list({limit: 0})", "TypeError: List limit must be positive."],
    ["storage.kv.list({limit: 'abc'})", "TypeError: List limit must be positive."],
    ["[...storage.kv.list({limit: 1.5})].length", 1],
    ["storage.kv.list('x')", "TypeError: Failed to execute 'list' on 'SyncKvStorage': parameter 1 is not of type 'ListOptions'."],
    ["(() => { const l = storage.kv.list(); storage.kv.list(); l.next() })()", "Error: kv.list() iterator was invalidated because a new call to kv.list() was started. Only one kv.list() iterator can exist at a time."],
    ["(() => { const l = storage.kv.list(); const a = [...l]; storage.kv.list(); return l.next() })()", { done: true }],
    ["(() => { const l = storage.kv.list(); return [String(l), l[Symbol.iterator]() === l, l.map(x => x[0]).toArray().length] })()", ["[object ListIterator]", true, 5]],
  ]);
});

test("asynchronous storage behaves as on Workers", async () => {
  await each([
    ["storage.put('a', undefined)", "TypeError: put() called with undefined value."],
    ["storage.put()", "TypeError: Failed to execute 'put' on 'DurableObjectStorage': parameter 1 is not of type 'string or object'."],
    ["storage.put(['q'])", "TypeError: put() called with undefined value."],
    ["(async () => { await storage.put({b: 1, a: 2, u: undefined, n: null}); return [...await storage.get(['n', 'b', 'zz', 'a', 'b'])] })()", [["a", 2], ["b", 1], ["n", null]]],
    ["storage.get('zz')", "undefined"],
    ["storage.get()", "TypeError: Failed to execute 'get' on 'DurableObjectStorage': parameter 1 is not of type 'string or Array'."],
    ["(async () => [await storage.delete('a'), await storage.delete(['b', 'n', 'no']), await storage.delete('no')])()", [true, 2, false]],
    ["(async () => { await storage.put({x1: 1, x2: {q: 1}, y: 1}); const m = await storage.list({prefix: 'x'}); return [m instanceof Map, ...m] })()", [true, ["x1", 1], ["x2", { q: 1 }]]],
    ["(() => { try { storage.list({limit: 0}).catch(() => 0); return 'async' } catch { return 'sync' } })()", "async"],
    ["(async () => { await storage.put('😀', 1); await storage.put('\\uffff', 1); return [...await storage.get(['😀', '\\uffff'])].map(x => x[0]) })()", ["\uffff", "😀"]],
    ["(async () => { await storage.deleteAll(); return (await storage.list()).size })()", 0],
  ]);
});

test("transactions roll back and nest", async () => {
  const guest = await each([
    ["storage.transactionSync(() => 5)", 5],
    ["storage.transactionSync()", "TypeError: Failed to execute 'transactionSync' on 'DurableObjectStorage': parameter 1 is not of type 'function'."],
    ["(() => { try { storage.transactionSync(() => { storage.kv.put('t', 1); throw new RangeError('q') }) } catch (e) { return [e.message, storage.kv.get('t') ?? null] } })()", ["q", null]],
    ["(() => { storage.transactionSync(() => { storage.kv.put('t', 1); try { storage.transactionSync(() => { storage.kv.put('t', 2); throw 1 }) } catch {} }); return storage.kv.get('t') })()", 1],
    ["storage.transaction(async (txn) => { await txn.put('tt', 1); return [String(txn), await txn.get('tt')] })", ["[object DurableObjectTransaction]", 1]],
    ["(async () => { try { await storage.transaction(async (txn) => { await txn.put('tt', 2); throw new RangeError('z') }) } catch (e) { return [e.message, await storage.get('tt')] } })()", ["z", 1]],
    ["(async () => { const r = await storage.transaction(async (txn) => { await txn.put('tt', 2); txn.rollback(); txn.rollback(); try { await txn.get('a') } catch (e) { return e.message } }); return [r, await storage.get('tt')] })()", ["Cannot get() on rolled back transaction", 1]],
    ["(async () => { let y; await storage.transaction(async (txn) => { y = txn }); await y.put('a', 1) })()", "Error: Cannot call put() on transaction that has already committed: did you move `txn` outside of the closure?"],
    ["storage.transaction(async () => { await storage.deleteAll() })", "Error: Cannot call deleteAll() within a transaction"],
    ["storage.transaction(async (x) => { await storage.transaction(async () => { x.rollback() }) })", "Error: Cannot roll back an outer transaction while a nested transaction is still running."],
    ["(async () => { const r = await Promise.all([1, 2].map((n) => storage.transaction(async (t) => { await t.put('p' + n, n); await null; return n }))); return [r, (await storage.list({prefix: 'p'})).size] })()", [[1, 2], 2]],
    ["storage.transaction(() => 5)", 5],
  ]);
  assert.equal(guest.savepoints.length, 0);
});

test("alarms are set with workerd's checks, and their handler answers the host", async () => {
  const guest = await Guest.boot(`import { DurableObject } from "cloudflare:workers";
    Date.prototype.getTime = () => 1; Number.prototype.valueOf = () => 1;
    export class App extends DurableObject {
      async fetch(request) {
        const s = this.ctx.storage; const o = [];
        for (const time of [new Date(4e12), 4e12 + 0.9, 5, 0, NaN, "4e12", undefined]) {
          try { await s.setAlarm(time); o.push(await s.getAlarm()); } catch (e) { o.push(e.message); }
        }
        await s.deleteAlarm(); o.push(await s.getAlarm());
        return Response.json(o);
      }
      async alarm(info) { this.seen = JSON.stringify(info) + info; if (info.isRetry) throw new RangeError(this.seen); }
    }`);
  guest.start();
  const notDate = "Failed to execute 'setAlarm' on 'DurableObjectStorage': parameter 1 is not of type 'date'.";
  assert.deepEqual(JSON.parse(guest.fetch().body), [4e12, 4e12, guest.time, "setAlarm() cannot be called with an alarm time <= 0",
    "The value cannot be converted because it is not a valid Date.", notDate, notDate, null]);
  guest.call("alarm", 7, 4e12, 0);
  assert.deepEqual(guest.done, [7]);
  guest.call("alarm", 8, 4e12, 2);
  assert.deepEqual(guest.done, [7]);
  assert.deepEqual([guest.failures.get(8).name, guest.failures.get(8).message],
    ["RangeError", '{"scheduledTime":4000000000000,"retryCount":2,"isRetry":true}[object AlarmInvocationInfo]']);
});

test("an alarm waits at the input gate, and a class without a handler cannot set one but in its constructor", async () => {
  const guest = await Guest.boot(`export class App {
    constructor(ctx) { this.storage = ctx.storage; ctx.storage.setAlarm(4e12);
      ctx.blockConcurrencyWhile(() => new Promise((done) => setTimeout(done, 1))); }
    async fetch() { try { await this.storage.setAlarm(4e12); } catch (e) { return new Response(e.message); } }
  }`);
  guest.start();
  assert.equal(guest.alarm, 4e12);
  guest.call("alarm", 1, 4e12, 0);
  assert.deepEqual(guest.done, []);
  guest.fireTimer([...guest.timers.keys()].at(-1));
  assert.deepEqual(guest.done, [1]);
  assert.match(guest.logs[0][1], /without a handler/);
  assert.equal(guest.fetch().body, "Your Durable Object class must have an alarm() handler in order to call setAlarm()");
});
