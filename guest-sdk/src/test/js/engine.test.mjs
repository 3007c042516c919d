import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { QuickJS } from "quickjs-wasi";

test("the pinned JavaScript engine boots in Node's own WebAssembly", async () => {
  const wasm = await readFile(new URL(import.meta.resolve("quickjs-wasi/quickjs.wasm")));
  const vm = await QuickJS.create(wasm);
  const answer = vm.evalCode("6 * 7");
  assert.equal(answer.toNumber(), 42);
});
