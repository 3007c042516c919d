// CBOR (RFC 8949) as far as host-abi/ABI.md needs it: the reader takes what the host writes.

export enum Kind {
  Null,
  Bool,
  Int,
  Real,
  Text,
  Bytes,
  /** What JavaScript stored and AssemblyScript cannot read; it can be stored again. */
  Opaque,
}

const MAJOR_NEGATIVE: i32 = 1;
const MAJOR_BYTES: i32 = 2;
const MAJOR_TEXT: i32 = 3;
const MAJOR_ARRAY: i32 = 4;
const MAJOR_MAP: i32 = 5;
const MAJOR_TAG: i32 = 6;
const MAJOR_SIMPLE: i32 = 7;
const OPAQUE_TAG: u64 = 0x56380f;

/** A value of SQL or of a key-value pair. */
export class Value {
  private constructor(readonly kind: Kind, readonly int: i64, readonly real: f64, readonly text: string, readonly bytes: Uint8Array) {}

  private static readonly EMPTY: Uint8Array = new Uint8Array(0);
  static readonly NULL: Value = new Value(Kind.Null, 0, 0, "", Value.EMPTY);

  static of(int: i64): Value {
    return new Value(Kind.Int, int, <f64>int, "", Value.EMPTY);
  }
  static ofBool(bool: bool): Value {
    return new Value(Kind.Bool, bool ? 1 : 0, 0, "", Value.EMPTY);
  }
  static ofReal(real: f64): Value {
    return new Value(Kind.Real, 0, real, "", Value.EMPTY);
  }
  static ofText(text: string): Value {
    return new Value(Kind.Text, 0, 0, text, Value.EMPTY);
  }
  static ofBytes(bytes: Uint8Array): Value {
    return new Value(Kind.Bytes, 0, 0, "", bytes);
  }
  static ofOpaque(bytes: Uint8Array): Value {
    return new Value(Kind.Opaque, 0, 0, "", bytes);
  }
}

export class Writer {
  private data: Uint8Array = new Uint8Array(256);
  private size: i32 = 0;

  /** What was written; a view that the next write may move. */
  get bytes(): Uint8Array {
    return this.data.subarray(0, this.size);
  }

  private extend(count: i32): i32 {
    if (count > this.data.length - this.size) {
      const larger = new Uint8Array(2 * this.data.length + count);
      memory.copy(larger.dataStart, this.data.dataStart, this.size);
      this.data = larger;
    }
    this.size += count;
    return this.size - count;
  }

  private byte(byte: i32): void {
    const at = this.extend(1);
    this.data[at] = <u8>byte;
  }

  private bigEndian(value: u64, bytes: i32): void {
    for (let shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
      this.byte(<i32>((value >> shift) & 0xff));
    }
  }

  private head(major: i32, argument: u64): void {
    if (argument < 24) {
      this.byte((major << 5) | <i32>argument);
    } else {
      const log = argument <= 0xff ? 0 : argument <= 0xffff ? 1 : argument <= 0xffffffff ? 2 : 3;
      this.byte((major << 5) | (24 + log));
      this.bigEndian(argument, 1 << log);
    }
  }

  private raw(from: usize, count: i32): void {
    const at = this.extend(count);
    memory.copy(this.data.dataStart + at, from, count);
  }

  array(size: i32): Writer {
    this.head(MAJOR_ARRAY, size);
    return this;
  }
  map(size: i32): Writer {
    this.head(MAJOR_MAP, size);
    return this;
  }
  int(value: i64): Writer {
    this.head(value < 0 ? MAJOR_NEGATIVE : 0, <u64>(value < 0 ? ~value : value));
    return this;
  }
  bool(value: bool): Writer {
    this.byte(value ? 0xf5 : 0xf4);
    return this;
  }
  text(value: string): Writer {
    const utf8 = String.UTF8.encode(value);
    this.head(MAJOR_TEXT, utf8.byteLength);
    this.raw(changetype<usize>(utf8), utf8.byteLength);
    return this;
  }
  bytesOf(value: Uint8Array): Writer {
    this.head(MAJOR_BYTES, value.length);
    this.raw(value.dataStart, value.length);
    return this;
  }
  value(value: Value): Writer {
    switch (value.kind) {
      case Kind.Null: {
        this.byte(0xf6);
        break;
      }
      case Kind.Bool: {
        this.bool(value.int != 0);
        break;
      }
      case Kind.Int: {
        this.int(value.int);
        break;
      }
      case Kind.Real: {
        this.byte(0xfb);
        this.bigEndian(reinterpret<u64>(value.real), 8);
        break;
      }
      case Kind.Text: {
        this.text(value.text);
        break;
      }
      case Kind.Opaque: {
        this.head(MAJOR_TAG, OPAQUE_TAG);
        this.bytesOf(value.bytes);
        break;
      }
      default:
        this.bytesOf(value.bytes);
    }
    return this;
  }
}

