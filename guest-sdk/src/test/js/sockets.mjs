/** The host's side of WebSockets, as far as one guest alone can tell. */
export class Sockets {
  #ends = new Map();
  #events = [];
  #nextNumber = 1;
  #autoResponse;
  #timeout = 0;
  time = 1_000;

  functions() {
    const end = (number) => this.#ends.get(number);
    return {
      socketPair: () => {
        const first = this.#nextNumber;
        this.#nextNumber += 2;
        this.#ends.set(first, { number: first, peer: first + 1, queue: [] });
        this.#ends.set(first + 1, { number: first + 1, peer: first, queue: [] });
        return first;
      },
      socketAccept: (number) => this.#listen(end(number)),
      socketHibernate: (number, tags, attachment) => this.#listen(Object.assign(end(number), { hibernatable: true, tags, attachment })),
      socketSend: (number, data) => this.#send(end(number), ["socketMessage", data]),
      socketClose: (number, code, reason) => {
        end(number).closedOut = true;
        this.#send(end(number), ["socketClosed", code, code === 1006 ? "WebSocket disconnected without sending Close frame." : reason, code !== 1006]);
      },
      sockets: (tag) => {
        const open = [...this.#ends.values()].filter((e) => e.hibernatable && !e.closedIn && (tag === undefined || e.tags.includes(tag)));
        return (tag === undefined ? open.reverse() : open).map((e) => e.number);
      },
      socketTags: (number) => end(number)?.tags ?? [],
      socketState: (number) => (end(number).closedIn ? 1 : 0) | (end(number).closedOut ? 2 : 0),
      socketAttachment: (number, bytes) => {
        if (bytes === undefined) return end(number).attachment;
        end(number).attachment = bytes;
        return undefined;
      },
      socketAutoResponse: (request, response) => {
        if (request === undefined) return this.#autoResponse;
        this.#autoResponse = request === null ? undefined : [request, response];
        return undefined;
      },
      socketAutoResponseTime: (number) => end(number).autoResponseTime,
      socketTimeout: (ms) => {
        if (ms === undefined) return this.#timeout;
        this.#timeout = ms;
        return undefined;
      },
    };
  }

  #listen(end) {
    end.listening = true;
    end.queue.splice(0).forEach((event) => this.#deliver(end, event));
  }

  #send(end, event) {
    const peer = this.#ends.get(end.peer);
    if (peer.listening) this.#deliver(peer, event);
    else peer.queue.push(event);
  }

  #deliver(end, event) {
    if (end.hibernatable && event[1] === this.#autoResponse?.[0]) {
      end.autoResponseTime = this.time;
      this.#send(end, ["socketMessage", this.#autoResponse[1]]);
      return;
    }
    this.#events.push([event[0], end.number, ...event.slice(1)]);
  }

  /** The next event for the guest. */
  next() {
    const event = this.#events.shift();
    const closing = this.#closing;
    if (closing !== undefined) closing.closedIn = true;
    this.#closing = event?.[0] === "socketClosed" ? this.#ends.get(event[1]) : undefined;
    return event;
  }

  #closing;
}
