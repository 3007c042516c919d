// Makes the modules of these programs and records what workerd answers: `node record.mjs`, with the npm packages of
// `guest-sdk` (binaryen) and `benchmarks` (workerd) installed.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync, copyFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const here = import.meta.dirname;
const root = join(here, "../../../../..");
const { default: binaryen } = await import(pathToFileURL(createRequire(join(root, "guest-sdk/package.json")).resolve("binaryen")));
for (const file of readdirSync(here).filter((name) => name.endsWith(".wat"))) {
  const module = binaryen.parseText(readFileSync(join(here, file), "utf8"));
  module.setFeatures(binaryen.Features.All & ~binaryen.Features.GC);
  writeFileSync(join(here, file.replace(/wat$/, "wasm")), module.emitBinary());
}
const folder = mkdtempSync(join(tmpdir(), "webassembly-"));
const names = readFileSync(join(here, "worker.js"), "utf8").match(/"\w+\.wasm"/g).map((name) => name.slice(1, -1));
for (const name of ["worker.js", ...names]) {
  copyFileSync(join(here, name), join(folder, name));
}
const modules = names.map((name) => `( name = "${name}", wasm = embed "${name}" )`).join(", ");
writeFileSync(join(folder, "config.capnp"), `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [ ( name = "main", worker = .mainWorker ) ],
  sockets = [ ( name = "http", address = "127.0.0.1:0", http = (), service = "main" ) ] );

const mainWorker :Workerd.Worker = (
  modules = [ ( name = "worker.js", esModule = embed "worker.js" ), ${modules} ],
  compatibilityDate = "2026-08-01" );
`);
const workerd = join(root, "benchmarks/node_modules/@cloudflare/workerd-linux-64/bin/workerd");
const server = spawn(workerd, ["serve", join(folder, "config.capnp"), "--control-fd=3"], { stdio: ["ignore", "inherit", "inherit", "pipe"] });
try {
  const port = await new Promise((resolve) => server.stdio[3].on("data", (data) => {
    const listening = String(data).split("\n").filter(Boolean).map((line) => JSON.parse(line)).find((event) => event.event === "listen");
    if (listening) {
      resolve(listening.port);
    }
  }));
  writeFileSync(join(here, "golden.json"), await (await fetch(`http://127.0.0.1:${port}/`)).text() + "\n");
} finally {
  server.kill();
  rmSync(folder, { recursive: true });
}
