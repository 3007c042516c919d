/**
 * Bundles the platform's library modules, with what they take from npm, into target/bundles: one ES module a file of
 * src/main/library, evaluated in a guest when it is first used. Run by Maven and by `npm test`; needs no network.
 */

import { build } from "esbuild";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const home = dirname(fileURLToPath(import.meta.url));
const library = join(home, "src/main/library");
const out = join(home, "target/bundles");
const entries = (await readdir(library, { recursive: true }))
  .filter((file) => file.endsWith(".js") && !file.startsWith("parts/"));
const core = new Set(await readdir(join(home, "src/main/js")));
for (const file of entries) {
  if (core.has(file)) {
    throw new Error(`${file} is in src/main/js and in src/main/library: both would be lapidary:${file.slice(0, -3)}`);
  }
}

/** Inside the bundles a Node module is always the platform's own, whatever npm has under that name. */
const nodeModules = new Set(entries.filter((file) => file.startsWith("node/")).map((file) => file.slice(5, -3)));
const external = {
  name: "platform-modules",
  setup(bundling) {
    bundling.onResolve({ filter: /^(node:|lapidary:|cloudflare:)/ }, ({ path }) => ({ path, external: true }));
    bundling.onResolve({ filter: /^[a-z_/]+$/ }, ({ path, importer, kind }) => {
      const name = path.replace(/\/$/, "");
      if (!importer.includes("node_modules") || !nodeModules.has(name)) {
        return undefined;
      }
      return kind === "require-call" ? { path: name, namespace: "required" } : { path: `node:${name}`, external: true };
    });
    // What CommonJS requires: an ES module's namespace.
    bundling.onLoad({ filter: /.*/, namespace: "required" }, ({ path }) => ({
      contents: `export * from "node:${path}"; export { default } from "node:${path}";`,
    }));
  },
};

await rm(out, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: home,
  entryPoints: entries.map((file) => join(library, file)),
  outbase: library,
  outdir: out,
  bundle: true,
  minifyWhitespace: true,
  minifySyntax: true,
  format: "esm",
  platform: "neutral",
  mainFields: ["browser", "module", "main"],
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
  plugins: [external],
});

const packages = new Set(Object.keys(metafile.inputs).flatMap((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []));
const licences = [];
for (const name of [...packages].sort()) {
  const folder = join(home, "node_modules", name);
  const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  licences.push(`${name} ${version} (${license})\n\n${file === undefined ? "" : await readFile(join(folder, file), "utf8")}`);
}
await mkdir(out, { recursive: true });
await writeFile(join(out, "LICENSES.txt"), licences.join("\n\n--------\n\n"));
