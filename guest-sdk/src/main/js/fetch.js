/** Requests to the outside: the global fetch() and the fetch() of everything that can be held. */

import * as p from "lapidary:primordials";
import { isSignal, onAbort } from "lapidary:abort";
import { receivedContent, sendBody } from "lapidary:body";
import { answerCall, forgetCall, openCall } from "lapidary:calls";
import { Held } from "lapidary:held";
import { GLOBAL_SCOPE_TEXT, host, inEvent } from "lapidary:host";
import { outgoing, Request } from "lapidary:request";
import { receivedResponse } from "lapidary:response";

/** The handle that stands for what `fetch()` goes to. */
const GLOBAL_OUTBOUND = 0;
/** The close code that cuts a WebSocket. */
const ABNORMAL = 1006;
const HTTP = /^https?:/;

/**
 * Sends a request to what a handle stands for.
 *
 * @param {number} handle 0 is what the worker was given as its outbound
 * @returns {Promise<Response>}
 */
export async function sendRequest(handle, input, init = undefined) {
  const request = new Request(input, init);
  const { method, url, flat, redirect, signal, client } = outgoing(request);
  if (handle === GLOBAL_OUTBOUND && p.RegExpExec(HTTP, url) === null) {
    throw new p.TypeErrorOf("Fetch API cannot load: " + url);
  }
  const hasSignal = signal !== undefined && isSignal(signal);
  if (hasSignal && signal.aborted) {
    throw signal.reason;
  }
  const call = openCall();
  call.url = withoutFragment(url);
  try {
    host.subrequest(call.id, handle, method, call.url, flat, sendBody(request), redirect, client);
  } catch (error) {
    forgetCall(call.id);
    throw error;
  }
  if (hasSignal) {
    onAbort(signal, () => {
      if (forgetCall(call.id)) {
        host.cancelCall(call.id);
        call.reject(signal.reason);
      } else {
        call.body?.fail(signal.reason);
      }
    });
  }
  return call.promise;
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

/** The host's answer to a `subrequest`. */
export function replied(id, status, statusText, flat, body, socket) {
  const content = receivedContent(body);
  answerCall(
    id,
    (call) => {
      call.body = content instanceof Held ? content : undefined;
      call.resolve(receivedResponse(status, statusText, flat, content, call.url, socket));
    },
    () => {
      if (socket !== 0) {
        host.socketClose(socket, ABNORMAL, "");
      }
      if (content instanceof Held) {
        content.cancel("");
      }
    },
  );
}
