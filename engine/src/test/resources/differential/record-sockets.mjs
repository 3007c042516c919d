// Records what workerd answers to clients of every program in sockets/: node record-sockets.mjs [topic]...
// with the workerd that `npm ci --ignore-scripts` has put into benchmarks/, or the one that $WORKERD names.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startWorkerd } from "../../../../../examples/workerd.mjs";
import { ascii } from "./ascii.mjs";
import { frame, RawSocket } from "./raw-socket.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const latin = (text) => Buffer.from(text, "latin1");

/** Does the steps of one program. Answers what those told that tell something. SocketDifferenceTest does the same. */
async function run(url, base, steps) {
  const port = new URL(url).port;
  const clients = new Map();
  const told = [];
  for (const [step, ...args] of steps) {
    const client = clients.get(args[0]);
    switch (step) {
      case "open": {
        const opened = await RawSocket.open(port, base + args[1], args[2]);
        clients.set(args[0], opened);
        const [status, ...headers] = opened.answer.split("\r\n");
        const shown = headers.map((line) => line.replace(/^[^:]*/, (name) => name.toLowerCase())).filter((line) => /^(sec-websocket-(?!accept)|x-|set-cookie)/.test(line));
        told.push([Number(status.split(" ")[1]), ...shown.sort()]);
        break;
      }
      case "text": client.send(frame(1, Buffer.from(args[1]))); break;
      case "bytes": client.send(frame(2, Buffer.from(args[1]))); break;
      case "zeros": client.send(frame(2, Buffer.alloc(args[1]))); break;
      case "frame": client.send(frame(args[1], latin(args[2]), args[3] ?? true)); break;
      case "raw": client.send(Buffer.from(args[1])); break;
      case "close": client.send(frame(8, args[1] === undefined ? Buffer.alloc(0) : Buffer.concat([Buffer.from([args[1] >> 8, args[1] & 255]), Buffer.from(args[2])]))); break;
      case "cut": client.cut(); break;
      case "next": told.push(await client.next()); break;
      case "code": told.push((await client.next()).split(" ").slice(0, 2).join(" ")); break;
      case "get":
      case "log": {
        const path = step === "log" ? "/log?n=" + args[0] : args[0];
        const response = await fetch(url + base + path, { signal: AbortSignal.timeout(5_000) });
        const text = await response.text();
        told.push(response.ok ? JSON.parse(text) : [response.status, text]);
        break;
      }
      default: throw new Error("no such step: " + step);
    }
  }
  for (const client of clients.values()) client.close();
  return told;
}

const wanted = process.argv.slice(2);
const workerd = await startWorkerd(join(here, "sockets"));
try {
  let count = 0;
  for (const [topic, programs] of Object.entries(await (await fetch(workerd.url)).json())) {
    if (wanted.length > 0 && !wanted.includes(topic)) continue;
    const lines = [];
    for (const [program, steps] of Object.entries(programs)) {
      const told = await run(workerd.url, `/${topic}/${encodeURIComponent(program)}`, steps).catch((error) => { throw new Error(`${topic}/${program}: ${error.message}`); });
      lines.push(`  ${ascii(program)}: ${ascii(told)}`);
    }
    writeFileSync(join(here, "sockets", "golden", topic + ".json"), "{\n" + lines.join(",\n") + "\n}\n");
    count += lines.length;
  }
  console.log(`${count} programs recorded`);
} finally {
  await workerd.stop();
}
