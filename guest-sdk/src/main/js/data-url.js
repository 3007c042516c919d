/** What `data:` URLs hold: https://fetch.spec.whatwg.org/#data-url-processor */

import * as p from "lapidary:primordials";
import { host } from "lapidary:host";

const BASE64 = /; *base64$/i;
const TYPE = /^[!#$%&'*+.^_\x60|~0-9a-z-]+\/[!#$%&'*+.^_\x60|~0-9a-z-]+(;|$)/i;
const ESCAPE = /^[0-9a-f]{2}$/i;
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** @returns {{type: string, bytes: ArrayBuffer}|undefined} undefined if the URL, which has no fragment, has no comma */
export function readDataUrl(url) {
  const comma = p.StringIndexOf(url, ",");
  if (comma < 0) {
    return undefined;
  }
  let type = p.StringTrim(p.StringSlice(url, 5, comma));
  let bytes = unescaped(p.StringSlice(url, comma + 1));
  const encoded = p.RegExpExec(BASE64, type);
  if (encoded !== null) {
    type = p.StringSlice(type, 0, encoded.index);
    bytes = fromBase64(bytes);
  }
  if (p.StringStartsWith(type, ";")) {
    type = "text/plain" + type;
  }
  return { __proto__: null, type: p.RegExpExec(TYPE, type) === null ? "text/plain;charset=US-ASCII" : type, bytes: p.copyViewBytes(bytes) };
}

function unescaped(text) {
  const source = new p.Uint8(host.utf8(text));
  const bytes = new p.Uint8(source.length);
  let size = 0;
  for (let i = 0; i < source.length; i++) {
    const hex = source[i] === 0x25 ? p.StringFromCharCode(source[i + 1] ?? 0, source[i + 2] ?? 0) : "";
    if (p.RegExpExec(ESCAPE, hex) === null) {
      bytes[size++] = source[i];
    } else {
      bytes[size++] = p.NumberFrom("0x" + hex);
      i += 2;
    }
  }
  return p.TypedArraySubarray(bytes, 0, size);
}

/** What is no digit of base64 is skipped. */
function fromBase64(text) {
  const bytes = new p.Uint8(text.length);
  let size = 0;
  let bits = 0;
  let held = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = p.StringIndexOf(DIGITS, p.StringFromCharCode(text[i]));
    if (digit >= 0) {
      held = (held << 6 | digit) & 0xffff;
      bits += 6;
      if (bits >= 8) {
        bits -= 8;
        bytes[size++] = held >> bits;
      }
    }
  }
  return p.TypedArraySubarray(bytes, 0, size);
}
