/** WebSocketPair, and ends that came from elsewhere. */

import * as p from "lapidary:primordials";
import { brandClass } from "lapidary:brand";
import { requireEvent } from "lapidary:host";
import { sockets } from "lapidary:websocket";

export class WebSocketPair {
  constructor() {
    requireEvent();
    const ends = [sockets.make(), sockets.make()];
    sockets.pair(ends[0], ends[1]);
    for (let i = 0; i < 2; i++) {
      p.ObjectDefineProperty(this, i, { __proto__: null, value: ends[i], writable: true, enumerable: true, configurable: true });
    }
  }

  * [p.SymbolIterator]() {
    yield this[0];
    yield this[1];
  }
}

/** An end that came with a response, not accepted yet. */
export function receivedSocket(number) {
  const socket = sockets.make();
  sockets.hold(socket, number);
  return socket;
}

p.tag(WebSocketPair, "WebSocketPair");
brandClass(WebSocketPair, "WebSocketPair");
