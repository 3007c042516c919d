/**
 * What the JavaScript engine answers to the conformance programs as it was published, in Node's WebAssembly. The engine as the pipeline has
 * transformed it answers the same, says a test over there. `RECORD=1 node --test src/test/js/conformance.test.mjs` records anew.
 */

import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { bare } from "./harness.mjs";

const folder = new URL("../../../../engine/src/test/resources/dev/lapidary/engine/guest/wasm/conformance/", import.meta.url);
const read = (name) => readFile(new URL(name, folder), "utf8");

async function programs() {
  const all = [];
  for (const file of (await readdir(folder)).filter((name) => name.endsWith(".js") && name !== "prelude.js").sort()) {
    for (const part of (await read(file)).split(/^\/\/--- /m).slice(1)) {
      const [title] = part.split("\n", 1);
      all.push([`${file.replace(".js", "")}: ${title}`, part.slice(title.length + 1)]);
    }
  }
  return all;
}

test("the untransformed engine answers what is recorded", async () => {
  const vm = await bare();
  const evaluate = (code) => {
    const text = vm.dump(vm.evalCode(code, "test.js"));
    vm.executePendingJobs();
    return text;
  };
  evaluate(`${await read("prelude.js")}; 0`);
  const answers = {};
  for (const [name, body] of await programs()) {
    const value = evaluate(`conform(function () {\n${body}\n})`);
    answers[name] = `${value} / ${evaluate("out.map(String).join()")}`;
  }
  assert.ok(Object.keys(answers).length >= 150);
  if (process.env.RECORD) {
    const escape = (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`;
    await writeFile(new URL("golden.json", folder), `${JSON.stringify(answers, null, 1).replace(/[\u007f-\uffff]/g, escape)}\n`);
  }
  assert.deepEqual(answers, JSON.parse(await read("golden.json")));
});
