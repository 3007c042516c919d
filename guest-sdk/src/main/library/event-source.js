/** EventSource: server-sent events, out of a response or of a stream. */

import { brandClass } from "lapidary:brand";
import { ErrorEvent, Event, EventTarget, MessageEvent } from "lapidary:events";
import { requireEvent } from "lapidary:host";
import { enumerable, tag } from "lapidary:primordials";

const STREAM = {};
const DEFAULT_RETRY = 2_000;
const MOST_LINE = 4 * 1024 * 1024;

export class EventSource extends EventTarget {
  #url = "";
  #state = 0;
  #lastEventId = "";
  #retry = DEFAULT_RETRY;
  #handlers = { open: null, message: null, error: null };
  #abort = new AbortController();

  constructor(url, init = undefined) {
    if (arguments.length === 0) {
      throw new TypeError("Failed to construct 'EventSource': constructor parameter 1 is not of type 'string'.");
    }
    super();
    if (init === STREAM) {
      this.#state = 1;
      queueMicrotask(() => this.#stream(url));
      return;
    }
    if (!URL.canParse(String(url))) {
      throw new DOMException("Cannot open an EventSource to '" + url + "'. The URL is invalid.", "SyntaxError");
    }
    if (init?.withCredentials) {
      throw new DOMException("The init.withCredentials option is not supported. It must be false or undefined.", "NotSupportedError");
    }
    requireEvent();
    this.#url = new URL(url).href;
    void this.#connect(init?.fetcher);
  }

  static from(stream) {
    if (!(stream instanceof ReadableStream)) {
      throw new TypeError("Failed to execute 'from' on 'EventSource': parameter 1 is not of type 'ReadableStream'.");
    }
    return new EventSource(stream, STREAM);
  }

  get url() {
    return this.#url;
  }

  get withCredentials() {
    return false;
  }

  get readyState() {
    return this.#state;
  }

  get onopen() {
    return this.#handlers.open;
  }

  set onopen(handler) {
    this.#handlers.open = typeof handler === "function" ? handler : null;
  }

  get onmessage() {
    return this.#handlers.message;
  }

  set onmessage(handler) {
    this.#handlers.message = typeof handler === "function" ? handler : null;
  }

  get onerror() {
    return this.#handlers.error;
  }

  set onerror(handler) {
    this.#handlers.error = typeof handler === "function" ? handler : null;
  }

  close() {
    this.#state = 2;
    this.#abort.abort();
  }

  async #connect(fetcher) {
    while (this.#state !== 2) {
      try {
        const headers = { "accept": "text/event-stream", "cache-control": "no-cache" };
        if (this.#lastEventId !== "") {
          headers["last-event-id"] = this.#lastEventId;
        }
        const response = await (fetcher ?? globalThis).fetch(this.#url, { headers, signal: this.#abort.signal });
        if (response.status !== 200 || !/^text\/event-stream\b/i.test(response.headers.get("content-type") ?? "")) {
          await response.body?.cancel();
          this.#fail(response.status === 204 ? undefined : new Error("The response status code was " + response.status
            + " and its type " + response.headers.get("content-type") + ": this is no stream of events."), 2);
          return;
        }
        this.#state = 1;
        this.dispatchEvent(new Event("open"));
        await this.#read(response.body);
        this.#fail(new Error("The server disconnected."), 0);
      } catch (error) {
        this.#fail(error, 0);
      }
      await new Promise((resolve) => setTimeout(resolve, this.#retry));
    }
  }

  async #stream(stream) {
    try {
      this.dispatchEvent(new Event("open"));
      await this.#read(stream);
      this.#fail(new Error("The server disconnected."), 2);
    } catch (error) {
      this.#fail(error, 2);
    }
  }

  #fail(error, state) {
    if (this.#state !== 2) {
      this.#state = state;
      this.dispatchEvent(new ErrorEvent("error", { error }));
    }
  }

  async #read(stream) {
    const reader = stream.getReader();
    const decoder = new TextDecoder();
    let event = { data: [], type: "" };
    let rest = "";
    const line = (text) => {
      if (text === "") {
        const { data, type } = event;
        event = { data: [], type: "" };
        if (data.length > 0) {
          this.dispatchEvent(new MessageEvent(type === "" ? "message" : type, { data: data.join("\n"), lastEventId: this.#lastEventId }));
        }
        return;
      }
      const colon = text.indexOf(":");
      const field = colon < 0 ? text : text.slice(0, colon);
      const value = colon < 0 ? "" : text.slice(text[colon + 1] === " " ? colon + 2 : colon + 1);
      if (field === "data") {
        event.data.push(value);
      } else if (field === "event") {
        event.type = value;
      } else if (field === "id" && !value.includes("\0")) {
        this.#lastEventId = value;
      } else if (field === "retry" && /^\d{1,9}$/.test(value)) {
        this.#retry = Number(value);
      }
    };
    for (;;) {
      const { value, done } = await reader.read();
      if (this.#state === 2) {
        await reader.cancel();
        return;
      }
      rest += typeof value === "string" ? value : decoder.decode(value, { stream: !done });
      // A carriage return at the end may be half of a line's end.
      const lines = rest.split(done ? /\r\n|\r|\n/ : /\r\n|\n|\r(?!$)/);
      rest = lines.pop();
      lines.forEach(line);
      if (done) {
        return;
      }
      if (rest.length > MOST_LINE) {
        throw new RangeError("A line of the event stream has more than " + MOST_LINE + " characters.");
      }
    }
  }
}

for (const [name, value] of [["CONNECTING", 0], ["OPEN", 1], ["CLOSED", 2]]) {
  for (const holder of [EventSource, EventSource.prototype]) {
    Object.defineProperty(holder, name, { value, enumerable: true });
  }
}
enumerable(EventSource, ["url", "withCredentials", "readyState", "onopen", "onmessage", "onerror", "close"]);
tag(EventSource, "EventSource");
brandClass(EventSource, "EventSource");
