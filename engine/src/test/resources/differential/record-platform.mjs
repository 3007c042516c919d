// Records what workerd answers to every program in platform/: node record-platform.mjs [topic]...
// with the workerd that `npm ci --ignore-scripts` has put into benchmarks/, or the one that $WORKERD names.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startWorkerd } from "../../../../../examples/workerd.mjs";
import { ascii } from "./ascii.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const wanted = process.argv.slice(2);
const workerd = await startWorkerd(join(here, "platform"), {
  files: { "plain.js": join(here, "plain.js") },
});
try {
  const topics = await (await fetch(workerd.url)).json();
  let count = 0;
  for (const [topic, programs] of Object.entries(topics)) {
    if (wanted.length > 0 && !wanted.includes(topic)) continue;
    const lines = [];
    for (const program of programs) {
      const response = await fetch(`${workerd.url}/${topic}/${encodeURIComponent(program)}`, { signal: AbortSignal.timeout(10_000) })
        .catch((error) => { throw new Error(`${topic}/${program}: ${error.message}`); });
      if (!response.ok) throw new Error(`${topic}/${program}: ${response.status} ${await response.text()}`);
      lines.push(`  ${ascii(program)}: ${ascii(await response.json())}`);
    }
    writeFileSync(join(here, "platform", "golden", topic + ".json"), "{\n" + lines.join(",\n") + "\n}\n");
    count += programs.length;
  }
  console.log(`${count} programs recorded`);
} finally {
  await workerd.stop();
}
