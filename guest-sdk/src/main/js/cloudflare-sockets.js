/** The module that apps import as `cloudflare:sockets`. Code here has no way to the network but `fetch()`. */

import { requireEvent } from "lapidary:host";
import * as p from "lapidary:primordials";

const ADDRESS = /^(\[[0-9A-Fa-f:.]+\]|[^:\s/]+):(\d+)$/;

/** Refuses, as workerd does where it is not let out: first the address, then the connection. */
export function connect(address, options = undefined) {
  const text = typeof address === "object" && address !== null ? address.hostname + ":" + address.port : p.toText(address);
  if (p.StringIndexOf(text, ":") < 0) {
    throw new p.TypeErrorOf("Specified address is missing port.");
  }
  const parts = p.RegExpExec(ADDRESS, text);
  if (parts === null || p.NumberFrom(parts[2]) > 65_535) {
    throw new p.TypeErrorOf("Specified address could not be parsed.");
  }
  const secure = options?.secureTransport;
  if (secure !== undefined && secure !== "off" && secure !== "on" && secure !== "starttls") {
    throw new p.TypeErrorOf("Unsupported value in secureTransport socket option: " + p.toText(secure));
  }
  requireEvent();
  throw new p.ErrorOf("proxy request failed, cannot connect to the specified address: sockets are not let out here; use fetch()");
}

export default { connect };
