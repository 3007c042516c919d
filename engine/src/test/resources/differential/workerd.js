// On workerd: runs every program in an object of its own and answers what each request gave.
import { catalogue } from "./runner.js";
export { App } from "./runner.js";

export default {
  async fetch(request, env) {
    const topic = new URL(request.url).pathname.slice(1);
    const results = {};
    for (const [name, [requests, kind]] of Object.entries(catalogue()[topic])) {
      results[name] = await run(() => env.APP.getByName(topic + "|" + name), requests, kind);
    }
    return Response.json(results);
  },
};

async function run(object, requests, kind) {
  if (kind === "together") {
    const stub = object();
    return Promise.all(Array.from({ length: requests }, (_, i) => ask(stub, i)));
  }
  const results = [];
  for (let i = 0; i < requests; i++) {
    if (i > 0) await ask(object(), "restart");
    results.push(await ask(object(), i));
  }
  return results;
}

async function ask(stub, path) {
  try {
    return await (await stub.fetch("http://object/" + path)).json();
  } catch (error) {
    return { $rejected: error.name + ": " + error.message };
  }
}
