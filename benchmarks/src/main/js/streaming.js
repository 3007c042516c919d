// Bodies that stream, and the same in one piece. Byte i of every body is PATTERN[i % 65536], both ways, so that each can be checked.
import { DurableObject } from "cloudflare:workers";

const PERIOD = 65536;
const PATTERN = Uint8Array.from({ length: PERIOD }, (_, i) => (i * 7 + (i >> 8)) & 255);

const whole = (size) => {
  if (size <= PERIOD) return PATTERN.slice(0, size);
  const all = new Uint8Array(size);
  for (let at = 0; at < size; at += PERIOD) all.set(PATTERN.subarray(0, Math.min(PERIOD, size - at)), at);
  return all;
};

const streamed = (size, chunk) => {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      const from = at % PERIOD;
      const length = Math.min(chunk, size - at, PERIOD - from);
      controller.enqueue(PATTERN.slice(from, from + length));
      at += length;
      if (at === size) controller.close();
    },
  });
};

const count = async (body) => {
  let bytes = 0;
  for await (const chunk of body) bytes += chunk.byteLength;
  return bytes;
};

const throughJavaScript = (body) => {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
};

export class App extends DurableObject {
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    const size = Number(searchParams.get("bytes"));
    switch (pathname.slice(pathname.lastIndexOf("/") + 1)) {
      case "whole":
        return new Response(whole(size));
      case "stream":
        return new Response(streamed(size, Number(searchParams.get("chunk"))));
      case "take":
        return new Response(String((await request.arrayBuffer()).byteLength));
      case "read":
        return new Response(String(await count(request.body)));
      case "pass":
        return new Response(request.body);
      case "echo":
        return new Response(throughJavaScript(request.body));
      default:
        return new Response("unknown route", { status: 404 });
    }
  }
}
