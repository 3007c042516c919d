/** Requests to the outside: the global fetch() and the fetch() of everything that can be held. */

import * as p from "lapidary:primordials";
import { isSignal, onAbort } from "lapidary:abort";
import { receivedContent, sendBody } from "lapidary:body";
import { answerCall, forgetCall, openCall } from "lapidary:calls";
import { Held } from "lapidary:held";
import { GLOBAL_SCOPE_TEXT, host, inEvent } from "lapidary:host";
import { load } from "lapidary:lazy";
import { outgoing, Request } from "lapidary:request";
import { receivedResponse } from "lapidary:response";
import { resolveUrl } from "lapidary:url";

/** The handle that stands for what `fetch()` goes to. */
const GLOBAL_OUTBOUND = 0;
/** The close code that cuts a WebSocket. */
const ABNORMAL = 1006;
const HTTP = /^https?:/;
const ORIGIN = /^[^:]+:\/\/[^/?]*/;
const MAX_REDIRECTS = 20;
const BODY_HEADERS = { __proto__: null, "content-length": true };
const CREDENTIALS = { __proto__: null, authorization: true, cookie: true };

/**
 * Sends a request to what a handle stands for, and follows the redirects that come back.
 *
 * @param {number} handle 0 is what the worker was given as its outbound
 * @returns {Promise<Response>}
 */
export async function sendRequest(handle, input, init = undefined) {
  const request = new Request(input, init);
  const { method, url, flat, redirect, signal, client } = outgoing(request);
  if (p.StringStartsWith(url, "data:")) {
    return dataResponse(method, url);
  }
  if (handle === GLOBAL_OUTBOUND && p.RegExpExec(HTTP, url) === null) {
    throw new p.TypeErrorOf("Fetch API cannot load: " + url);
  }
  const hasSignal = signal !== undefined && isSignal(signal);
  if (hasSignal && signal.aborted) {
    throw signal.reason;
  }
  const sent = {
    __proto__: null, handle, method, url: withoutFragment(url), flat, body: sendBody(request), redirect, client, hops: 0,
    call: undefined, content: undefined,
  };
  const call = dispatch(sent);
  if (hasSignal) {
    onAbort(signal, () => {
      if (forgetCall(sent.call.id)) {
        host.cancelCall(sent.call.id);
        call.reject(signal.reason);
      } else {
        sent.content?.fail(signal.reason);
      }
    });
  }
  return call.promise;
}

function dispatch(sent) {
  const call = openCall();
  sent.call = call;
  call.sent = sent;
  call.url = sent.url;
  try {
    host.subrequest(call.id, sent.handle, sent.method, sent.url, sent.flat, sent.body, sent.redirect, sent.client);
  } catch (error) {
    forgetCall(call.id);
    throw error;
  }
  return call;
}

function dataResponse(method, url) {
  const data = load("data-url").readDataUrl(withoutFragment(url));
  if (data === undefined) {
    throw new p.TypeErrorOf("Fetch API cannot load: " + url);
  }
  const flat = p.list();
  flat[0] = "content-type";
  flat[1] = data.type;
  return receivedResponse(200, "OK", flat, method === "GET" ? data.bytes : null, { __proto__: null, url: "", redirected: false });
}

/** Where a response redirects to; undefined if it does not, or whoever asked wants to see it. */
function redirection(sent, status, flat) {
  if (sent.redirect !== "follow" || (status !== 301 && status !== 302 && status !== 303 && status !== 307 && status !== 308)) {
    return undefined;
  }
  for (let i = 0; i < flat.length; i += 2) {
    if (flat[i] === "location") {
      return flat[i + 1];
    }
  }
  return undefined;
}

/** Asks once more, on behalf of `call`. */
function follow(call, status, location) {
  const { sent } = call;
  const next = resolveUrl(location, sent.url);
  if (next === undefined) {
    throw new p.TypeErrorOf("Invalid URL: " + location);
  }
  if (++sent.hops > MAX_REDIRECTS) {
    throw new p.TypeErrorOf("Too many redirects.");
  }
  if ((status === 303 && sent.method !== "GET" && sent.method !== "HEAD") || (status <= 302 && sent.method === "POST")) {
    sent.method = "GET";
    sent.body = null;
    sent.flat = without(sent.flat, BODY_HEADERS);
  } else if (typeof sent.body === "number") {
    throw new p.TypeErrorOf("A request whose body is a stream met a redirect that wants the body once more. Give it a body in "
      + "one piece.");
  }
  if (p.RegExpExec(ORIGIN, next)?.[0] !== p.RegExpExec(ORIGIN, sent.url)?.[0]) {
    sent.flat = without(sent.flat, CREDENTIALS);
  }
  sent.url = withoutFragment(next);
  const again = dispatch(sent);
  again.resolve = call.resolve;
  again.reject = call.reject;
}

function without(flat, names) {
  const kept = p.list();
  for (let i = 0; i < flat.length; i += 2) {
    if (names[flat[i]] !== true) {
      kept[kept.length] = flat[i];
      kept[kept.length] = flat[i + 1];
    }
  }
  return kept;
}

/** A fragment is for whoever made the address: it is never sent. */
function withoutFragment(url) {
  const at = p.StringIndexOf(url, "#");
  return at < 0 ? url : p.StringSlice(url, 0, at);
}

/** The global function. */
export async function fetch(input, init = undefined) {
  if (arguments.length === 0) {
    throw new p.TypeErrorOf("Failed to execute 'fetch' on 'ServiceWorkerGlobalScope': parameter 1 is not of type 'Request or string'.");
  }
  if (!inEvent) {
    throw new p.ErrorOf(GLOBAL_SCOPE_TEXT);
  }
  return sendRequest(GLOBAL_OUTBOUND, input, init);
}

/**
 * The host's answer to a `subrequest`.
 *
 * @param {string|undefined} redirectedTo where the host has followed redirects to
 */
export function replied(id, status, statusText, flat, body, socket, redirectedTo = undefined) {
  const content = receivedContent(body);
  const drop = () => {
    if (socket !== 0) {
      host.socketClose(socket, ABNORMAL, "");
    }
    if (content instanceof Held) {
      content.cancel("");
    }
  };
  answerCall(
    id,
    (call) => {
      const { sent } = call;
      const location = redirection(sent, status, flat);
      if (location !== undefined) {
        drop();
        try {
          follow(call, status, location);
        } catch (error) {
          call.reject(error);
        }
        return;
      }
      sent.content = content instanceof Held ? content : undefined;
      const origin = { __proto__: null, url: redirectedTo ?? sent.url, redirected: redirectedTo !== undefined || sent.hops > 0 };
      call.resolve(receivedResponse(status, statusText, flat, content, origin, socket));
    },
    drop,
  );
}
