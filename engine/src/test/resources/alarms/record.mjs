// Records golden.json from workerd: `node record.mjs PATH-TO-WORKERD`, for example benchmarks/node_modules/.bin/workerd.
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const here = new URL(".", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "alarms-"));
for (const file of ["app.js", "programs.js"]) cpSync(join(here, file), join(folder, file));
mkdirSync(join(folder, "data"));
writeFileSync(join(folder, "config.capnp"), `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [ (name = "main", worker = .main), (name = "disk", disk = (path = "data", writable = true)) ],
  sockets = [ (name = "http", address = "127.0.0.1:0", http = (), service = "main") ],
);
const main :Workerd.Worker = (
  modules = [ (name = "app.js", esModule = embed "app.js"), (name = "./programs.js", esModule = embed "programs.js") ],
  compatibilityDate = "2026-08-01",
  durableObjectNamespaces = [ (className = "App", uniqueKey = "app", enableSql = true), (className = "Bare", uniqueKey = "bare", enableSql = true) ],
  durableObjectStorage = (localDisk = "disk"),
  bindings = [ (name = "APP", durableObjectNamespace = "App"), (name = "BARE", durableObjectNamespace = "Bare") ],
);`);

const workerd = spawn(process.argv[2], ["serve", "--experimental", "--control-fd=3", "config.capnp"],
  { cwd: folder, stdio: ["ignore", "ignore", "inherit", "pipe"] });
try {
  const port = await new Promise((listening, failed) => {
    workerd.on("exit", () => failed(new Error("workerd ended")));
    workerd.stdio[3].on("data", (data) => {
      const [, found] = /"port":(\d+)/.exec(data) ?? [];
      if (found) listening(found);
    });
  });
  const ask = async (program, step) => (await fetch(`http://127.0.0.1:${port}/${encodeURIComponent(program)}/${step}`)).json();
  const catalogue = await ask("catalogue", "catalogue");
  const golden = {};
  await Promise.all(Object.entries(catalogue).map(async ([program, after]) => {
    const answers = [await ask(program, "run")];
    await new Promise((done) => setTimeout(done, after));
    golden[program] = [...answers, await ask(program, "read")];
  }));
  const lines = Object.keys(catalogue).map((program) => "  " + JSON.stringify(program) + ": " + JSON.stringify(golden[program]));
  writeFileSync(join(here, "golden.json"), "{\n" + lines.join(",\n") + "\n}\n");
} finally {
  workerd.kill("SIGKILL");
  rmSync(folder, { recursive: true });
}
