import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";

const folder = new URL("../../main/js/", import.meta.url);

test("platform files are small and use nothing an app can replace", async () => {
  for (const name of await readdir(folder)) {
    const source = await readFile(new URL(name, folder), "utf8");
    const code = source.replaceAll(/\/\*[^]*?\*\/|\/\/.*|"(?:[^"\\\n]|\\.)*"/g, "").replaceAll(/= \/.*\/;/g, "");
    assert.ok(source.split("\n").length <= 400, `${name} is too long`);
    // QuickJS compiles template literals to a call of String.prototype.concat.
    assert.ok(!code.includes("`"), `${name} has a template literal`);
    assert.ok(!/(?<!\.\.)\.(push|pop|slice|map|filter|split|replace|includes|indexOf|then|catch)\(/.test(code), `${name} calls a patchable method`);
    assert.ok(!/[[(,]\s*\.\.\.(?!args|bindings)/.test(code), `${name} spreads`);
  }
});
