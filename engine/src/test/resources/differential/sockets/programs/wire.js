// What is on the wire.
const echo = (t, ws, data) => { t.log("message " + t.shown(data)); ws.send(data); };

export default {
  "fragments": { message: echo, steps: [["open", "a", "/"], ["frame", "a", 1, "fr", false], ["frame", "a", 0, "agm", false], ["frame", "a", 0, "ent"], ["next", "a"]] },
  "a ping between fragments": { message: echo, steps: [["open", "a", "/"], ["frame", "a", 1, "fr", false], ["frame", "a", 9, "hey"], ["frame", "a", 0, "ag"], ["next", "a"], ["next", "a"]] },
  "a ping": { steps: [["open", "a", "/"], ["frame", "a", 9, "hey"], ["next", "a"]] },
  "an unasked pong": { message: echo, steps: [["open", "a", "/"], ["frame", "a", 10, "hey"], ["text", "a", "x"], ["next", "a"]] },
  "an empty text": { message: echo, steps: [["open", "a", "/"], ["frame", "a", 1, ""], ["next", "a"]] },
  "a text that is no UTF-8": { message: echo, steps: [["open", "a", "/"], ["frame", "a", 1, "\u00ff\u00fex"], ["next", "a"]] },
  "65,535, 65,536 and 200,000 bytes": { message: (t, ws, data) => ws.send(new Uint8Array(data).length + " bytes"), steps: [["open", "a", "/"], ["zeros", "a", 65_535], ["next", "a"], ["zeros", "a", 65_536], ["next", "a"], ["zeros", "a", 200_000], ["next", "a"]] },
  "125, 126 and 70,000 bytes to the client": { message(t, ws) { for (const n of [125, 126, 70_000]) ws.send(new Uint8Array(n)); }, steps: [["open", "a", "/"], ["text", "a", "x"], ["next", "a"], ["next", "a"], ["next", "a"]] },
  "an unknown opcode": { steps: [["open", "a", "/"], ["frame", "a", 3, "x"], ["code", "a"], ["log", 1]] },
  "a continuation of nothing": { steps: [["open", "a", "/"], ["frame", "a", 0, "x"], ["code", "a"], ["log", 1]] },
  "a message within fragments": { steps: [["open", "a", "/"], ["frame", "a", 1, "x", false], ["frame", "a", 1, "y"], ["code", "a"], ["log", 1]] },
  "a reserved bit": { steps: [["open", "a", "/"], ["raw", "a", [0xc1, 0x80, 0, 0, 0, 0]], ["code", "a"], ["log", 1]] },
  "a message of more than 32 MiB": { steps: [["open", "a", "/"], ["raw", "a", [0x82, 0xff, 0, 0, 0, 0, 2, 16, 0, 0, 0, 0, 0, 0]], ["code", "a"], ["log", 1]] },
  "a ping of 126 bytes": { steps: [["open", "a", "/"], ["frame", "a", 9, "x".repeat(126)], ["code", "a"]] },
  "a close of one byte": { steps: [["open", "a", "/"], ["frame", "a", 8, "x"], ["code", "a"]] },
  "half a frame, then the end": { steps: [["open", "a", "/"], ["raw", "a", [0x81, 0x85, 0, 0, 0, 0, 65]], ["cut", "a"], ["log", 1]] },
  "a message after a close": { steps: [["open", "a", "/"], ["close", "a", 1000, ""], ["text", "a", "late"], ["log", 1]] },
  "permessage-deflate is offered": { message: echo, steps: [["open", "a", "/", { "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits" }], ["text", "a", "x"], ["next", "a"]] },
  "no key": { steps: [["open", "a", "/", { "Sec-WebSocket-Key": null }]] },
  "another version": { steps: [["open", "a", "/", { "Sec-WebSocket-Version": "8" }]] },
  "a name in other letters": { message: echo, steps: [["open", "a", "/", { Upgrade: "WebSocket" }], ["text", "a", "x"], ["next", "a"]] },
};
