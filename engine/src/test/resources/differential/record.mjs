// Records what workerd answers to every program: node record.mjs [path of the workerd binary]
// Without a path it takes the one that `npm ci --ignore-scripts` has put into benchmarks/.
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ascii } from "./ascii.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const arch = process.arch === "arm64" ? "arm64" : "64";
const binary = process.argv[2]
  ?? join(here, `../../../../../benchmarks/node_modules/@cloudflare/workerd-linux-${arch}/bin/workerd`);
const topics = readdirSync(join(here, "programs")).map((file) => file.replace(".js", ""));
const folder = mkdtempSync(join(tmpdir(), "differential-"));
const modules = ["workerd.js", "runner.js", "plain.js", ...topics.map((topic) => `programs/${topic}.js`)];

mkdirSync(join(folder, "data"));
modules.forEach((module) => cpSync(join(here, module), join(folder, module)));
writeFileSync(join(folder, "config.capnp"), `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [ ( name = "main", worker = .programs ), ( name = "disk", disk = ( path = "data", writable = true ) ) ],
  sockets = [ ( name = "http", address = "127.0.0.1:0", http = (), service = "main" ) ],
);
const programs :Workerd.Worker = (
  modules = [ ${modules.map((module) => `( name = "${module}", esModule = embed "${module}" )`).join(",\n    ")} ],
  compatibilityDate = "2026-08-01",
  durableObjectNamespaces = [ ( className = "App", uniqueKey = "app", enableSql = true ) ],
  durableObjectStorage = ( localDisk = "disk" ),
  bindings = [ ( name = "APP", durableObjectNamespace = "App" ) ],
);
`);

const workerd = spawn(binary, ["serve", "config.capnp", "--control-fd=3"], { cwd: folder, stdio: ["ignore", "inherit", "inherit", "pipe"] });
try {
  const port = await new Promise((resolve, reject) => {
    workerd.on("error", reject).on("exit", (code) => reject(new Error("workerd ended with " + code)));
    workerd.stdio[3].on("data", (line) => resolve(JSON.parse(line).port));
  });
  let count = 0;
  for (const topic of topics) {
    const response = await fetch(`http://127.0.0.1:${port}/${topic}`);
    if (!response.ok) throw new Error(topic + ": " + response.status + " " + (await response.text()));
    const results = Object.entries(await response.json());
    const lines = results.map(([name, result]) => `  ${ascii(name)}: ${ascii(result)}`);
    writeFileSync(join(here, "golden", topic + ".json"), "{\n" + lines.join(",\n") + "\n}\n");
    count += results.length;
  }
  console.log(`${count} programs recorded from ${binary.split("/").at(-1)}`);
} finally {
  workerd.kill();
  rmSync(folder, { recursive: true });
}
