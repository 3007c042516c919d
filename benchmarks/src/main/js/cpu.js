// Runs the `cpu` workloads in Node: `node [--jitless] cpu.js js|wasm SECONDS FOLDER NAME...`.
// Writes a line for each: name, best CPU milliseconds, result.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const [kind, seconds, folder, ...names] = process.argv.slice(2);

function cpuMillis() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function best(run) {
  const times = [];
  let result;
  const until = Date.now() + seconds * 1000;
  do {
    const from = cpuMillis();
    result = await run();
    times.push(cpuMillis() - from);
  } while (Date.now() < until || times.length < 5);
  return [Math.min(...times).toFixed(3), result];
}

(async () => {
  for (const name of names) {
    let run;
    if (kind === 'wasm') {
      const [function_, argument] = name.split(':');
      const module = await WebAssembly.instantiate(readFileSync(join(folder, 'workloads.wasm')));
      run = () => module.instance.exports[function_](Number(argument)) >>> 0;
    } else {
      const workload = new Function(readFileSync(join(folder, name + '.js'), 'utf8'));
      run = async () => { const result = String(workload()); await globalThis.finished; return result; };
    }
    const [time, result] = await best(run);
    console.log([name, time, JSON.stringify(String(result))].join('\t'));
  }
})();
