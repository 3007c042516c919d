// A WebSocket client that sends whatever bytes it is told to, and tells frames in words.
import net from "node:net";

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

export class RawSocket {
  #socket;
  #bytes = Buffer.alloc(0);
  #ended = false;
  #wake = () => {};
  /** The answer's status line, headers and, where it refuses, body. */
  answer;

  static async open(port, path, headers = {}) {
    const raw = new RawSocket();
    raw.#socket = net.connect(port, "127.0.0.1");
    raw.#socket.on("data", (bytes) => raw.#arrived(bytes)).on("close", () => raw.#end()).on("error", () => raw.#end());
    const all = { Host: "a.test", Upgrade: "websocket", Connection: "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": KEY, ...headers };
    const lines = Object.entries(all).filter(([, value]) => value !== null).map(([name, value]) => `${name}: ${value}\r\n`);
    raw.#socket.write(`GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
    let end;
    await raw.#until(() => (end = raw.#bytes.indexOf("\r\n\r\n")) >= 0);
    raw.answer = raw.#bytes.subarray(0, end).toString();
    raw.#bytes = raw.#bytes.subarray(end + 4);
    return raw;
  }

  #arrived(bytes) {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    this.#wake();
  }

  #end() {
    this.#ended = true;
    this.#wake();
  }

  async #until(condition, ms = 5_000) {
    const late = Date.now() + ms;
    while (!condition() && !this.#ended) {
      if (Date.now() > late) throw new Error("nothing came");
      await new Promise((done) => { this.#wake = done; setTimeout(done, 100); });
    }
    return condition();
  }

  send(bytes) {
    this.#socket.write(bytes);
  }

  cut() {
    this.#socket.resetAndDestroy();
  }

  close() {
    this.#socket.destroy();
  }

  /** The next frame in words; `end` once the server has ended the connection, `nothing` where a second passes. */
  async next() {
    let length, from;
    const complete = () => {
      const b = this.#bytes;
      if (b.length < 2) return false;
      length = b[1] & 127;
      from = length === 126 ? 4 : length === 127 ? 10 : 2;
      if (b.length < from) return false;
      length = length === 126 ? b.readUInt16BE(2) : length === 127 ? Number(b.readBigUInt64BE(2)) : length;
      return b.length >= from + length;
    };
    try {
      if (!(await this.#until(complete, 1_000))) return "end";
    } catch {
      return "nothing";
    }
    const opcode = this.#bytes[0] & 15;
    const payload = this.#bytes.subarray(from, from + length);
    this.#bytes = this.#bytes.subarray(from + length);
    switch (opcode) {
      case 1: return "text " + payload;
      case 2: return "binary " + length;
      case 8: return length === 0 ? "close" : `close ${payload.readUInt16BE(0)} ${payload.subarray(2)}`;
      case 9: return "ping " + payload;
      default: return "pong " + payload;
    }
  }
}

export function frame(opcode, payload, last = true) {
  const n = payload.length;
  const head = n < 126 ? Buffer.from([0, n]) : Buffer.alloc(n < 65_536 ? 4 : 10);
  if (n >= 65_536) head.writeBigUInt64BE(BigInt(n), 2);
  else if (n >= 126) head.writeUInt16BE(n, 2);
  head[0] = (last ? 128 : 0) | opcode;
  head[1] = 128 | (n < 126 ? n : n < 65_536 ? 126 : 127);
  const mask = Buffer.from([1, 2, 3, 4]);
  return Buffer.concat([head, mask, payload.map((byte, i) => byte ^ mask[i & 3])]);
}
