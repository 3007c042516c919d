import auto from "./programs/auto-response.js";
import eventSource from "./programs/event-source.js";
import facets from "./programs/facets.js";
import hibernation from "./programs/hibernation.js";
import inside from "./programs/inside.js";
import pairs from "./programs/pairs.js";
import plain from "./programs/plain.js";
import wire from "./programs/wire.js";

export const topics = { "auto-response": auto, "event-source": eventSource, facets, hibernation, inside, pairs, plain, wire };

/** A program by `topic/program`. */
export function programOf(name) {
  const [topic, program] = name.split(/\/(.*)/);
  return topics[topic][program];
}
