package dev.lapidary.engine.guest.raw;

import dev.lapidary.abi.Effect;
import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.Outcome;
import dev.lapidary.engine.guest.FuelTank;
import dev.lapidary.engine.guest.SeededRandom;
import dev.lapidary.engine.guest.Tariff;
import dev.lapidary.engine.guest.TurnFailed;
import dev.lapidary.engine.guest.wasm.FlatMemory;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;

/// The sealed part of WASI: a clock that stands still, randomness from the facet's seed, two files
/// that are the log, no arguments, no environment, and no way out.
final class WasiCalls {
  private static final long OK = 0;
  private static final long EBADF = 8;
  private static final long EINVAL = 28;
  private static final long ESPIPE = 70;
  private static final int STDOUT = 1;
  private static final int STDERR = 2;
  private static final int MAX_RANDOM = 64 * 1024;
  private static final int MAX_LINE = 64 * 1024;
  private static final int MAX_VECTORS = 1024;
  private static final int CHARACTER_DEVICE = 2;
  private static final long RIGHT_TO_WRITE = 1 << 6;
  private static final long RESOLUTION_NANOS = 1_000_000;

  private final SeededRandom random;
  private final FuelTank fuel;
  private final BiConsumer<Effect.Level, String> log;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private long clockNanos;

  /// @param log takes whole lines
  WasiCalls(SeededRandom random, FuelTank fuel, BiConsumer<Effect.Level, String> log) {
    this.random = random;
    this.fuel = fuel;
    this.log = log;
  }

  void setClock(long epochMillis) {
    clockNanos = epochMillis * 1_000_000;
  }

  /// Logs lines that no line break ended.
  void flush() {
    flush(out, Effect.Level.LOG);
    flush(err, Effect.Level.ERROR);
  }

  long perform(HostCall call, long[] args, FlatMemory memory) {
    return switch (call) {
      case ARGS_GET, ENVIRON_GET, SCHED_YIELD -> OK;
      case ARGS_SIZES_GET, ENVIRON_SIZES_GET -> {
        memory.writeI32((int) args[0], 0);
        memory.writeI32((int) args[1], 0);
        yield OK;
      }
      case CLOCK_RES_GET -> {
        memory.writeLong((int) args[1], RESOLUTION_NANOS);
        yield OK;
      }
      case CLOCK_TIME_GET -> {
        memory.writeLong((int) args[2], clockNanos);
        yield OK;
      }
      case FD_CLOSE -> isLog(args[0]) ? OK : EBADF;
      case FD_FDSTAT_GET -> stat(args, memory);
      case FD_PRESTAT_GET, FD_PRESTAT_DIR_NAME -> EBADF;
      case FD_SEEK -> isLog(args[0]) ? ESPIPE : EBADF;
      case FD_WRITE -> write(args, memory);
      case PROC_EXIT ->
          throw new TurnFailed(
              Outcome.EXCEPTION,
              new GuestError("RuntimeError", "proc_exit(" + (int) args[0] + ")", ""));
      case RANDOM_GET -> random(args, memory);
      default -> throw new IllegalStateException("not of WASI: " + call);
    };
  }

  private static boolean isLog(long file) {
    return (int) file == STDOUT || (int) file == STDERR;
  }

  private static long stat(long[] args, FlatMemory memory) {
    if (!isLog(args[0])) {
      return EBADF;
    }
    int at = (int) args[1];
    memory.writeLong(at, CHARACTER_DEVICE);
    memory.writeLong(at + 8, RIGHT_TO_WRITE);
    memory.writeLong(at + 16, 0);
    return OK;
  }

  private long random(long[] args, FlatMemory memory) {
    int length = (int) args[1];
    if (length < 0 || length > MAX_RANDOM) {
      return EINVAL;
    }
    fuel.charge(Tariff.bytes(length));
    memory.write((int) args[0], random.bytes(length), 0, length);
    return OK;
  }

  private long write(long[] args, FlatMemory memory) {
    if (!isLog(args[0])) {
      return EBADF;
    }
    int vectors = (int) args[1];
    int count = (int) args[2];
    if (count < 0 || count > MAX_VECTORS) {
      return EINVAL;
    }
    int total = 0;
    for (int i = 0; i < count; i++) {
      int address = memory.readInt(vectors + 8 * i);
      int length = memory.readInt(vectors + 8 * i + 4);
      new GuestRange(memory, address, length).check();
      fuel.charge(Tariff.bytes(length));
      for (int done = 0; done < length; done += MAX_LINE) {
        int part = Math.min(MAX_LINE, length - done);
        print((int) args[0], memory.readBytes(address + done, part));
      }
      total += length;
    }
    memory.writeI32((int) args[3], total);
    return OK;
  }

  private void print(int file, byte[] bytes) {
    ByteArrayOutputStream line = file == STDERR ? err : out;
    Effect.Level level = file == STDERR ? Effect.Level.ERROR : Effect.Level.LOG;
    for (byte b : bytes) {
      if (b == '\n' || line.size() == MAX_LINE) {
        log.accept(level, line.toString(StandardCharsets.UTF_8));
        line.reset();
      }
      if (b != '\n') {
        line.write(b);
      }
    }
  }

  private void flush(ByteArrayOutputStream line, Effect.Level level) {
    if (line.size() > 0) {
      log.accept(level, line.toString(StandardCharsets.UTF_8));
      line.reset();
    }
  }
}
