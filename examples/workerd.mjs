// Runs a Worker project on workerd, to compare with: what wrangler makes of a wrangler.jsonc, as far as these projects need it.
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const arch = process.arch === "arm64" ? "arm64" : "64";
const installed = fileURLToPath(new URL(`../benchmarks/node_modules/@cloudflare/workerd-linux-${arch}/bin/workerd`, import.meta.url));

/**
 * Starts the project in `folder`, whose data is deleted when it stops.
 * `files` are modules from elsewhere: path in the project -> path on disk. Answers `{url, stop}`.
 */
export async function startWorkerd(folder, { binary = process.env.WORKERD ?? installed, files = {} } = {}) {
  const config = JSON.parse(withoutComments(readFileSync(join(folder, "wrangler.jsonc"), "utf8")));
  const work = mkdtempSync(join(tmpdir(), "workerd-"));
  const sources = { ...Object.fromEntries(modulesOf(folder).map((path) => [path, join(folder, path)])), ...files };
  for (const [path, source] of Object.entries(sources)) {
    mkdirSync(dirname(join(work, "code", path)), { recursive: true });
    cpSync(source, join(work, "code", path));
  }
  mkdirSync(join(work, "data"));
  writeFileSync(join(work, "config.capnp"), capnp(config, Object.keys(sources)));
  const workerd = spawn(binary, ["serve", "config.capnp", "--experimental", "--control-fd=3"], { cwd: work, stdio: ["ignore", "ignore", "pipe", "pipe"] });
  let errors = "";
  workerd.stderr.on("data", (text) => (errors = (errors + text).slice(-4000)));
  const stop = () => new Promise((done) => {
    workerd.removeAllListeners("exit").on("exit", () => done(rmSync(work, { recursive: true })));
    if (!workerd.kill("SIGKILL")) done(rmSync(work, { recursive: true }));
  });
  const port = await new Promise((resolve, reject) => {
    workerd.on("error", reject).on("exit", (code) => reject(new Error(`workerd ended with ${code}: ${errors}`)));
    workerd.stdio[3].on("data", (line) => resolve(JSON.parse(line).port));
  });
  return { url: `http://127.0.0.1:${port}`, stop };
}

/** JSON with comments and trailing commas as JSON. */
export function withoutComments(text) {
  return text
    .replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[^]*?\*\//g, (_, string) => string ?? "")
    .replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, (_, string) => string ?? "");
}

function modulesOf(folder) {
  return readdirSync(folder, { recursive: true }).filter((path) => path.endsWith(".js") && !path.includes("node_modules")).sort();
}

function capnp(config, paths) {
  const { main, name, compatibility_date: date, compatibility_flags: flags = [] } = config;
  const classes = (config.migrations ?? []).flatMap((migration) => migration.new_sqlite_classes ?? []);
  const modules = [main, ...paths.filter((path) => path !== main)];
  const bindings = [
    ...(config.durable_objects?.bindings ?? []).map((o) => [o.name, `durableObjectNamespace = ${text(o.class_name)}`]),
    ...(config.worker_loaders ?? []).map((loader) => [loader.binding, "workerLoader = ()"]),
    ...(config.services ?? []).map((s) => [s.binding, `service = ( name = "main"${s.entrypoint ? `, entrypoint = ${text(s.entrypoint)}` : ""}${
      s.props ? `, props = ( json = ${text(JSON.stringify(s.props))} )` : ""} )`]),
    ...Object.entries(config.vars ?? {}).map(([key, v]) => [key, typeof v === "string" ? `text = ${text(v)}` : `json = ${text(JSON.stringify(v))}`]),
  ];
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [ ( name = "main", worker = .project ), ( name = "disk", disk = ( path = "data", writable = true ) ) ],
  sockets = [ ( name = "http", address = "127.0.0.1:0", http = (), service = "main" ) ],
);
# ${name}
const project :Workerd.Worker = (
  modules = [ ${modules.map((path) => `( name = ${text(path)}, esModule = embed ${text("code/" + path)} )`).join(",\n    ")} ],
  compatibilityDate = ${text(date)},
  compatibilityFlags = [ ${flags.map(text).join(", ")} ],
  durableObjectNamespaces = [ ${classes.map((c) => `( className = ${text(c)}, uniqueKey = ${text(c)}, enableSql = true )`).join(", ")} ],
  durableObjectStorage = ( localDisk = "disk" ),
  bindings = [ ${bindings.map(([key, value]) => `( name = ${text(key)}, ${value} )`).join(",\n    ")} ],
);
`;
}

function text(value) {
  return JSON.stringify(value);
}
