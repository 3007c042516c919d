package dev.lapidary.engine.guest.wasm;

import java.util.ArrayList;
import java.util.List;

/// A memory of WebAssembly that lies within another guest's linear memory: bytes of that guest's
/// heap that belong to nobody else. Instances share it by views ([RegionMemory]), which follow it
/// when it moves. Not thread-safe.
public final class Region {
  /// Makes a region grow.
  @FunctionalInterface
  public interface Growth {
    /// Grows the region by so many pages, or leaves it as it is.
    ///
    /// @param pages at least 0
    /// @return the pages before; -1 where it cannot grow so far
    int grow(int pages);
  }

  private final FlatMemory outer;
  private final Growth growth;
  private final List<RegionMemory> views = new ArrayList<>();
  private int start;
  private int size;

  /// @param outer the memory around it
  /// @param growth asked when code of an instance grows it
  public Region(FlatMemory outer, Growth growth) {
    this.outer = outer;
    this.growth = growth;
  }

  /// Its first byte, as an address of the memory around it.
  public int start() {
    return start;
  }

  /// Its size in bytes.
  public int size() {
    return size;
  }

  FlatMemory outer() {
    return outer;
  }

  /// Says where it lies from here on.
  ///
  /// @throws IllegalArgumentException where that is not within the memory around it
  public void place(int newStart, int newSize) {
    if (newStart < 0 || newSize < 0 || newStart > outer.bytes() - newSize) {
      throw new IllegalArgumentException("a region outside of its guest's memory");
    }
    start = newStart;
    size = newSize;
    views.forEach(view -> view.follow(this));
  }

  /// The region as one instance's memory.
  public RegionMemory view() {
    RegionMemory view = new RegionMemory(this, growth);
    view.follow(this);
    views.add(view);
    return view;
  }

  /// Forgets the view of an instance that will run no more.
  public void drop(RegionMemory view) {
    views.remove(view);
    view.close();
  }
}
