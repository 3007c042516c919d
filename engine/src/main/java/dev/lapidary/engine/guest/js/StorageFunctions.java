package dev.lapidary.engine.guest.js;

import dev.lapidary.abi.Effect;
import dev.lapidary.abi.Limits;
import dev.lapidary.engine.guest.FuelTank;
import dev.lapidary.engine.guest.StorageCharges;
import dev.lapidary.engine.guest.V8Encoder;
import dev.lapidary.engine.storage.FacetDatabase;
import dev.lapidary.engine.storage.KeyRange;
import dev.lapidary.engine.storage.KeyValueStore;
import dev.lapidary.engine.storage.SqlException;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// The host functions for storage, `sql*` and `kv*`, over the facet's own database. There is no
/// database while modules are evaluated, so code at module scope cannot reach one.
final class StorageFunctions {
  private static final int SAVEPOINT_BEGIN = 0;
  private static final int SAVEPOINT_RELEASE = 1;

  private final QuickJs js;
  private final SqlCursors cursors;
  private final FuelTank fuel;
  private final EffectFunctions effects;
  private @Nullable FacetDatabase database;
  private @Nullable StorageCharges charges;

  StorageFunctions(QuickJs js, Limits limits, FuelTank fuel, EffectFunctions effects) {
    this.js = js;
    this.effects = effects;
    this.fuel = fuel;
    this.cursors = new SqlCursors(js, limits);
  }

  void attach(FacetDatabase opened) {
    database = opened;
    charges = new StorageCharges(fuel, opened);
  }

  long perform(HostFunction function, long[] args) {
    FacetDatabase open = database;
    StorageCharges account = charges;
    if (open == null || account == null) {
      throw new HostCallException(
          HostCallException.Kind.ERROR, "Storage cannot be used at module scope.");
    }
    try {
      return account.call(() -> perform(function, args, open));
    } catch (SqlException e) {
      throw new HostCallException(HostCallException.Kind.ERROR, String.valueOf(e.getMessage()));
    }
  }

  private long perform(HostFunction function, long[] args, FacetDatabase open) {
    return switch (function) {
      case SQL_EXEC -> cursors.exec(open, args[0], args[1]);
      case SQL_NEXT -> cursors.next(args[0], args[1]);
      case SQL_ALL -> cursors.all(args[0], args[1]);
      case SQL_COLUMNS -> cursors.columns(args[0]);
      case SQL_ROWS_READ -> cursors.rowsRead(args[0]);
      case SQL_ROWS_WRITTEN -> cursors.rowsWritten(args[0]);
      case DATABASE_SIZE -> JsValue.of(open.databaseSize());
      case SAVEPOINT -> savepoint(open, (int) JsValue.toDouble(args[0]));
      case KV_GET -> kvGet(open.keyValues(), args[0]);
      case KV_PUT -> kvPut(open.keyValues(), args[0], args[1]);
      case KV_DELETE -> JsValue.of(open.keyValues().delete(js.text(args[0])));
      case KV_DELETE_ALL -> deleteAll(open);
      case KV_LIST -> kvList(open.keyValues(), args);
      case CURRENT_BOOKMARK -> js.string(open.timeTravel().currentBookmark());
      case BOOKMARK_FOR_TIME ->
          js.string(open.timeTravel().bookmarkForTime((long) JsValue.toDouble(args[0])));
      case RESTORE_NEXT_SESSION -> js.string(open.timeTravel().restoreNext(js.text(args[0])));
      case GET_ALARM -> getAlarm(open);
      case SET_ALARM -> setAlarm(open, args[0]);
      case DELETE_ALARM -> deleteAlarm(open);
      default -> throw new IllegalStateException("not a storage function: " + function);
    };
  }

  private static long savepoint(FacetDatabase open, int operation) {
    try {
      switch (operation) {
        case SAVEPOINT_BEGIN -> open.savepoint();
        case SAVEPOINT_RELEASE -> open.release();
        default -> open.rollbackTo();
      }
    } catch (IllegalStateException e) {
      throw new HostCallException(HostCallException.Kind.ERROR, String.valueOf(e.getMessage()));
    }
    return JsValue.UNDEFINED;
  }

  private long deleteAll(FacetDatabase open) {
    cursors.databaseDeleted();
    open.deleteAll();
    effects.add(new Effect.ChangeFacet(new Effect.FacetChange.DeleteAll()));
    return JsValue.UNDEFINED;
  }

  private static long getAlarm(FacetDatabase open) {
    OptionalLong alarm = open.alarm();
    return alarm.isPresent() ? JsValue.of(alarm.getAsLong()) : JsValue.NULL;
  }

  private static long setAlarm(FacetDatabase open, long epochMillis) {
    open.setAlarm((long) JsValue.toDouble(epochMillis));
    return JsValue.UNDEFINED;
  }

  private static long deleteAlarm(FacetDatabase open) {
    open.deleteAlarm();
    return JsValue.UNDEFINED;
  }

  private long kvGet(KeyValueStore kv, long key) {
    byte[] stored = kv.get(js.text(key));
    return stored == null ? JsValue.UNDEFINED : value(stored);
  }

  /// A primitive as itself, anything else as the bytes it is stored as.
  private long value(byte[] stored) {
    long primitive = V8Primitive.read(stored, js);
    return primitive == JsValue.EXCEPTION ? js.arrayBuffer(stored) : primitive;
  }

  private long kvPut(KeyValueStore kv, long key, long value) {
    kv.put(js.text(key), stored(value));
    return JsValue.UNDEFINED;
  }

  private byte[] stored(long value) {
    return switch (JsValue.tag(value)) {
      case JsValue.TAG_INT -> V8Encoder.of((int) value);
      case JsValue.TAG_BOOL -> V8Encoder.of(value == JsValue.TRUE);
      case JsValue.TAG_NULL -> V8Encoder.ofNull();
      case JsValue.TAG_UNDEFINED -> V8Encoder.ofUndefined();
      case JsValue.TAG_STRING, JsValue.TAG_STRING_ROPE -> V8Encoder.of(js.exactText(value));
      case JsValue.TAG_OBJECT -> js.arrayBufferBytes(value);
      default -> V8Encoder.of(JsValue.toDouble(value));
    };
  }

  /// `kvList(start, startAfter, end, prefix, reverse, limit)`: a flat array of keys and values.
  private long kvList(KeyValueStore kv, long[] args) {
    List<KeyValueStore.Entry> entries = kv.list(range(args)).entries();
    long[] flat = new long[2 * entries.size()];
    int at = 0;
    for (KeyValueStore.Entry entry : entries) {
      flat[at++] = js.string(entry.key());
      flat[at++] = value(entry.value());
    }
    return js.newArray(flat, at);
  }

  private KeyRange range(long[] args) {
    KeyRange range = KeyRange.ALL;
    if (!JsValue.isNullish(args[0])) {
      range = range.from(js.text(args[0]));
    }
    if (!JsValue.isNullish(args[1])) {
      range = range.after(js.text(args[1]));
    }
    if (!JsValue.isNullish(args[2])) {
      range = range.before(js.text(args[2]));
    }
    if (!JsValue.isNullish(args[3])) {
      range = range.prefix(js.text(args[3]));
    }
    if (args[4] == JsValue.TRUE) {
      range = range.reversed();
    }
    return JsValue.isNullish(args[5]) ? range : range.limited((long) JsValue.toDouble(args[5]));
  }
}
