/**
 * Tags of V8's ValueSerializer wire format, version 15: the bytes in which Durable Objects store values.
 *
 * A value is the header `FF 0F`, then one tagged value. Integers are little-endian base-128 varints; signed ones zigzag.
 * Every object gets the next id, from 0, when its tag is met; `^ id` refers back.
 * Tags under `HOST` are workerd's own, for what V8 itself cannot carry.
 */

/** First byte of every value. */
export const VERSION_MARK = 0xff;
/** The version written. */
export const VERSION = 15;
/** The oldest version read: from here on, strings and errors look as they do now. */
export const OLDEST_VERSION = 13;
/** Deepest nesting of one value, in either direction. */
export const MAX_DEPTH = 10_000;
/** Errors in V8's own format that are causes of each other. */
export const MAX_CAUSES = 50;

export const PADDING = 0x00;
export const HOLE = 0x2d; // -
export const UNDEFINED = 0x5f; // _
export const NULL = 0x30; // 0
export const TRUE = 0x54; // T
export const FALSE = 0x46; // F
export const INT32 = 0x49; // I
export const UINT32 = 0x55; // U
export const DOUBLE = 0x4e; // N
export const BIGINT = 0x5a; // Z
export const UTF8_STRING = 0x53; // S
export const ONE_BYTE_STRING = 0x22; // "
export const TWO_BYTE_STRING = 0x63; // c
export const REFERENCE = 0x5e; // ^
export const BEGIN_OBJECT = 0x6f; // o
export const END_OBJECT = 0x7b; // {
export const BEGIN_SPARSE_ARRAY = 0x61; // a
export const END_SPARSE_ARRAY = 0x40; // @
export const BEGIN_DENSE_ARRAY = 0x41; // A
export const END_DENSE_ARRAY = 0x24; // $
export const DATE = 0x44; // D
export const TRUE_OBJECT = 0x79; // y
export const FALSE_OBJECT = 0x78; // x
export const NUMBER_OBJECT = 0x6e; // n
export const BIGINT_OBJECT = 0x7a; // z
export const STRING_OBJECT = 0x73; // s
export const REGEXP = 0x52; // R
export const BEGIN_MAP = 0x3b; // ;
export const END_MAP = 0x3a; // :
export const BEGIN_SET = 0x27; // '
export const END_SET = 0x2c; // ,
export const ARRAY_BUFFER = 0x42; // B
export const RESIZABLE_ARRAY_BUFFER = 0x7e; // ~
export const VIEW = 0x56; // V
export const ERROR = 0x72; // r
export const HOST = 0x5c; // \

/** View tags by class name, in the order of `VIEW_NAMES`. */
export const VIEW_NAMES = [
  "Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array",
  "Float16Array", "Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array", "DataView",
];
export const VIEW_TAGS = [0x62, 0x42, 0x43, 0x77, 0x57, 0x64, 0x44, 0x68, 0x66, 0x46, 0x71, 0x51, 0x3f];

/** Host objects that travel between guests only. */
export const HOST_STUB = 1;
export const HOST_WRITABLE = 2;
export const HOST_READABLE = 3;
export const HOST_HEADERS = 4;
export const HOST_REQUEST = 5;
export const HOST_RESPONSE = 6;
export const HOST_SERVICE = 11;
export const HOST_CLASS = 12;
/** workerd's host objects that are stored too. */
export const HOST_DOM_EXCEPTION = 8;
export const HOST_ERROR = 10;
export const HOST_BLOB = 15;
/** Error classes by workerd's code; code 0 carries a name of its own. */
export const HOST_ERROR_NAMES = [
  "", "Error", "TypeError", "RangeError", "ReferenceError", "SyntaxError", "", "", "", "",
  "EvalError", "URIError", "AggregateError", "SuppressedError",
];

/** RegExp flags by bit, in the order of V8's JSRegExp::Flag. */
export const REGEXP_FLAGS = ["g", "i", "m", "y", "u", "s", "", "d", "v"];
