// Runs a Worker project on workerd, to compare with: what wrangler makes of a wrangler.jsonc, as far as these projects need it.
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const arch = process.arch === "arm64" ? "arm64" : "64";
const bundler = fileURLToPath(new URL("../guest-sdk/src/main/node/bundler.mjs", import.meta.url));
const installed = fileURLToPath(new URL(`../benchmarks/node_modules/@cloudflare/workerd-linux-${arch}/bin/workerd`, import.meta.url));

/**
 * Starts the project in `folder`, whose data is deleted when it stops.
 * `files` are modules from elsewhere: path in the project -> path on disk. With `bundle`, packages are bundled as by
 * `lapidary dev`. Answers `{url, stop}`.
 */
export async function startWorkerd(folder, { binary = process.env.WORKERD ?? installed, files = {}, bundle = false } = {}) {
  const config = JSON.parse(withoutComments(readFileSync(join(folder, "wrangler.jsonc"), "utf8")));
  const work = mkdtempSync(join(tmpdir(), "workerd-"));
  if (bundle) {
    folder = bundled(folder, config, join(work, "bundle"));
  }
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

/** What wrangler adds, and workerd alone has not. */
const EMAIL = "export default { EmailMessage: class { constructor(from, to, raw) { Object.assign(this, { from, to, raw }); } } };";

/** JSON with comments and trailing commas as JSON. */
export function withoutComments(text) {
  return text
    .replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[^]*?\*\//g, (_, string) => string ?? "")
    .replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, (_, string) => string ?? "");
}

/** The project as modules in another folder, which it answers. */
function bundled(folder, config, into) {
  const request = {
    root: folder, entry: join(folder, config.main), bundle: true, options: {},
    rules: [{ type: "Text", globs: ["**/*.sql", "**/*.html", "**/*.txt"] }],
    nodeCompat: (config.compatibility_flags ?? []).includes("nodejs_compat"),
  };
  const answer = JSON.parse(execFileSync(process.execPath, [bundler], { input: JSON.stringify(request), maxBuffer: 1 << 28 }));
  if (answer.errors) throw new Error(answer.errors.join("\n"));
  mkdirSync(into);
  for (const { name, base64 } of answer.modules) {
    writeFileSync(join(into, name), base64, "base64");
  }
  config.main = answer.main;
  return into;
}

function modulesOf(folder) {
  return readdirSync(folder, { recursive: true }).filter((path) => /\.(js|sql|html)$/.test(path) && !path.includes("node_modules")).sort();
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
  extensions = [ ( modules = [ ( name = "cloudflare-internal:email", internal = true, esModule = ${text(EMAIL)} ) ] ) ],
);
# ${name}
const project :Workerd.Worker = (
  modules = [ ${modules.map((path) => `( name = ${text(path)}, ${path.endsWith(".js") ? "esModule" : "text"} = embed ${text("code/" + path)} )`).join(",\n    ")} ],
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
