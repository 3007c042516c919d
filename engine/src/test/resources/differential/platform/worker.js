// Runs the programs of this folder, the same text on workerd and on Lapidary: `/` lists them, `/topic/program` runs one.
import { plain } from "./plain.js";
import { tools } from "./tools.js";
import { topics } from "./topics.js";
import { DurableObject } from "cloudflare:workers";

export * from "./classes.js";

/** A program is a function of `t`, or an array of them that are called in turn, each through a stub of its own. */
function steps(topic, name) {
  const program = topics[topic].programs[name];
  return Array.isArray(program) ? program : [program];
}

export default {
  async fetch(request, env, ctx) {
    const [topic, name] = new URL(request.url).pathname.slice(1).split("/").map(decodeURIComponent);
    if (topic === "") {
      return Response.json(Object.fromEntries(Object.entries(topics).map(([topic, { programs }]) => [topic, Object.keys(programs)])));
    }
    const results = [];
    for (let i = 0; i < steps(topic, name).length; i++) {
      results.push(topics[topic].where === "object" ? await inObject(env, topic, name, i) : await run(topic, name, i, env, ctx));
    }
    return Response.json(results);
  },
};

/**
 * What a program answers, as JSON. Which errors tell the id of the object they come from depends on the moment on workerd, and columns on
 * the parser; both are left out (`errors|the object's id` asks for the first).
 */
function told(value) {
  const text = JSON.stringify(plain(value, [])).replace(/(\.js:\d+):\d+/g, "$1");
  return JSON.parse(text, (key, inner) => (key === "durableObjectId" ? undefined : inner));
}

/** The object that is the supervisor of the programs that run in one: an object for each. */
export class Runner extends DurableObject {
  memory = {};

  async fetch(request) {
    const { topic, name, step } = await request.json();
    return Response.json(await run(topic, name, step, this.env, this.ctx, this.memory));
  }
}

async function inObject(env, topic, name, step) {
  try {
    const stub = env.RUNNER.getByName(topic + "|" + name);
    const response = await stub.fetch("http://runner/", { method: "POST", body: JSON.stringify({ topic, name, step }) });
    return await response.json();
  } catch (error) {
    return { $rejected: told(error) };
  }
}

async function run(topic, name, step, env, ctx, memory) {
  try {
    return told(await steps(topic, name)[step](tools(topic + "|" + name, env, ctx, memory)));
  } catch (error) {
    return { $threw: told(error) };
  }
}
