package dev.lapidary.engine.storage;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.BitSet;
import org.sqlite.Function;

/// SQLite's functions that compare each byte of one argument with each of another, made anew so
/// that they take time by the sum of the lengths: the native ones run for minutes on values of a
/// few megabytes, and nothing can interrupt them meanwhile. Results are the native ones' to the
/// letter, for text that is UTF-8.
final class LinearFunctions {
  private static final int INNOCUOUS = 0x20_0000;
  private static final int BLOB = 4;
  private static final int NULL = 5;

  private LinearFunctions() {}

  /// @param maximumBytes of a string or blob, for what gets longer
  static void define(Connection connection, int maximumBytes) throws SQLException {
    define(connection, "instr", new Instr());
    define(connection, "replace", new Replace(maximumBytes));
    define(connection, "trim", new Trim(true, true));
    define(connection, "ltrim", new Trim(true, false));
    define(connection, "rtrim", new Trim(false, true));
    define(connection, "unhex", new Unhex());
  }

  private static void define(Connection connection, String name, Linear function)
      throws SQLException {
    Function.create(
        connection, name, function, function.arguments, Function.FLAG_DETERMINISTIC | INNOCUOUS);
  }

  private abstract static class Linear extends Function {
    final int arguments;

    Linear(int arguments) {
      this.arguments = arguments;
    }

    @Override
    protected final void xFunc() throws SQLException {
      for (int i = 0; i < arguments; i++) {
        if (value_type(i) == NULL && !ignoresNull(i)) {
          result();
          return;
        }
      }
      answer();
    }

    boolean ignoresNull(int argument) throws SQLException {
      return false;
    }

    abstract void answer() throws SQLException;

    /// An argument's bytes, a number's or text's being its UTF-8.
    byte[] bytes(int argument) throws SQLException {
      byte[] bytes = value_blob(argument);
      return bytes == null ? new byte[0] : bytes;
    }

    String text(int argument) throws SQLException {
      return new String(bytes(argument), StandardCharsets.UTF_8);
    }

    /// Text as C reads it.
    static String untilZero(String text) {
      int zero = text.indexOf('\0');
      return zero < 0 ? text : text.substring(0, zero);
    }
  }

  /// `instr(text, wanted)`: counted in characters, or in bytes where both are blobs.
  private static final class Instr extends Linear {
    Instr() {
      super(2);
    }

    @Override
    void answer() throws SQLException {
      boolean inBytes = value_type(0) == BLOB && value_type(1) == BLOB;
      byte[] text = bytes(0);
      byte[] wanted = bytes(1);
      if (wanted.length == 0) {
        result(1);
        return;
      }
      int at = new ByteSearch(wanted).next(text, 0);
      result(inBytes ? at + 1 : characters(text, at));
    }

    /// The number of the character that starts at an index, from 1.
    private static int characters(byte[] text, int at) {
      int characters = 0;
      for (int i = 0; i <= at; i++) {
        characters += i == 0 || (text[i] & 0xc0) != 0x80 ? 1 : 0;
      }
      return characters;
    }
  }

  /// `replace(text, wanted, replacement)`.
  private static final class Replace extends Linear {
    private final int maximumBytes;

    Replace(int maximumBytes) {
      super(3);
      this.maximumBytes = maximumBytes;
    }

    @Override
    boolean ignoresNull(int argument) throws SQLException {
      return argument == 2 && value_type(1) != NULL && wantsNothing(bytes(1));
    }

    private static boolean wantsNothing(byte[] wanted) {
      return wanted.length == 0 || wanted[0] == 0;
    }

    @Override
    void answer() throws SQLException {
      byte[] wanted = bytes(1);
      if (wantsNothing(wanted)) {
        result(text(0));
        return;
      }
      byte[] text = bytes(0);
      byte[] replacement = bytes(2);
      ByteSearch search = new ByteSearch(wanted);
      ByteArrayOutputStream out = new ByteArrayOutputStream(text.length);
      int copied = 0;
      for (int at = search.next(text, 0); at >= 0; at = search.next(text, copied)) {
        out.write(text, copied, at - copied);
        if (out.size() + (long) replacement.length > maximumBytes) {
          result(new byte[maximumBytes + 1]); // which SQLite refuses in its own words
          return;
        }
        out.writeBytes(replacement);
        copied = at + wanted.length;
      }
      out.write(text, copied, text.length - copied);
      result(out.toString(StandardCharsets.UTF_8));
    }
  }

  /// `trim(text, characters)` and its one-sided forms.
  private static final class Trim extends Linear {
    private final boolean left;
    private final boolean right;

    Trim(boolean left, boolean right) {
      super(2);
      this.left = left;
      this.right = right;
    }

    @Override
    void answer() throws SQLException {
      String text = text(0);
      BitSet unwanted = new BitSet();
      untilZero(text(1)).codePoints().forEach(unwanted::set);
      int from = 0;
      int to = text.length();
      while (left && from < to && unwanted.get(text.codePointAt(from))) {
        from += Character.charCount(text.codePointAt(from));
      }
      while (right && from < to && unwanted.get(text.codePointBefore(to))) {
        to -= Character.charCount(text.codePointBefore(to));
      }
      result(text.substring(from, to));
    }
  }

  /// `unhex(digits, ignored)`: NULL where there is anything else between the bytes.
  private static final class Unhex extends Linear {
    Unhex() {
      super(2);
    }

    @Override
    void answer() throws SQLException {
      String digits = untilZero(text(0));
      BitSet ignored = new BitSet();
      untilZero(text(1)).codePoints().forEach(ignored::set);
      ByteArrayOutputStream out = new ByteArrayOutputStream(digits.length() / 2);
      int i = 0;
      while (i < digits.length()) {
        int high = digit(digits, i);
        if (high >= 0) {
          int low = digit(digits, i + 1);
          if (low < 0) {
            result();
            return;
          }
          out.write(16 * high + low);
          i += 2;
        } else if (ignored.get(digits.codePointAt(i))) {
          i += Character.charCount(digits.codePointAt(i));
        } else {
          result();
          return;
        }
      }
      result(out.toByteArray());
    }

    private static int digit(String text, int at) {
      char c = at < text.length() ? text.charAt(at) : '\0';
      return c < 0x80 ? Character.digit(c, 16) : -1;
    }
  }
}
