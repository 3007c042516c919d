/** TextDecoder with the labels and texts of Workers, structuredClone, atob and btoa. */

import * as p from "lapidary:primordials";
import { loaded } from "lapidary:lazy";
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
/** Encodings that the host decodes, with what else they are called. */
const LEGACY = {
  __proto__: null,
  "ibm866": ["866", "cp866", "csibm866"], "iso-8859-2": ["latin2", "l2", "csisolatin2", "iso-ir-101", "iso8859-2", "iso88592", "iso_8859-2", "iso_8859-2:1987"],
  "iso-8859-3": ["latin3", "l3", "iso8859-3"], "iso-8859-4": ["latin4", "l4", "iso8859-4"], "iso-8859-5": ["cyrillic", "csisolatincyrillic", "iso8859-5"],
  "iso-8859-6": ["arabic", "asmo-708", "ecma-114", "iso8859-6"], "iso-8859-7": ["greek", "greek8", "ecma-118", "iso8859-7"], "iso-8859-8": ["hebrew", "visual", "iso8859-8"],
  "iso-8859-13": ["iso8859-13", "iso885913"], "iso-8859-15": ["l9", "latin9", "csisolatin9", "iso8859-15", "iso885915"], "koi8-r": ["koi", "koi8", "koi8_r", "cskoi8r"],
  "koi8-u": ["koi8-ru"], "macintosh": ["mac", "x-mac-roman", "csmacintosh"], "windows-874": ["dos-874", "tis-620", "iso-8859-11"], "windows-1250": ["cp1250", "x-cp1250"],
  "windows-1251": ["cp1251", "x-cp1251"], "windows-1253": ["cp1253", "x-cp1253"], "windows-1254": ["cp1254", "x-cp1254", "latin5", "l5", "iso-8859-9"],
  "windows-1255": ["cp1255", "x-cp1255"], "windows-1256": ["cp1256", "x-cp1256"], "windows-1257": ["cp1257", "x-cp1257"], "windows-1258": ["cp1258", "x-cp1258"],
  "gbk": ["gb2312", "chinese", "x-gbk", "gb_2312-80", "csgb2312"], "gb18030": [], "big5": ["big5-hkscs", "cn-big5", "csbig5", "x-x-big5"],
  "euc-jp": ["x-euc-jp", "cseucpkdfmtjapanese"], "iso-2022-jp": ["csiso2022jp"], "shift_jis": ["sjis", "shift-jis", "ms_kanji", "x-sjis", "windows-31j", "ms932", "csshiftjis"],
  "euc-kr": ["korean", "ks_c_5601-1987", "ksc5601", "windows-949", "cseuckr"],
};
let labels;
/** What windows-1252 has at 0x80 to 0x9f. */
const C1 = "\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f"
  + "\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178";

export class TextDecoder {
  #legacy;
  /** What the pieces so far have, joined when the last one comes: an encoding of old may cut a character anywhere. */
  #pieces = p.list();
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
    const legacy = legacyEncoding(name);
    if (legacy !== undefined) {
      this.#encoding = legacy;
      this.#legacy = true;
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
    if (this.#legacy) {
      return this.#decodeLegacy(input, !!options?.stream);
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

  #decodeLegacy(input, more) {
    if (input !== undefined) {
      this.#pieces[this.#pieces.length] = new p.Uint8(p.ArrayBufferIsView(input) ? p.copyViewBytes(input) : p.bytesOf(input, 0, byteLength(input)));
    }
    if (more) {
      return "";
    }
    let total = 0;
    for (let i = 0; i < this.#pieces.length; i++) {
      total += p.TypedArrayLength(this.#pieces[i]);
    }
    const all = new p.Uint8(total);
    let at = 0;
    for (let i = 0; i < this.#pieces.length; i++) {
      p.TypedArraySet(all, this.#pieces[i], at);
      at += p.TypedArrayLength(this.#pieces[i]);
    }
    this.#pieces = p.list();
    const text = host.decode(this.#encoding, p.TypedArrayBuffer(all), this.#fatal);
    if (text === null) {
      throw new p.TypeErrorOf("Failed to decode input.");
    }
    return text;
  }
}

function byteLength(buffer) {
  const length = p.arrayBufferLength(buffer);
  return length >= 0 ? length : p.sharedBufferLength(buffer);
}

/** The name of an encoding that only the host knows, by any of its labels. */
function legacyEncoding(label) {
  if (labels === undefined) {
    labels = { __proto__: null };
    const names = p.ObjectKeys(LEGACY);
    for (let i = 0; i < names.length; i++) {
      labels[names[i]] = names[i];
      const others = LEGACY[names[i]];
      for (let j = 0; j < others.length; j++) {
        labels[others[j]] = names[i];
      }
    }
  }
  return labels[label];
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
      for (let i = 0; i < buffers.length; i++) {
        if (buffers[i] === buffer) {
          throw p.domException("A buffer is transferred twice.", "DataCloneError");
        }
      }
      if (loaded("webassembly")?.isMemoryBuffer(buffer)) {
        throw p.domException("Object is not transferable.", "DataCloneError");
      }
      if (p.ArrayBufferDetached(buffer)) {
        throw p.domException("An ArrayBuffer is detached and could not be cloned.", "DataCloneError");
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
  needText(arguments.length, "atob");
  try {
    return nativeAtob(p.toText(text));
  } catch {
    throw p.domException("atob() called with invalid base64-encoded data. (Only whitespace, '+', '/', alphanumeric ASCII, and "
      + "up to two terminal '=' signs when the input data length is divisible by 4 are allowed.)", "InvalidCharacterError");
  }
}

function needText(given, name) {
  if (given === 0) {
    throw new p.TypeErrorOf("Failed to execute '" + name + "' on 'ServiceWorkerGlobalScope': parameter 1 is not of type 'string'.");
  }
}

function btoa(text) {
  needText(arguments.length, "btoa");
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
  p.ObjectDefineProperty(structuredClone, "length", { __proto__: null, value: 0, configurable: true });
  define("structuredClone", structuredClone);
  define("atob", atob);
  define("btoa", btoa);
}
