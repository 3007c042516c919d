// Records what Node answers to every case: node record.mjs [api …]
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { runCase } from "./run-case.js";

const here = new URL(".", import.meta.url);
const corrections = JSON.parse(await readFile(new URL("corrections.json", here), "utf8"));
const wanted = process.argv.slice(2);
globalThis.crypto ??= (await import("node:crypto")).webcrypto;
globalThis.File ??= (await import("node:buffer")).File;
process.on("unhandledRejection", () => {});

await mkdir(new URL("expected/", here), { recursive: true });
for (const file of (await readdir(new URL("cases/", here))).sort()) {
  const api = file.replace(".js", "");
  if ((wanted.length > 0 && !wanted.includes(api))) continue;
  const { cases } = await import(new URL(`cases/${file}`, here));
  const lines = [];
  const corrected = corrections[api] ?? {};
  for (const name of Object.keys(corrected)) if (!Object.hasOwn(cases, name)) throw new Error(`no case ${name}`);
  for (const [name, run] of Object.entries(cases)) {
    lines.push(`  ${ascii(name)}: ${ascii(Object.hasOwn(corrected, name) ? corrected[name][0] : await runCase(run))}`);
  }
  await writeFile(new URL(`expected/${api}.json`, here), `{\n${lines.join(",\n")}\n}\n`);
  console.log(api, lines.length);
}
process.exit(0);

function ascii(value) {
  return JSON.stringify(value).replace(/[\u007f-\uffff]/g, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
}
