package dev.lapidary.engine.guest.raw;

import dev.lapidary.abi.cbor.CborReader;
import dev.lapidary.abi.cbor.CborWriter;
import dev.lapidary.engine.storage.FacetDatabase;
import dev.lapidary.engine.storage.KeyRange;
import dev.lapidary.engine.storage.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// The imports `kv.*` over the facet's database.
final class KvCalls {
  private final FacetDatabase database;

  KvCalls(FacetDatabase database) {
    this.database = database;
  }

  /// The value, or null where there is no such key.
  byte @Nullable [] get(String key) {
    byte[] stored = database.keyValues().get(key);
    return stored == null ? null : CborWriter.write(KvValue.content(stored));
  }

  void put(String key, byte[] value) {
    database.keyValues().put(key, KvValue.stored(value));
  }

  boolean delete(String key) {
    return database.keyValues().delete(key);
  }

  void deleteAll() {
    database.deleteAll();
  }

  /// When the alarm is due; 0 where none is set.
  long alarm() {
    return database.alarm().orElse(0);
  }

  void setAlarm(long epochMillis) {
    if (epochMillis < 1) {
      throw new HostCallException("An alarm's time is 1 or more, not " + epochMillis + ".");
    }
    database.setAlarm(epochMillis);
  }

  void deleteAlarm() {
    database.deleteAlarm();
  }

  /// Pairs as one CBOR array.
  ///
  /// @param options a CBOR map; empty for all pairs
  /// @param room bytes that the guest has for the answer
  byte[] list(byte[] options, int room) {
    KeyRange range = options.length == 0 ? KeyRange.ALL : range(new CborReader("options", options));
    Batch batch = new Batch(room);
    for (KeyValueStore.Entry entry : database.keyValues().list(range).entries()) {
      byte[] leftOut =
          batch.add(
              out -> {
                out.writeStartArray(null, 2);
                CborWriter.text(out, entry.key());
                KvValue.content(entry.value()).writeTo(out);
                out.writeEndArray();
              });
      if (leftOut.length > 0) {
        break;
      }
    }
    return batch.array();
  }

  private static KeyRange range(CborReader in) {
    KeyRange range = KeyRange.ALL;
    in.next().expect(CborReader.Kind.MAP);
    for (String key = in.nextKey(); key != null; key = in.nextKey()) {
      in.next();
      range =
          switch (key) {
            case "start" -> range.from(in.text());
            case "startAfter" -> range.after(in.text());
            case "end" -> range.before(in.text());
            case "prefix" -> range.prefix(in.text());
            case "reverse" -> in.bool() ? range.reversed() : range;
            case "limit" -> range.limited(in.integer(1, Integer.MAX_VALUE));
            default -> throw in.refuse("there is no option \"" + key + "\"");
          };
    }
    in.end();
    return range;
  }
}
