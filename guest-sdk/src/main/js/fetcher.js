/** Fetcher, which is ServiceStub too: what can be fetched from and called, be it an entrypoint, an object or a facet. */

import * as p from "lapidary:primordials";
import { brandClass } from "lapidary:brand";
import { release, retain } from "lapidary:capability";
import { sendRequest } from "lapidary:fetch";
import { illegalConstructor, makeObject, own, SERVICE, wrongArgument } from "lapidary:node";
import { liveHold, makeStub, setMaker } from "lapidary:payload";
import { makeWild } from "lapidary:rpc";

export class Fetcher {
  constructor() {
    illegalConstructor();
  }

  async fetch(input, init = undefined) {
    const node = own(this, SERVICE);
    if (arguments.length === 0) {
      throw wrongArgument("fetch", "Fetcher", 1, "Request or string");
    }
    const hold = retain(liveHold(node));
    try {
      return await sendRequest(hold.handle, input, init);
    } finally {
      release(hold);
    }
  }

  connect(address) {
    own(this, SERVICE);
    if (arguments.length === 0) {
      throw wrongArgument("connect", "Fetcher", 1, "SocketAddress or string");
    }
    throw new p.ErrorOf("connect() is not supported: this engine has no TCP sockets.");
  }
}

/** A stub that owns one reference of `hold`; see `makeStub`. */
export function makeFetcher(hold, special = undefined) {
  return makeStub(SERVICE, hold, special);
}

makeWild(Fetcher);
setMaker(SERVICE, (node) => makeObject(node.prototype ?? Fetcher.prototype, node));
p.enumerable(Fetcher, ["fetch", "connect"]);
p.tag(Fetcher, "Fetcher");
brandClass(Fetcher, "Fetcher", "ServiceStub cannot be serialized in this context.");
