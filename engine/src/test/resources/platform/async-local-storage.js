// AsyncLocalStorage through everything that goes on later. Answers the lines where it was lost.
import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";

const storage = new AsyncLocalStorage();
let lines = [];
const say = (text) => lines.push(`${text}=${storage.getStore()}`);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const thenable = (id) => ({
  then(resolve) {
    say(`${id} in then`);
    resolve();
  },
});

async function* generator() {
  yield 1;
  await 2;
  yield 2;
}

async function work(id, gate) {
  say(`${id} start`);
  await 5;
  say(`${id} after a number`);
  await undefined;
  say(`${id} after undefined`);
  await sleep(1);
  say(`${id} after a timer`);
  await gate;
  say(`${id} after a promise that others await too`);
  await Promise.all([sleep(1), 3]);
  say(`${id} after all`);
  await thenable(id);
  say(`${id} after a thenable`);
  for await (const value of generator()) say(`${id} in a generator ${value}`);
  try {
    await Promise.reject(new Error("x"));
  } catch {
    say(`${id} after a rejection`);
  }
  try {
    await (async () => {
      await 1;
      throw new Error("y");
    })();
  } catch {
    say(`${id} after a call that failed`);
  }
  await new Promise((resolve) => queueMicrotask(() => {
    say(`${id} in a microtask`);
    resolve();
  }));
  await Promise.resolve().then(() => say(`${id} in then`)).finally(() => say(`${id} in finally`));
  await new Promise((resolve) => setImmediate(resolve));
  say(`${id} after an immediate`);
}

export class App {
  async fetch() {
    lines = [];
    const gate = Promise.withResolvers();
    const all = [storage.run("A", work, "A", gate.promise), storage.run("B", () => work("B", gate.promise)), work("undefined", gate.promise)];
    say("undefined outside");
    setTimeout(() => {
      say("undefined in a timer");
      gate.resolve();
    }, 5);
    await Promise.all(all);
    say("undefined at the end");
    const snapshot = storage.run("S", () => AsyncLocalStorage.snapshot());
    snapshot(() => say("S in a snapshot"));
    storage.run("R", () => {
      const bound = AsyncResource.bind(() => say("R bound"));
      storage.run("Q", bound);
      storage.exit(() => say("undefined after exit"));
    });
    const lost = lines.filter((line) => !line.startsWith(line.split("=")[1]));
    return Response.json({ lines: lines.length, lost, kind: Promise.resolve().constructor === Promise });
  }
}