export class Reader {
  private at: i32 = 0;
  private major: i32 = 0;
  private info: i32 = 0;
  private argument: u64 = 0;

  constructor(private readonly data: Uint8Array) {}

  /** Reads the next item's head; array accesses are checked, so what is cut short traps. */
  private head(): i32 {
    const first = <i32>this.data[this.at++];
    this.major = first >> 5;
    this.info = first & 31;
    this.argument = this.info;
    if (this.info >= 24) {
      assert(this.info < 28, "CBOR of unknown length");
      this.argument = 0;
      for (let left = 1 << (this.info - 24); left > 0; left--) {
        this.argument = (this.argument << 8) | this.data[this.at++];
      }
    }
    return this.major;
  }

  private size(major: i32): i32 {
    assert(this.head() == major, "other CBOR than expected");
    assert(this.argument <= <u64>(this.data.length - this.at), "CBOR that is cut short");
    return <i32>this.argument;
  }

  private take(): Uint8Array {
    assert(this.argument <= <u64>(this.data.length - this.at), "CBOR that is cut short");
    const size = <i32>this.argument;
    const bytes = this.data.slice(this.at, this.at + size);
    this.at += size;
    return bytes;
  }

  array(): i32 {
    return this.size(MAJOR_ARRAY);
  }
  map(): i32 {
    return this.size(MAJOR_MAP);
  }
  text(): string {
    assert(this.head() == MAJOR_TEXT, "CBOR that is no text");
    return decode(this.take());
  }
  bytes(): Uint8Array {
    assert(this.head() == MAJOR_BYTES, "CBOR that is no bytes");
    return this.take();
  }
  int(): i64 {
    const major = this.head();
    assert(major <= MAJOR_NEGATIVE, "CBOR that is no integer");
    return major == MAJOR_NEGATIVE ? ~(<i64>this.argument) : <i64>this.argument;
  }
  value(): Value {
    const major = this.head();
    switch (major) {
      case 0:
        return Value.of(<i64>this.argument);
      case MAJOR_NEGATIVE:
        return Value.of(~(<i64>this.argument));
      case MAJOR_BYTES:
        return Value.ofBytes(this.take());
      case MAJOR_TEXT:
        return Value.ofText(decode(this.take()));
      case MAJOR_TAG: {
        assert(this.argument == OPAQUE_TAG, "CBOR with an unknown tag");
        return Value.ofOpaque(this.bytes());
      }
      case MAJOR_SIMPLE: {
        if (this.info == 20 || this.info == 21) {
          return Value.ofBool(this.info == 21);
        }
        if (this.info == 27) {
          return Value.ofReal(reinterpret<f64>(this.argument));
        }
        assert(this.info == 22, "CBOR of an unknown kind");
        return Value.NULL;
      }
      default:
        throw new Error("CBOR that is no value");
    }
  }
  /** Passes over the next item and all within it. */
  skip(): void {
    for (let left: u64 = 1; left > 0; left--) {
      const major = this.head();
      if (major == MAJOR_BYTES || major == MAJOR_TEXT) {
        this.take();
      } else if (major == MAJOR_ARRAY || major == MAJOR_TAG) {
        left += major == MAJOR_TAG ? 1 : this.argument;
      } else if (major == MAJOR_MAP) {
        left += 2 * this.argument;
      }
    }
  }
}

export function decode(utf8: Uint8Array): string {
  return String.UTF8.decodeUnsafe(utf8.dataStart, utf8.length);
}

export function encode(text: string): Uint8Array {
  return Uint8Array.wrap(String.UTF8.encode(text));
}
