// Tests of Worker projects, the same on Lapidary and on workerd:
//   node --test examples/test.mjs                              starts each on workerd (npm ci --ignore-scripts in benchmarks/)
//   EXAMPLES="todo=http://127.0.0.1:8787 …" node --test …      asks servers that run already; others are skipped
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { fileURLToPath } from "node:url";
import { startWorkerd } from "./workerd.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const running = process.env.EXAMPLES && Object.fromEntries(process.env.EXAMPLES.trim().split(/\s+/).map((entry) => entry.split(/=(.*)/s)));

/**
 * The tests of one project; `ask(path, {method, json, body})` answers `{status, headers, body}`, the body parsed if it is JSON,
 * and `url()` where it runs.
 */
export function project(name, tests, options) {
  describe(name, { skip: running && !(name in running) }, () => {
    let url, stop;
    before(async () => {
      if (running) url = running[name];
      else ({ url, stop } = await startWorkerd(join(here, name), options));
    });
    after(() => stop?.());
    tests(async (path, { json, ...init } = {}) => {
      const response = await fetch(url + path, { redirect: "manual", ...init, ...(json !== undefined && { method: init.method ?? "POST", body: JSON.stringify(json), headers: { "content-type": "application/json", ...init.headers } }) });
      const text = await response.text();
      const isJson = response.headers.get("content-type")?.includes("application/json");
      return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
    }, () => url);
  });
}

/** Asks until the answer satisfies; a test that waits for an alarm cannot know when it rings. */
export async function eventually(ask, satisfies) {
  for (let i = 0; i < 400; i++) {
    const answer = await ask();
    if (satisfies(answer)) return answer;
    await new Promise((done) => setTimeout(done, 50));
  }
  assert.fail("it did not come to pass within 20 seconds");
}
