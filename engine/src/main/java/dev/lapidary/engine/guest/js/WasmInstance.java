package dev.lapidary.engine.guest.js;

import com.dylibso.chicory.runtime.Instance;
import dev.lapidary.engine.guest.js.HostCallException.Kind;
import dev.lapidary.engine.guest.wasm.EmbeddedModule;
import dev.lapidary.engine.guest.wasm.ExternKind;
import dev.lapidary.engine.guest.wasm.RegionMemory;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A `WebAssembly.Instance`, as its store knows it.
final class WasmInstance {
  private final int number;
  private final Link link;
  private final Instance instance;

  /// The platform's record of it, an array of what it imports; the caller's while it runs.
  private long record = JsValue.UNDEFINED;

  private int running;
  private int waiting;
  private boolean gone;

  WasmInstance(int number, Link link, Instance instance) {
    this.number = number;
    this.link = link;
    this.instance = instance;
  }

  /// What an instance is made of.
  ///
  /// @param name the module's
  /// @param memory null where it has none
  /// @param imports numbers by import
  /// @param tables their numbers in the store, by index
  /// @param globals their numbers, 0 for those that nobody else can name
  /// @param weight bytes that were reserved for it
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Link(
      String name,
      EmbeddedModule code,
      @Nullable WasmMemory memory,
      int memoryNumber,
      int[] imports,
      int[] tables,
      int[] globals,
      long weight) {

    /// The same for an image: without what is in memory.
    Link copy() {
      return with(null);
    }

    /// Numbers of the tables and globals that it has.
    IntStream parts() {
      return IntStream.concat(Arrays.stream(tables), Arrays.stream(globals))
          .filter(number -> number != 0)
          .distinct();
    }

    /// Numbers of those that it does not import.
    IntStream own() {
      return IntStream.concat(
              Arrays.stream(tables).skip(code.importedTables()),
              Arrays.stream(globals).skip(code.importedGlobals()))
          .filter(number -> number != 0);
    }

    Link with(@Nullable WasmMemory other) {
      return new Link(
          name, code, other, memoryNumber, imports, tables.clone(), globals.clone(), weight);
    }
  }

  /// Numbers by index: those of imports, and zeros.
  static int[] numbers(EmbeddedModule code, int[] links, ExternKind kind, int count) {
    int[] numbers = new int[count];
    int at = 0;
    for (int i = 0; i < links.length; i++) {
      if (code.imports().get(i).type().kind() == kind) {
        numbers[at++] = links[i];
      }
    }
    return numbers;
  }

  int number() {
    return number;
  }

  Link link() {
    return link;
  }

  EmbeddedModule code() {
    return link.code();
  }

  Instance instance() {
    return instance;
  }

  RegionMemory view() {
    return (RegionMemory) instance.memory();
  }

  /// What its compiled code calls one of its functions.
  ///
  /// @throws HostCallException where there is no such function
  int compiledIndex(int function) {
    if (function < 0 || function >= code().functionCount()) {
      throw new HostCallException(Kind.TYPE_ERROR, "there is no such function");
    }
    return code().compiledIndex(function);
  }

  /// Whether it has a function with this index in its compiled code.
  boolean has(int function) {
    int declared = code().declaredIndex(function);
    return function >= 0 && declared >= 0 && declared < code().functionCount();
  }

  /// The record, while its code runs; undefined where nobody has said.
  long record() {
    return running > 0 ? record : JsValue.UNDEFINED;
  }

  void enter(long current) {
    record = current;
    running++;
  }

  void leave() {
    running--;
  }

  /// Says that its code waits for JavaScript that it called, whoever called the code.
  void waits() {
    waiting++;
  }

  void goesOn() {
    waiting--;
  }

  boolean isRunning() {
    return running > 0 || waiting > 0;
  }

  /// Says that nobody can name it any more.
  void goWhenUnused() {
    gone = true;
  }

  boolean isGone() {
    return gone;
  }
}
