/** EventSource: a stream of events over `fetch()`, as the HTML standard has it. */

import { brandClass } from "lapidary:brand";
import { ErrorEvent, Event, EventTarget, MessageEvent } from "lapidary:events";
import { enumerable, tag } from "lapidary:primordials";

const CONNECTING = 0;
const OPEN = 1;
const CLOSED = 2;
const RETRY_MS = 2_000;
const MAX_LINE_CHARS = 16 << 20;
const DISCONNECTED = "The server disconnected.";
const KEY = {};

export class EventSource extends EventTarget {
  #url = "";
  #credentials = false;
  #state = CONNECTING;
  #retry = RETRY_MS;
  #lastId = "";
  #abort = new AbortController();
  #fetcher;

  constructor(url, init = undefined) {
    super();
    if (url === KEY) {
      return;
    }
    if (arguments.length === 0) {
      throw new TypeError("Failed to construct 'EventSource': constructor parameter 1 is not of type 'string'.");
    }
    const { withCredentials, fetcher } = init ?? {};
    if (withCredentials) {
      throw new DOMException("The init.withCredentials option is not supported. It must be false or undefined.", "NotSupportedError");
    }
    try {
      this.#url = new URL(String(url)).href;
    } catch {
      throw new DOMException("Cannot open an EventSource to '" + url + "'. The URL is invalid.", "SyntaxError");
    }
    this.#fetcher = fetcher ?? globalThis;
    this.#run();
  }

  /** The events of a stream that is there already. It is not opened again when it ends. */
  static from(stream) {
    if (!(stream instanceof ReadableStream)) {
      throw new TypeError("Failed to execute 'from' on 'EventSource': parameter 1 is not of type 'ReadableStream'.");
    }
    const source = new EventSource(KEY);
    source.#follow(stream);
    return source;
  }

  get url() {
    return this.#url;
  }

  get withCredentials() {
    return this.#credentials;
  }

  get readyState() {
    return this.#state;
  }

  close() {
    this.#state = CLOSED;
    this.#abort.abort();
  }

  async #follow(stream) {
    try {
      this.#opened();
      await this.#read(stream);
      this.#failed(new Error(DISCONNECTED));
    } catch (error) {
      this.#failed(error);
    }
    this.#state = CLOSED;
  }

  /** Connects as often as it takes, until it is closed or must not be asked again. */
  async #run() {
    while (this.#state !== CLOSED) {
      let again;
      try {
        again = await this.#connect();
      } catch (error) {
        again = true;
        this.#lost(error);
      }
      if (!again) {
        return;
      }
      await new Promise((done) => setTimeout(done, this.#retry));
    }
  }

  async #connect() {
    const headers = { accept: "text/event-stream", "cache-control": "no-cache" };
    if (this.#lastId !== "") {
      headers["last-event-id"] = this.#lastId;
    }
    const response = await this.#fetcher.fetch(this.#url, { headers, signal: this.#abort.signal });
    if (this.#state === CLOSED) {
      return false;
    }
    const type = response.headers.get("content-type") ?? "";
    const complaint = response.status === 204 ? "The server wants no more connections."
      : response.status !== 200 ? "The response status code was " + response.status + "."
      : !/^\s*text\/event-stream\s*(;|$)/i.test(type) ? "The content type '" + type + "' is invalid."
      : response.body === null ? "The response has no body." : undefined;
    if (complaint !== undefined) {
      await response.body?.cancel();
      this.#state = CLOSED;
      this.#failed(new DOMException(complaint, "AbortError"));
      return false;
    }
    this.#opened();
    await this.#read(response.body);
    this.#lost(new Error(DISCONNECTED));
    return true;
  }

  #opened() {
    this.#state = OPEN;
    this.dispatchEvent(new Event("open"));
  }

  #lost(error) {
    if (this.#state !== CLOSED) {
      this.#state = CONNECTING;
      this.#failed(error);
    }
  }

  #failed(error) {
    this.dispatchEvent(new ErrorEvent("error", { error }));
  }

  async #read(stream) {
    const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
    const origin = this.#url === "" ? undefined : new URL(this.#url).origin;
    const event = { data: [], type: "", id: this.#lastId };
    let rest = "";
    try {
      for (let { value, done } = await reader.read(); !done && this.#state !== CLOSED; { value, done } = await reader.read()) {
        // A line that ends with CR may go on with LF in the next chunk.
        const lines = (rest + value).split(/\r\n|\n|\r(?!$)/);
        rest = lines.pop();
        if (rest.length > MAX_LINE_CHARS) {
          throw new RangeError("A line of the event stream has more than " + MAX_LINE_CHARS + " characters.");
        }
        for (const line of lines) {
          this.#line(line, event, origin);
        }
      }
    } finally {
      await reader.cancel().catch(() => {});
    }
  }

  #line(line, event, origin) {
    if (line === "") {
      this.#dispatch(event, origin);
      return;
    }
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + (line[colon + 1] === " " ? 2 : 1));
    if (field === "data") {
      event.data.push(value);
    } else if (field === "event") {
      event.type = value;
    } else if (field === "id" && !value.includes("\0")) {
      event.id = value;
    } else if (field === "retry" && /^[0-9]+$/.test(value)) {
      this.#retry = Math.min(Number(value), 2 ** 31 - 1);
    }
  }

  #dispatch(event, origin) {
    this.#lastId = event.id;
    if (event.data.length > 0 && this.#state !== CLOSED) {
      const init = { data: event.data.join("\n"), origin, lastEventId: this.#lastId };
      this.dispatchEvent(new MessageEvent(event.type === "" ? "message" : event.type, init));
    }
    event.data = [];
    event.type = "";
  }
}

for (const [name, value] of Object.entries({ CONNECTING, OPEN, CLOSED })) {
  for (const holder of [EventSource, EventSource.prototype]) {
    Object.defineProperty(holder, name, { value, enumerable: true });
  }
}
enumerable(EventSource, ["close", "url", "withCredentials", "readyState"]);
tag(EventSource, "EventSource");
brandClass(EventSource, "EventSource");
