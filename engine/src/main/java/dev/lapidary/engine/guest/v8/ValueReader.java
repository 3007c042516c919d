package dev.lapidary.engine.guest.v8;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads V8's serialization format into plain Java values, from bytes that may be hostile.
///
/// | JavaScript | Java |
/// |---|---|
/// | `undefined`, `null`, an invalid date | null |
/// | boolean, string, `BigInt` | [Boolean], [String], [java.math.BigInteger] |
/// | number | [Long] where it is a safe integer, else [Double] |
/// | `Date` | [Instant] |
/// | array; its other properties are left out | [List] |
/// | plain object, `Map`; `Set` | [Map]; [Set], both in JavaScript's order |
/// | `ArrayBuffer`, typed array, `DataView` | `byte[]`, as it lies in memory |
/// | error | [ErrorValue] |
/// | boxed primitive | what is in the box |
/// | function, `RpcTarget`, stub, class; from a [PayloadReader] | [Capability] |
///
/// Guarantee: time and memory are in proportion to the bytes read, also for whoever walks, compares
/// or prints the value: shared parts count each time they are met, and cycles are refused. So are
/// objects as keys of a `Map` or members of a `Set`, which Java would compare by content.
public final class ValueReader {
  private static final int MAX_DEPTH = 500;
  private static final int MAX_VALUES = 1_000_000;
  private static final long MAX_SAFE = (1L << 53) - 1;

  private final ByteInput in;
  private final HostObjects hosts;
  private final List<Known> known = new ArrayList<>();
  private long copied;
  private int values;
  private int depth;

  /// An object that was met: what it is, and how many values are in it; -1 while it is being read.
  private static final class Known {
    private @Nullable Object value;
    private int weight = -1;
  }

  /// Reads the objects that are no data: stubs, streams and the like.
  @FunctionalInterface
  interface HostObjects {
    /// Reads a host object.
    ///
    /// @param kind the number behind the tag
    /// @throws MalformedValueException where there is no such object
    Object read(int kind, ByteInput in);
  }

  private ValueReader(ByteInput in, HostObjects hosts) {
    this.in = in;
    this.hosts = hosts;
  }

  /// The value that bytes hold.
  ///
  /// @throws MalformedValueException where they hold none, or one that the table has no row for
  public static @Nullable Object read(byte[] bytes) {
    return read(
        bytes,
        (kind, in) -> {
          throw in.damaged("unknown host object " + kind);
        });
  }

  static @Nullable Object read(byte[] bytes, HostObjects hosts) {
    ByteInput in = new ByteInput(bytes);
    long version = in.next() == Tags.MARK ? in.varint() : 0;
    if (version < Tags.OLDEST_VERSION || version > Tags.VERSION) {
      throw in.damaged("unknown format version");
    }
    Object value = new ValueReader(in, hosts).value();
    if (in.rest() > 0) {
      throw in.damaged("more bytes than the value has");
    }
    return value;
  }

  private @Nullable Object value() {
    return value(in.tag());
  }

  private @Nullable Object value(int tag) {
    weigh(1);
    return switch (tag) {
      case Tags.ONE_BYTE_STRING, Tags.TWO_BYTE_STRING, Tags.UTF8_STRING -> in.string(tag);
      case Tags.INT32 -> (long) in.int32();
      case Tags.UINT32 -> in.varint();
      case Tags.DOUBLE -> number(in.float64());
      case Tags.TRUE -> true;
      case Tags.FALSE -> false;
      case Tags.NULL, Tags.UNDEFINED -> null;
      case Tags.BIGINT -> in.bigint();
      default -> object(tag);
    };
  }

  private static Object number(double value) {
    long whole = (long) value;
    boolean safe = whole == value && Math.abs(whole) <= MAX_SAFE;
    boolean negativeZero = whole == 0 && Double.doubleToRawLongBits(value) != 0;
    return safe && !negativeZero ? (Object) whole : (Object) value;
  }

  private void weigh(int more) {
    values += more;
    if (values > MAX_VALUES) {
      throw new MalformedValueException("The value has more than " + MAX_VALUES + " parts.");
    }
  }

