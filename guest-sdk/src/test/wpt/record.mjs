// Records what Node answers to every case: node record.mjs [api …]
// What is Workers' own matter is asked of the workerd that `npm ci --ignore-scripts` has put into benchmarks/.
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { runCase } from "./run-case.js";

const WORKERS_OWN = ["intl", "globals", "urlpattern", "node-crypto", "node-zlib"];
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
  if (WORKERS_OWN.includes(api)) {
    const results = Object.entries(await askWorkerd(api));
    await writeFile(new URL(`expected/${api}.json`, here), `{\n${results.map(([name, result]) => `  ${ascii(name)}: ${ascii(result)}`).join(",\n")}\n}\n`);
    console.log(api, results.length);
    continue;
  }
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

async function askWorkerd(api) {
  const folder = mkdtempSync(join(tmpdir(), "cases-"));
  const binary = fileURLToPath(new URL(`../../../../benchmarks/node_modules/@cloudflare/workerd-linux-${process.arch === "arm64" ? "arm64" : "64"}/bin/workerd`, here));
  cpSync(new URL(`cases/${api}.js`, here), join(folder, "cases.js"));
  cpSync(new URL("run-case.js", here), join(folder, "run-case.js"));
  await writeFile(join(folder, "main.js"), `import { cases } from "cases.js"; import { runCase } from "run-case.js";
    export default { async fetch() { const results = {}; for (const [name, run] of Object.entries(cases)) results[name] = await runCase(run); return Response.json(results); } };`);
  await writeFile(join(folder, "config.capnp"), `using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = ( services = [ ( name = "main", worker = .w ) ], sockets = [ ( name = "http", address = "127.0.0.1:0", http = (), service = "main" ) ] );
    const w :Workerd.Worker = ( modules = [ ${["main.js", "cases.js", "run-case.js"].map((name) => `( name = "${name}", esModule = embed "${name}" )`).join(", ")} ],
      compatibilityDate = "2026-08-01", compatibilityFlags = ["nodejs_compat"] );`);
  const workerd = spawn(process.env.WORKERD ?? binary, ["serve", "config.capnp", "--control-fd=3"], { cwd: folder, stdio: ["ignore", "inherit", "inherit", "pipe"] });
  try {
    const port = await new Promise((resolve, reject) => {
      workerd.on("error", reject).on("exit", (code) => reject(new Error("workerd ended with " + code)));
      workerd.stdio[3].on("data", (line) => resolve(JSON.parse(line).port));
    });
    return await (await fetch(`http://127.0.0.1:${port}/`)).json();
  } finally {
    workerd.kill();
    rmSync(folder, { recursive: true });
  }
}

function ascii(value) {
  return JSON.stringify(value).replace(/[\u007f-\uffff]/g, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
}
