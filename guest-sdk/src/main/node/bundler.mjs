/**
 * Makes the modules of a Worker project: `node bundler.mjs` answers the JSON on stdin with JSON on stdout.
 *
 * Asked: {root, entry, bundle, rules: [{type, globs}], nodeCompat, options}, paths absolute, options as esbuild has them.
 * Answered: {main, modules: [{name, type, base64}], inputs, warnings}, bundled also {map, exports}, or {errors}; texts name
 * files relative to root.
 */

import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";
import { text } from "node:stream/consumers";
import * as esbuild from "esbuild";

const TYPES = { ESModule: "js", CommonJS: "cjs", Text: "text", Data: "data", CompiledWasm: "wasm" };
const REQUIRED = "required";
const OWN_RESOLVE = Symbol("resolving what a rule matched");

const request = JSON.parse(await text(process.stdin));
const answer = JSON.stringify(await answerTo(request));
// Messages may hold absolute paths: below the project they are shown from its folder.
process.stdout.write(answer.replaceAll(JSON.stringify(request.root + sep).slice(1, -1), ""));
await esbuild.stop();

async function answerTo(request) {
  try {
    return await (request.bundle ? bundle(request) : collect(request));
  } catch (error) {
    if (error.errors === undefined) {
      return { errors: [error.message] };
    }
    return { errors: await texts(error.errors, "error") };
  }
}

async function texts(messages, kind) {
  const formatted = await esbuild.formatMessages(messages, { kind, color: false });
  return formatted.map((text) => text.trim());
}

async function bundle({ root, entry, rules, nodeCompat, options }) {
  const modules = new Map();
  const main = basename(entry).replace(/\.[^.]+$/, "") + ".js";
  const result = await esbuild.build({
    ...options,
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: join(root, main),
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    sourcemap: "external",
    sourcesContent: false,
    logLevel: "silent",
    plugins: [keepModules(rules, modules), nodeModules(nodeCompat), requiredModules()],
  });
  const output = Object.fromEntries(result.outputFiles.map((file) => [file.path.endsWith(".map") ? "map" : "code", file]));
  const css = result.outputFiles.find((file) => file.path.endsWith(".css"));
  return {
    main,
    modules: [{ name: main, type: "js", base64: base64(output.code.contents) }, ...[...modules.values()].map(({ file, ...module }) => module)],
    map: output.map.text,
    exports: Object.values(result.metafile.outputs).find((file) => file.entryPoint !== undefined).exports,
    inputs: [...Object.keys(result.metafile.inputs).filter((input) => !input.startsWith(REQUIRED + ":")).map((input) => join(root, input)), ...[...modules.values()].map((module) => module.file)],
    warnings: [...await texts(result.warnings, "warning"), ...(css ? ["CSS that is imported goes nowhere: a Worker has no page."] : [])],
  };
}

/** What a rule matches stays a module of its own, under a name that follows from its content. */
function keepModules(rules, modules) {
  return {
    name: "keep-modules",
    setup(build) {
      for (const { type, globs } of rules.filter((rule) => rule.type !== "ESModule" && rule.type !== "CommonJS")) {
        for (const glob of globs) {
          build.onResolve({ filter: globPattern(glob) }, async ({ path, pluginData, ...from }) => {
            if (pluginData === OWN_RESOLVE) {
              return undefined;
            }
            const found = await build.resolve(path.replace(/\?module$/, ""), {
              importer: from.importer, kind: from.kind, namespace: from.namespace, resolveDir: from.resolveDir, pluginData: OWN_RESOLVE,
            });
            if (found.errors.length > 0 || found.external) {
              return found;
            }
            const content = await readFile(found.path);
            const hash = createHash("sha256").update(content).digest("hex").slice(0, 16);
            const name = hash + "-" + basename(found.path);
            modules.set(name, { name, type: TYPES[type], base64: content.toString("base64"), file: found.path });
            return { path: "./" + name, external: true };
          });
        }
      }
    },
  };
}

/** `fs` means `node:fs` where the project has Node's modules, and gets an error that says so where not. */
function nodeModules(nodeCompat) {
  const names = builtinModules.filter((name) => !name.startsWith("_"));
  const pattern = new RegExp("^(" + names.map(escaped).join("|") + ")$");
  return {
    name: "node-modules",
    setup(build) {
      build.onResolve({ filter: pattern }, async ({ path, pluginData, ...from }) => {
        if (pluginData === OWN_RESOLVE) {
          return undefined;
        }
        const found = await build.resolve(path, { importer: from.importer, kind: from.kind, resolveDir: from.resolveDir, pluginData: OWN_RESOLVE });
        if (found.errors.length === 0 && isAbsolute(found.path)) {
          return found;
        }
        if (found.errors.length === 0 && !nodeCompat) {
          // The package leaves it out where there is no Node.js.
          return undefined;
        }
        return nodeCompat
          ? runtimeModule("node:" + path, from.kind)
          : { errors: [{ text: "Could not resolve \"" + path + "\", a module of Node.js: add \"nodejs_compat\" to compatibility_flags" }] };
      });
    },
  };
}

/** What CommonJS requires of the runtime is imported: one ES module has no `require`. */
function requiredModules() {
  return {
    name: "required-modules",
    setup(build) {
      build.onResolve({ filter: /^(node|cloudflare):/ }, ({ path, kind }) => runtimeModule(path, kind));
      build.onLoad({ filter: /.*/, namespace: REQUIRED }, ({ path }) => ({
        contents: `import * as all from ${JSON.stringify(path)}; module.exports = all.default ?? all;`,
        resolveDir: request.root,
      }));
    },
  };
}

function runtimeModule(path, kind) {
  return kind === "require-call" ? { path, namespace: REQUIRED } : { path, external: true };
}

/** Without a bundler: the files beside the entry, each by its rule. */
async function collect({ root, entry, rules }) {
  const folder = dirname(entry);
  const patterns = rules.flatMap(({ type, globs }) => globs.map((glob) => [globPattern(glob), type]));
  const modules = [];
  const inputs = [];
  for (const file of await files(folder)) {
    const name = relative(folder, file).split(sep).join("/");
    const type = file === entry ? "ESModule" : patterns.find(([pattern]) => pattern.test(name))?.[1];
    if (type !== undefined) {
      inputs.push(file);
      modules.push({ name, type: TYPES[type], base64: base64(await readFile(file)) });
    }
  }
  return { main: basename(entry), modules, inputs, warnings: [] };
}

async function files(folder) {
  const found = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith(".") || entry.name === "node_modules") {
      continue;
    }
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      found.push(...await files(path));
    } else if (entry.isFile()) {
      found.push(path);
    }
  }
  return found;
}

/** As wrangler's globs: `**` is any number of folders, `*` anything in a name; all else is itself. */
function globPattern(glob) {
  const parts = glob.split(/(\*\*\/|\*\*|\*)/).map((part) =>
    part === "**/" ? "(?:.*/)?" : part === "**" ? ".*" : part === "*" ? "[^/]*" : escaped(part));
  return new RegExp("^" + parts.join("") + "$");
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}

function base64(bytes) {
  return Buffer.from(bytes).toString("base64");
}
