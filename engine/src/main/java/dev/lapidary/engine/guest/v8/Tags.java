package dev.lapidary.engine.guest.v8;

/// Tags of V8's serialization format, version 15; the platform's `v8-tags.js` explains them.
final class Tags {
  static final int MARK = 0xff;
  static final int VERSION = 15;
  static final int OLDEST_VERSION = 13;

  static final int PADDING = 0;
  static final int HOLE = '-';
  static final int UNDEFINED = '_';
  static final int NULL = '0';
  static final int TRUE = 'T';
  static final int FALSE = 'F';
  static final int INT32 = 'I';
  static final int UINT32 = 'U';
  static final int DOUBLE = 'N';
  static final int BIGINT = 'Z';
  static final int UTF8_STRING = 'S';
  static final int ONE_BYTE_STRING = '"';
  static final int TWO_BYTE_STRING = 'c';
  static final int REFERENCE = '^';
  static final int BEGIN_OBJECT = 'o';
  static final int END_OBJECT = '{';
  static final int BEGIN_SPARSE_ARRAY = 'a';
  static final int END_SPARSE_ARRAY = '@';
  static final int BEGIN_DENSE_ARRAY = 'A';
  static final int END_DENSE_ARRAY = '$';
  static final int DATE = 'D';
  static final int TRUE_OBJECT = 'y';
  static final int FALSE_OBJECT = 'x';
  static final int NUMBER_OBJECT = 'n';
  static final int BIGINT_OBJECT = 'z';
  static final int STRING_OBJECT = 's';
  static final int REGEXP = 'R';
  static final int BEGIN_MAP = ';';
  static final int END_MAP = ':';
  static final int BEGIN_SET = '\'';
  static final int END_SET = ',';
  static final int ARRAY_BUFFER = 'B';
  static final int RESIZABLE_ARRAY_BUFFER = '~';
  static final int VIEW = 'V';
  static final int ERROR = 'r';
  static final int HOST = '\\';

  /// View of bytes: the tag under [#VIEW].
  static final int UINT8_ARRAY = 'B';

  /// View tags, and behind each the size of an element.
  static final String VIEWS = "b1B1C1w2W2d4D4h2f4F8q8Q8?1";

  static final int HOST_STUB = 1;
  static final int HOST_SERVICE = 11;
  static final int HOST_CLASS = 12;
  static final int HOST_DOM_EXCEPTION = 8;
  static final int HOST_ERROR = 10;

  /// Error classes by workerd's code; the empty ones have none, and code 0 carries a name.
  private static final String[] ERROR_NAMES = {
    "",
    "Error",
    "TypeError",
    "RangeError",
    "ReferenceError",
    "SyntaxError",
    "",
    "",
    "",
    "",
    "EvalError",
    "URIError",
    "AggregateError",
    "SuppressedError",
  };

  private Tags() {}

  /// The code of an error class; 0 where it has none.
  static int errorCode(String name) {
    for (int code = 1; code < ERROR_NAMES.length; code++) {
      if (ERROR_NAMES[code].equals(name) && !name.isEmpty()) {
        return code;
      }
    }
    return 0;
  }

  /// The error class of a code; `Error` where there is none.
  static String errorName(int code) {
    boolean named = code > 0 && code < ERROR_NAMES.length && !ERROR_NAMES[code].isEmpty();
    return named ? ERROR_NAMES[code] : "Error";
  }
}
