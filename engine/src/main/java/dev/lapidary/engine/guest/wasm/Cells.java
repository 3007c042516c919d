package dev.lapidary.engine.guest.wasm;

import com.dylibso.chicory.runtime.GlobalInstance;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.ExternalType;
import com.dylibso.chicory.wasm.types.MutabilityType;
import com.dylibso.chicory.wasm.types.ValType;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// An instance's globals as tuned code ([ClassTuner]) finds them. Those that no host can name are
/// fields here, which HotSpot reads in one load; the others are still Chicory's.
///
/// Cell 0 is the last private global of the module, cell 1 the one before, and so on: so metered
/// code keeps its stack in cell 0 and its fuel in cell 1, whatever else the module has.
abstract sealed class Cells permits FlatMemory, RegionMemory {
  static final int STACK = 0;
  static final int FUEL = 1;
  static final int NONE = -1;

  private static final int COUNT = 64;
  private static final VarHandle[] FIELDS = new VarHandle[COUNT];

  static {
    try {
      for (int i = 0; i < COUNT; i++) {
        FIELDS[i] = MethodHandles.lookup().findVarHandle(Cells.class, field(i), long.class);
      }
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  // Public, since the generated classes are in packages of their own.
  public long c0;
  public long c1;
  public long c2;
  public long c3;
  public long c4;
  public long c5;
  public long c6;
  public long c7;
  public long c8;
  public long c9;
  public long c10;
  public long c11;
  public long c12;
  public long c13;
  public long c14;
  public long c15;
  public long c16;
  public long c17;
  public long c18;
  public long c19;
  public long c20;
  public long c21;
  public long c22;
  public long c23;
  public long c24;
  public long c25;
  public long c26;
  public long c27;
  public long c28;
  public long c29;
  public long c30;
  public long c31;
  public long c32;
  public long c33;
  public long c34;
  public long c35;
  public long c36;
  public long c37;
  public long c38;
  public long c39;
  public long c40;
  public long c41;
  public long c42;
  public long c43;
  public long c44;
  public long c45;
  public long c46;
  public long c47;
  public long c48;
  public long c49;
  public long c50;
  public long c51;
  public long c52;
  public long c53;
  public long c54;
  public long c55;
  public long c56;
  public long c57;
  public long c58;
  public long c59;
  public long c60;
  public long c61;
  public long c62;
  public long c63;

  private GlobalInstance[] globals = {};
  private boolean attached;

  static String field(int cell) {
    return "c" + cell;
  }

  /// The cell of each global, or [#NONE].
  static int[] of(WasmModule module) {
    int imported = module.importSection().count(ExternalType.GLOBAL);
    int[] cells = new int[imported + module.globalSection().globalCount()];
    Arrays.fill(cells, NONE);
    boolean[] exported = new boolean[cells.length];
    for (int i = 0; i < module.exportSection().exportCount(); i++) {
      var export = module.exportSection().getExport(i);
      if (export.exportType() == ExternalType.GLOBAL && !Meter.isCounter(export.name())) {
        exported[export.index()] = true;
      }
    }
    int next = 0;
    for (int i = cells.length - 1; i >= imported && next < COUNT; i--) {
      var global = module.globalSection().getGlobal(i - imported);
      if (!exported[i]
          && global.mutabilityType() == MutabilityType.Var
          && numeric(global.valueType())) {
        cells[i] = next++;
      }
    }
    return cells;
  }

  private static boolean numeric(ValType type) {
    return type.equals(ValType.I32)
        || type.equals(ValType.I64)
        || type.equals(ValType.F32)
        || type.equals(ValType.F64);
  }

  /// Takes over the globals of a new instance of tuned code; call it before any of it runs.
  void attach(Instance instance, WasmModule module) {
    int[] cells = of(module);
    globals = new GlobalInstance[cells.length];
    for (int i = 0; i < cells.length; i++) {
      globals[i] = instance.global(i);
      if (cells[i] != NONE) {
        set(cells[i], globals[i].getValue());
      }
    }
    attached = true;
  }

  /// Whether the instance's private globals are here.
  boolean attached() {
    return attached;
  }

  long get(int cell) {
    return (long) FIELDS[cell].get(this);
  }

  void set(int cell, long value) {
    FIELDS[cell].set(this, value);
  }

  long[] cells() {
    long[] values = new long[COUNT];
    Arrays.setAll(values, this::get);
    return values;
  }

  void setCells(long[] values) {
    for (int i = 0; i < COUNT; i++) {
      set(i, values[i]);
    }
  }

  /// A global that is no cell.
  GlobalInstance globalAt(int index) {
    return globals[index];
  }
}
