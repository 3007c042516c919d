/** TextDecoder with the labels and texts of Workers, structuredClone, atob and btoa. */

import * as p from "lapidary:primordials";
import { host } from "lapidary:host";
import { brandClass } from "lapidary:brand";
import { deserialize } from "lapidary:v8-reader";
import { serialize } from "lapidary:v8-writer";

const Native = globalThis.TextDecoder;
const nativeDecode = p.uncurry(Native.prototype.decode);
const nativeEncoding = p.getter(Native.prototype, "encoding");
const { atob: nativeAtob, btoa: nativeBtoa } = globalThis;
const LATIN1 = { __proto__: null };
for (const label of ["ansi_x3.4-1968", "ascii", "cp1252", "cp819", "csisolatin1", "ibm819", "iso-8859-1", "iso-ir-100",
  "iso8859-1", "iso88591", "iso_8859-1", "iso_8859-1:1987", "l1", "latin1", "us-ascii", "windows-1252", "x-cp1252"]) {
  LATIN1[label] = true;
}
/** What windows-1252 has at 0x80 to 0x9f. */
const C1 = "\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f"
  + "\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178";

export class TextDecoder {
  #native;
  #encoding;
  #fatal;
  #ignoreBOM;

  constructor(label = "utf-8", options = undefined) {
    this.#fatal = !!options?.fatal;
    this.#ignoreBOM = !!options?.ignoreBOM;
    const name = p.StringToLowerCase(p.StringTrim(p.toText(label)));
    if (LATIN1[name] === true) {
      this.#encoding = "windows-1252";
      return;
    }
    try {
      this.#native = new Native(name, { __proto__: null, fatal: this.#fatal, ignoreBOM: this.#ignoreBOM });
    } catch {
      throw new p.RangeErrorOf('"' + label + '" is not a valid encoding.');
    }
    this.#encoding = nativeEncoding(this.#native);
  }

  get encoding() {
    return this.#encoding;
  }

  get fatal() {
    return this.#fatal;
  }

  get ignoreBOM() {
    return this.#ignoreBOM;
  }

  decode(input = undefined, options = undefined) {
    if (input !== undefined && !p.ArrayBufferIsView(input) && p.arrayBufferLength(input) < 0
      && p.sharedBufferLength(input) < 0) {
      throw new p.TypeErrorOf("Failed to execute 'decode' on 'TextDecoder': parameter 1 is not of type 'BufferSource'.");
    }
    if (this.#native === undefined) {
      return input === undefined ? "" : latin1(input);
    }
    try {
      return nativeDecode(this.#native, input, { __proto__: null, stream: !!options?.stream });
    } catch {
      throw new p.TypeErrorOf("Failed to decode input.");
    }
  }
}

function latin1(input) {
  const copy = p.ArrayBufferIsView(input) ? p.copyViewBytes(input) : input;
  const bytes = new p.Uint8(copy);
  const length = p.TypedArrayLength(bytes);
  let text = "";
  for (let i = 0; i < length; i++) {
    const byte = bytes[i];
    text += byte >= 0x80 && byte < 0xa0 ? C1[byte - 0x80] : p.StringFromCharCode(byte);
  }
  return text;
}

function structuredClone(value, options = undefined) {
  if (arguments.length === 0) {
    throw new p.TypeErrorOf("Failed to execute 'structuredClone' on 'ServiceWorkerGlobalScope': parameter 1 is not of type 'Value'.");
  }
  const buffers = p.list();
  if (options?.transfer !== undefined) {
    for (const buffer of options.transfer) {
      if (p.arrayBufferLength(buffer) < 0) {
        throw p.domException("Only an ArrayBuffer can be transferred.", "DataCloneError");
      }
      buffers[buffers.length] = buffer;
    }
  }
  const copy = deserialize(serialize(value, host.utf8), host.text);
  for (let i = 0; i < buffers.length; i++) {
    p.ArrayBufferTransfer(buffers[i]);
  }
  return copy;
}

function atob(text) {
  try {
    return nativeAtob(p.toText(text));
  } catch {
    throw p.domException("atob() called with invalid base64-encoded data. (Only whitespace, '+', '/', alphanumeric ASCII, and "
      + "up to two terminal '=' signs when the input data length is divisible by 4 are allowed.)", "InvalidCharacterError");
  }
}

function btoa(text) {
  const plain = p.toText(text);
  try {
    return nativeBtoa(plain);
  } catch {
    throw p.domException("btoa() can only operate on characters in the Latin1 (ISO/IEC 8859-1) range.", "InvalidCharacterError");
  }
}

/** Installs what this module holds. */
export function installText(define) {
  p.tag(TextDecoder, "TextDecoder");
  p.tag(globalThis.TextEncoder, "TextEncoder");
  brandClass(TextDecoder, "TextDecoder");
  brandClass(globalThis.TextEncoder, "TextEncoder");
  brandClass(p.DOMExceptionOf, "DOMException");
  define("TextDecoder", TextDecoder);
  define("structuredClone", structuredClone);
  define("atob", atob);
  define("btoa", btoa);
}
