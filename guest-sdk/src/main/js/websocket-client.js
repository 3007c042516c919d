/** What `new WebSocket(url)` asks of the network: the upgrade of an ordinary request. */

import * as p from "lapidary:primordials";
import { sendRequest } from "lapidary:fetch";
import { parseUrl } from "lapidary:url";

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z"]+$/;
const PREFIX = "WebSocket Constructor: ";
const GLOBAL_OUTBOUND = 0;

function refuse(complaint) {
  throw p.domException(PREFIX + complaint, "SyntaxError");
}

function address(text) {
  let href;
  try {
    href = parseUrl(text, "");
  } catch {
    refuse("The url is invalid.");
  }
  const secure = p.StringStartsWith(href, "wss:");
  if (!secure && !p.StringStartsWith(href, "ws:")) {
    refuse("The url scheme must be ws or wss.");
  }
  if (p.StringIndexOf(href, "#") >= 0) {
    refuse("The url fragment must be empty.");
  }
  return (secure ? "https" : "http") + p.StringSlice(href, secure ? 3 : 2);
}

function offer(protocols) {
  if (!p.ArrayIsArray(protocols)) {
    const protocol = p.toText(protocols);
    return p.RegExpExec(TOKEN, protocol) === null ? refuse("The protocol header token is invalid.") : protocol;
  }
  const names = p.list();
  for (let i = 0; i < protocols.length; i++) {
    const name = p.toText(protocols[i]);
    if (p.RegExpExec(TOKEN, name) === null) {
      refuse("One of the protocol header tokens is invalid.");
    }
    for (let j = 0; j < names.length; j++) {
      if (names[j] === name) {
        refuse("The protocols header cannot have repeating values.");
      }
    }
    names[i] = name;
  }
  return p.ArrayJoin(names, ", ");
}

/**
 * Asks for a connection; one of the callbacks is told later.
 *
 * @param {function(WebSocket, ?string, ?string)} connected the end, its protocol, its extensions
 * @param {function(Error)} refused
 * @throws {DOMException} SyntaxError for a bad URL or protocol
 */
export function openConnection(url, protocols, connected, refused) {
  const target = address(url);
  const headers = { __proto__: null, Upgrade: "websocket" };
  const offered = protocols === undefined ? "" : offer(protocols);
  if (offered !== "") {
    headers["Sec-WebSocket-Protocol"] = offered;
  }
  settle(sendRequest(GLOBAL_OUTBOUND, target, { __proto__: null, headers, redirect: "manual" }), connected, refused);
}

async function settle(answer, connected, refused) {
  let response;
  try {
    response = await answer;
    if (response.status !== 101 || response.webSocket === null) {
      throw new p.TypeErrorOf("Failed to establish the WebSocket connection: expected server to reply with HTTP status code 101 "
        + "(switching protocols), but received " + response.status + " instead.");
    }
  } catch (error) {
    refused(error);
    return;
  }
  const { headers, webSocket } = response;
  connected(webSocket, headers.get("sec-websocket-protocol"), headers.get("sec-websocket-extensions"));
}
