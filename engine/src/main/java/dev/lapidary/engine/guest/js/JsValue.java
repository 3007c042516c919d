package dev.lapidary.engine.guest.js;

/// How QuickJS packs a JavaScript value into 64 bits on a 32-bit target (`JS_NAN_BOXING` in its
/// `quickjs.h`): the upper half is a tag, the lower half an int32 or a pointer; every other upper
/// half is a double, shifted so that it cannot meet a tag.
final class JsValue {
  static final int TAG_BIG_INT = -9;
  static final int TAG_SYMBOL = -8;
  static final int TAG_STRING = -7;
  static final int TAG_STRING_ROPE = -6;
  static final int TAG_OBJECT = -1;
  static final int TAG_INT = 0;
  static final int TAG_BOOL = 1;
  static final int TAG_NULL = 2;
  static final int TAG_UNDEFINED = 3;
  static final int TAG_EXCEPTION = 6;
  static final int TAG_SHORT_BIG_INT = 7;

  static final long NULL = (long) TAG_NULL << 32;
  static final long UNDEFINED = (long) TAG_UNDEFINED << 32;
  static final long EXCEPTION = (long) TAG_EXCEPTION << 32;
  static final long FALSE = (long) TAG_BOOL << 32;
  static final long TRUE = FALSE | 1;

  private static final int FIRST_TAG = -9;
  private static final int LAST_TAG = 7;
  private static final long DOUBLE_SHIFT = (0x7ff80000L - FIRST_TAG + 1) << 32;
  private static final long CANONICAL_NAN = 0x7ff8000000000000L;

  private JsValue() {}

  static int tag(long value) {
    return (int) (value >> 32);
  }

  static boolean isDouble(long value) {
    int tag = tag(value);
    return tag < FIRST_TAG || tag > LAST_TAG;
  }

  static boolean isObject(long value) {
    return tag(value) == TAG_OBJECT;
  }

  static boolean isString(long value) {
    int tag = tag(value);
    return tag == TAG_STRING || tag == TAG_STRING_ROPE;
  }

  static boolean isBigInt(long value) {
    int tag = tag(value);
    return tag == TAG_BIG_INT || tag == TAG_SHORT_BIG_INT;
  }

  static boolean isUndefined(long value) {
    return tag(value) == TAG_UNDEFINED;
  }

  static boolean isNullish(long value) {
    return tag(value) == TAG_UNDEFINED || tag(value) == TAG_NULL;
  }

  static long of(boolean value) {
    return value ? TRUE : FALSE;
  }

  static long of(int value) {
    return value & 0xffffffffL;
  }

  static long of(long value) {
    return value == (int) value ? of((int) value) : of((double) value);
  }

  static long of(double value) {
    if (value == (int) value && (value != 0 || 1 / value > 0)) {
      return of((int) value);
    }
    long bits = Double.isNaN(value) ? CANONICAL_NAN : Double.doubleToRawLongBits(value);
    return bits - DOUBLE_SHIFT;
  }

  /// The number in a value whose tag is int or that is a double.
  static double toDouble(long value) {
    return tag(value) == TAG_INT ? (int) value : Double.longBitsToDouble(value + DOUBLE_SHIFT);
  }
}
