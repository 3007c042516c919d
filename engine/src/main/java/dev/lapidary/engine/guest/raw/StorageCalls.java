package dev.lapidary.engine.guest.raw;

import dev.lapidary.abi.Limits;
import dev.lapidary.abi.cbor.CborException;
import dev.lapidary.engine.guest.FuelTank;
import dev.lapidary.engine.guest.StorageCharges;
import dev.lapidary.engine.guest.Tariff;
import dev.lapidary.engine.guest.wasm.FlatMemory;
import dev.lapidary.engine.storage.FacetDatabase;
import dev.lapidary.engine.storage.SqlException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The imports `sql.*` and `kv.*`: reads arguments from guest memory, tells failures by their
/// codes, and holds what did not fit into the range that the guest offered.
final class StorageCalls {
  private static final byte[] NOTHING = {};

  /// What one argument may have; it is copied out of the guest's memory.
  private static final int MAX_ARGUMENT_BYTES = 32 << 20;

  private final Limits limits;
  private final FuelTank fuel;
  private @Nullable StorageCharges charges;
  private @Nullable SqlCalls sql;
  private @Nullable KvCalls kv;
  private byte[] held = NOTHING;

  StorageCalls(Limits limits, FuelTank fuel) {
    this.limits = limits;
    this.fuel = fuel;
  }

  /// Until then there is no storage.
  void attach(FacetDatabase database) {
    charges = new StorageCharges(fuel, database);
    sql = new SqlCalls(database, limits.openCursors());
    kv = new KvCalls(database);
  }

  /// Ends the turn's cursors, and forgets what is held.
  ///
  /// @return savepoints that are still open
  int endTurn() {
    held = NOTHING;
    if (sql == null) {
      return 0;
    }
    sql.closeAll();
    return sql.savepoints();
  }

  long perform(HostCall call, long[] args, FlatMemory memory) {
    if (call == HostCall.SQL_RESULT || call == HostCall.KV_RESULT) {
      return result(GuestRange.of(memory, args[0], args[1]));
    }
    held = NOTHING;
    try {
      return storage(call, args, memory);
    } catch (SqlException e) {
      return failed(ErrorCode.of(e), String.valueOf(e.getMessage()));
    } catch (HostCallException | CborException e) {
      return failed(ErrorCode.MISUSE, String.valueOf(e.getMessage()));
    }
  }

  private long failed(long code, String message) {
    held = message.getBytes(StandardCharsets.UTF_8);
    return code;
  }

  private byte[] bytes(FlatMemory memory, long address, long length) {
    return charged(GuestRange.of(memory, address, length)).bytes();
  }

  private String text(FlatMemory memory, long address, long length) {
    return charged(GuestRange.of(memory, address, length)).text();
  }

  private GuestRange charged(GuestRange range) {
    range.check();
    if (range.length() > MAX_ARGUMENT_BYTES) {
      throw new HostCallException(
          "An argument has at most %d bytes, not %d."
              .formatted(MAX_ARGUMENT_BYTES, range.length()));
    }
    fuel.charge(Tariff.bytes(range.length()));
    return range;
  }

  private long result(GuestRange out) {
    if (out.holds(held.length)) {
      fuel.charge(Tariff.bytes(held.length));
      out.write(held);
    }
    return held.length;
  }

  private long deliver(byte[] result, GuestRange out) {
    fuel.charge(Tariff.bytes(result.length));
    if (out.holds(result.length)) {
      out.write(result);
    } else {
      held = result;
    }
    return result.length;
  }

  private long storage(HostCall call, long[] args, FlatMemory memory) {
    StorageCharges account = charges;
    SqlCalls sqlCalls = sql;
    KvCalls kvCalls = kv;
    if (account == null || sqlCalls == null || kvCalls == null) {
      throw new HostCallException("Storage cannot be used before the first turn.");
    }
    return account.call(
        () ->
            call.module.equals("sql")
                ? sql(call, args, memory, sqlCalls)
                : kv(call, args, memory, kvCalls));
  }

  private long sql(HostCall call, long[] args, FlatMemory memory, SqlCalls to) {
    switch (call) {
      case SQL_EXEC -> {
        return to.exec(text(memory, args[0], args[1]), bytes(memory, args[2], args[3]));
      }
      case SQL_COLUMNS -> {
        return deliver(to.columns((int) args[0]), GuestRange.of(memory, args[1], args[2]));
      }
      case SQL_NEXT -> {
        GuestRange out = GuestRange.of(memory, args[2], args[3]);
        out.check();
        return deliver(to.next((int) args[0], (int) args[1], out.length()), out);
      }
      case SQL_ROWS_READ -> {
        return to.rowsRead((int) args[0]);
      }
      case SQL_ROWS_WRITTEN -> {
        return to.rowsWritten((int) args[0]);
      }
      case SQL_DATABASE_SIZE -> {
        return to.databaseSize();
      }
      case SQL_CLOSE -> to.close((int) args[0]);
      case SQL_SAVEPOINT -> to.savepoint();
      case SQL_RELEASE -> to.release();
      case SQL_ROLLBACK -> to.rollback();
      default -> throw new IllegalStateException("not of sql: " + call);
    }
    return 0;
  }

  private long kv(HostCall call, long[] args, FlatMemory memory, KvCalls to) {
    switch (call) {
      case KV_GET -> {
        byte[] value = to.get(text(memory, args[0], args[1]));
        return deliver(value == null ? NOTHING : value, GuestRange.of(memory, args[2], args[3]));
      }
      case KV_PUT -> {
        byte[] value = bytes(memory, args[2], args[3]);
        to.put(text(memory, args[0], args[1]), value);
      }
      case KV_DELETE -> {
        return to.delete(text(memory, args[0], args[1])) ? 1 : 0;
      }
      case KV_LIST -> {
        byte[] options = bytes(memory, args[0], args[1]);
        GuestRange out = GuestRange.of(memory, args[2], args[3]);
        out.check();
        return deliver(to.list(options, out.length()), out);
      }
      case KV_DELETE_ALL -> to.deleteAll();
      case KV_GET_ALARM -> {
        return to.alarm();
      }
      case KV_SET_ALARM -> to.setAlarm(args[0]);
      case KV_DELETE_ALARM -> to.deleteAlarm();
      default -> throw new IllegalStateException("not of kv: " + call);
    }
    return 0;
  }
}