  private @Nullable Object object(int tag) {
    if (++depth > MAX_DEPTH) {
      throw new MalformedValueException("The value is nested more than " + MAX_DEPTH + " deep.");
    }
    Object value = tag == Tags.REFERENCE ? reference() : fresh(tag);
    // A view follows the buffer it looks at.
    if (value instanceof byte[] buffer && in.peek() == Tags.VIEW) {
      in.next();
      value = enter(() -> view(buffer));
    }
    depth--;
    return value;
  }

  private @Nullable Object fresh(int tag) {
    return enter(
        () ->
            switch (tag) {
              case Tags.BEGIN_OBJECT -> properties();
              case Tags.BEGIN_DENSE_ARRAY -> denseArray();
              case Tags.BEGIN_SPARSE_ARRAY -> sparseArray();
              case Tags.BEGIN_MAP -> map();
              case Tags.BEGIN_SET -> set();
              case Tags.DATE -> date(in.float64());
              case Tags.ARRAY_BUFFER -> in.take(in.count("a buffer"));
              case Tags.RESIZABLE_ARRAY_BUFFER -> resizable();
              case Tags.TRUE_OBJECT -> true;
              case Tags.FALSE_OBJECT -> false;
              case Tags.NUMBER_OBJECT -> number(in.float64());
              case Tags.BIGINT_OBJECT -> in.bigint();
              case Tags.STRING_OBJECT -> in.string();
              case Tags.ERROR -> error();
              case Tags.HOST -> hostObject();
              case Tags.REGEXP ->
                  throw new MalformedValueException("A RegExp has no counterpart in Java.");
              default -> throw in.damaged("unknown tag " + tag);
            });
  }

  @FunctionalInterface
  private interface Part {
    @Nullable Object read();
  }

  private @Nullable Object enter(Part part) {
    Known entry = new Known();
    known.add(entry);
    int before = values;
    entry.value = part.read();
    entry.weight = values - before;
    return entry.value;
  }

  private @Nullable Object reference() {
    long id = in.varint();
    if (id >= known.size()) {
      throw in.damaged("a reference to an object that is not there");
    }
    Known entry = known.get((int) id);
    if (entry.weight < 0) {
      throw new MalformedValueException("The value contains itself.");
    }
    weigh(entry.weight);
    return entry.value;
  }

  private Map<String, @Nullable Object> properties() {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    long count = 0;
    for (int tag = in.tag(); tag != Tags.END_OBJECT; tag = in.tag()) {
      String key = key(tag);
      object.put(key, value());
      count++;
    }
    check(count);
    return object;
  }

  private String key(int tag) {
    if (ByteInput.isString(tag)) {
      return in.string(tag);
    }
    Object number =
        switch (tag) {
          case Tags.INT32 -> (long) in.int32();
          case Tags.UINT32 -> in.varint();
          case Tags.DOUBLE -> number(in.float64());
          default -> throw in.damaged("a bad key");
        };
    if (number instanceof Long) {
      return number.toString();
    }
    throw in.damaged("a bad key");
  }

  private void check(long count) {
    if (in.varint() != count) {
      throw in.damaged("a wrong number of parts");
    }
  }

  private List<@Nullable Object> denseArray() {
    int length = in.count("an array");
    List<@Nullable Object> list = new ArrayList<>(Math.min(length, 1_000));
    for (int i = 0; i < length; i++) {
      if (in.peekTag() == Tags.HOLE) {
        in.next();
        weigh(1);
        list.add(null);
      } else {
        list.add(value());
      }
    }
    elements(list, Tags.END_DENSE_ARRAY);
    return list;
  }

