package dev.lapidary.engine.guest.v8;

import dev.lapidary.abi.rpc.ActorClass;
import dev.lapidary.abi.rpc.Capability;
import dev.lapidary.abi.rpc.Payload;
import dev.lapidary.abi.rpc.Stub;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Writes plain Java values in V8's serialization format, version 15.
///
/// | Java | JavaScript |
/// |---|---|
/// | null, [Boolean], [CharSequence], [Character] | `null`, boolean, string |
/// | [Byte], [Short], [Integer], [Float], [Double] | number |
/// | [Long] | number; one that no JavaScript number equals is refused |
/// | [BigInteger] | `BigInt` |
/// | [Instant] | `Date`, to the millisecond |
/// | [Set]; any other [Collection]; `Object[]` | `Set`; array |
/// | [Map] with strings only as keys; any other | plain object; `Map` |
/// | `byte[]` | `Uint8Array` |
/// | [ErrorValue] | error |
/// | [Stub]; [ActorClass] | service stub; Durable Object class. In [#payload] alone |
public final class ValueWriter {
  private static final int MAX_DEPTH = 500;
  private static final long MAX_SAFE = (1L << 53) - 1;

  private final ByteOutput out = new ByteOutput();
  private final List<Capability> capabilities = new ArrayList<>();
  private int depth;

  private ValueWriter() {}

  /// The bytes of a value.
  ///
  /// @throws IllegalArgumentException where the table has no row for it or for what is in it, it is
  ///     nested too deeply, or takes more than 32 MiB
  public static byte[] write(@Nullable Object value) {
    ValueWriter writer = new ValueWriter();
    writer.out.put(Tags.MARK).put(Tags.VERSION);
    writer.value(value);
    if (!writer.capabilities.isEmpty()) {
      throw new IllegalArgumentException("Stubs and classes are no data.");
    }
    return writer.out.finish();
  }

  /// A value for guests, with one reference to each capability in it.
  ///
  /// @throws IllegalArgumentException as [#write]
  public static Payload payload(@Nullable Object value) {
    ValueWriter writer = new ValueWriter();
    writer.out.put(Tags.MARK).put(Tags.VERSION);
    writer.value(value);
    writer.capabilities.forEach(Capability::retain);
    return new Payload(Payload.Format.V8, writer.out.finish(), writer.capabilities);
  }

  private void value(@Nullable Object value) {
    switch (value) {
      case null -> out.put(Tags.NULL);
      case Boolean truth -> out.put(truth ? Tags.TRUE : Tags.FALSE);
      case CharSequence text -> out.string(text.toString());
      case Character character -> out.string(character.toString());
      case Long whole -> out.number(safe(whole));
      case Byte number -> out.number(number);
      case Short number -> out.number(number);
      case Integer number -> out.number(number);
      case Float number -> out.number(number);
      case Double number -> out.number(number);
      case BigInteger big -> out.put(Tags.BIGINT).bigint(big);
      case Instant time -> out.put(Tags.DATE).float64((double) time.toEpochMilli());
      case byte[] bytes -> bytes(bytes);
      case ActorClass actorClass -> capability(Tags.HOST_CLASS, actorClass);
      case Stub stub -> capability(Tags.HOST_SERVICE, stub);
      default -> container(value);
    }
  }

  private static double safe(long whole) {
    if (whole > MAX_SAFE || whole < -MAX_SAFE) {
      throw new IllegalArgumentException(
          whole + " is beyond JavaScript's integers. Pass a BigInteger, which becomes a BigInt.");
    }
    return whole;
  }

  private void bytes(byte[] bytes) {
    out.put(Tags.ARRAY_BUFFER).varint(bytes.length);
    out.raw(bytes);
    out.put(Tags.VIEW).put(Tags.UINT8_ARRAY).put(0).varint(bytes.length);
    out.put(0);
  }

  private void capability(int kind, Capability capability) {
    out.put(Tags.HOST).put(kind).varint(capabilities.size());
    capabilities.add(capability);
  }

  private void container(Object value) {
    if (++depth > MAX_DEPTH) {
      throw new IllegalArgumentException("The value is nested more than " + MAX_DEPTH + " deep.");
    }
    switch (value) {
      case Set<?> set -> set(set);
      case Collection<?> list -> array(list);
      case Object[] array -> array(Arrays.asList(array));
      case Map<?, ?> map -> map(map);
      case ErrorValue error -> error(error);
      default ->
          throw new IllegalArgumentException(
              value.getClass().getName() + " has no counterpart in JavaScript.");
    }
    depth--;
  }

  private void array(Collection<?> list) {
    out.put(Tags.BEGIN_DENSE_ARRAY).varint(list.size());
    list.forEach(this::value);
    out.put(Tags.END_DENSE_ARRAY).put(0).varint(list.size());
  }

  private void set(Set<?> set) {
    out.put(Tags.BEGIN_SET);
    set.forEach(this::value);
    out.put(Tags.END_SET).varint(set.size());
  }

  private void map(Map<?, ?> map) {
    if (map.keySet().stream().allMatch(String.class::isInstance)) {
      out.put(Tags.BEGIN_OBJECT);
      map.forEach((key, value) -> property((String) key, value));
      out.put(Tags.END_OBJECT).varint(map.size());
    } else {
      out.put(Tags.BEGIN_MAP);
      map.forEach(
          (key, value) -> {
            value(key);
            value(value);
          });
      out.put(Tags.END_MAP).varint(2L * map.size());
    }
  }

  /// An integer key is a number on the wire, as V8 writes it.
  private void property(String key, @Nullable Object value) {
    boolean index = key.matches("0|[1-9][0-9]{0,9}") && Long.parseLong(key) < 0xffff_ffffL;
    if (index) {
      out.number((double) Long.parseLong(key));
    } else {
      out.string(key);
    }
    value(value);
  }

  private void error(ErrorValue error) {
    int code = Tags.errorCode(error.name());
    out.put(Tags.HOST).put(Tags.HOST_ERROR).put(code);
    if (code == 0) {
      out.string(error.name());
    }
    out.string(error.message());
    out.put(Tags.BEGIN_OBJECT);
    property("stack", error.stack());
    error.properties().forEach(this::property);
    out.put(Tags.END_OBJECT).varint(1L + error.properties().size());
  }
}