  private List<@Nullable Object> sparseArray() {
    long length = in.varint();
    weigh((int) Math.min(length, MAX_VALUES + 1));
    List<@Nullable Object> list = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      list.add(null);
    }
    elements(list, Tags.END_SPARSE_ARRAY);
    return list;
  }

  /// An array's properties, of which those that are elements count.
  private void elements(List<@Nullable Object> list, int end) {
    long count = 0;
    for (int tag = in.tag(); tag != end; tag = in.tag()) {
      String key = key(tag);
      Object value = value();
      count++;
      if (key.matches("0|[1-9][0-9]{0,6}") && Integer.parseInt(key) < list.size()) {
        list.set(Integer.parseInt(key), value);
      }
    }
    check(count);
    check(list.size());
  }

  private Map<@Nullable Object, @Nullable Object> map() {
    Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
    long count = 0;
    while (in.peekTag() != Tags.END_MAP) {
      Object key = primitive("A Map's key");
      map.put(key, value());
      count += 2;
    }
    in.next();
    check(count);
    return map;
  }

  private Set<@Nullable Object> set() {
    Set<@Nullable Object> set = new LinkedHashSet<>();
    long count = 0;
    while (in.peekTag() != Tags.END_SET) {
      set.add(primitive("A Set's member"));
      count++;
    }
    in.next();
    check(count);
    return set;
  }

  private @Nullable Object primitive(String what) {
    Object value = value();
    if (value instanceof List
        || value instanceof Map
        || value instanceof Set
        || value instanceof byte[]
        || value instanceof ErrorValue) {
      throw new MalformedValueException(
          what + " is an object, which Java would compare by its content.");
    }
    return value;
  }

  private static @Nullable Instant date(double millis) {
    try {
      return Double.isFinite(millis) ? Instant.ofEpochMilli((long) millis) : null;
    } catch (DateTimeException e) {
      return null;
    }
  }

  private byte[] resizable() {
    long length = in.varint();
    if (length > in.varint()) {
      throw in.damaged("a buffer longer than it may be");
    }
    return in.take((int) Math.min(length, Integer.MAX_VALUE));
  }

  private byte[] view(byte[] buffer) {
    int which = Tags.VIEWS.indexOf(in.next());
    long offset = in.varint();
    long length = in.varint();
    in.varint();
    int size = which < 0 || which % 2 != 0 ? 0 : Tags.VIEWS.charAt(which + 1) - '0';
    if (size == 0 || offset + length > buffer.length || offset % size != 0 || length % size != 0) {
      throw in.damaged("a bad view");
    }
    if (offset == 0 && length == buffer.length) {
      return buffer;
    }
    copied += length;
    if (copied > 32 << 20) {
      throw new MalformedValueException("The views of buffers have more than 32 MiB together.");
    }
    return Arrays.copyOfRange(buffer, (int) offset, (int) (offset + length));
  }

  /// V8's own errors: class, message, cause and stack, in any order, up to a full stop.
  private ErrorValue error() {
    String name = "Error";
    String message = "";
    String stack = "";
    Map<String, @Nullable Object> properties = new LinkedHashMap<>();
    for (int tag = in.next(); tag != '.'; tag = in.next()) {
      switch (tag) {
        case 'm' -> message = in.string();
        case 's' -> stack = in.string();
        case 'c' -> properties.put("cause", value());
        case 'E' -> name = "EvalError";
        case 'R' -> name = "RangeError";
        case 'F' -> name = "ReferenceError";
        case 'S' -> name = "SyntaxError";
        case 'T' -> name = "TypeError";
        case 'U' -> name = "URIError";
        default -> throw in.damaged("a bad error");
      }
    }
    return new ErrorValue(name, message, stack, properties);
  }

  private Object hostObject() {
    long kind = in.varint();
    if (kind == Tags.HOST_ERROR) {
      return hostError();
    }
    if (kind == Tags.HOST_DOM_EXCEPTION) {
      return new ErrorValue(utf8(), utf8(), utf8(), Map.of());
    }
    return hosts.read((int) kind, in);
  }

  private String utf8() {
    return new String(in.take(in.count("a string")), java.nio.charset.StandardCharsets.UTF_8);
  }

  /// workerd's form of an error: class, message, then all own properties.
  private ErrorValue hostError() {
    long code = in.varint();
    String name = code == 0 ? in.string() : Tags.errorName((int) code);
    String message = in.string();
    if (in.tag() != Tags.BEGIN_OBJECT) {
      throw in.damaged("a bad error");
    }
    Map<String, @Nullable Object> properties = properties();
    Object stack = properties.remove("stack");
    return new ErrorValue(name, message, stack instanceof String text ? text : "", properties);
  }
}
