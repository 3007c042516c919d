package dev.lapidary.engine.guest.js;

import com.dylibso.chicory.runtime.Machine;
import dev.lapidary.abi.GuestError;
import dev.lapidary.engine.guest.FuelTank;
import dev.lapidary.engine.guest.wasm.FlatMemory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// One JavaScript context, driven through QuickJS' C API.
///
/// Values are 64-bit [JsValue]s and reference counted as in C: a method that returns a value
/// returns a reference the caller owns; call arguments are borrowed; object and array construction
/// takes ownership. Every call may run guest code, and so may end in any exception a turn can end
/// in. Bytes that the host moves in and out are charged to the guest's fuel. Not thread-safe.
final class QuickJs {
  private static final int C_FUNCTION_WITH_MAGIC = 1;
  /// Configurable, writable, enumerable.
  private static final int HIDDEN = 3;

  final QuickJsApi api;
  final FlatMemory memory;
  final QuickJsLayout layout;
  private final Machine machine;
  private final int context;
  private final int hostSlot;

  private final Scratch area;

  /// The address of [#area].
  private final int scratch;

  /// The arguments of a call from the host, which QuickJS reads while the call runs. Host functions
  /// make no such calls, so one area serves.
  private final int arguments;

  private final long arrayBufferClass;

  private final JsErrors errors = new JsErrors(this);
  private final List<Long> borrowed = new ArrayList<>();

  /// Drives a context, a new one or a copy, that is laid out so.
  QuickJs(QuickJsApi api, Machine machine, FlatMemory memory, FuelTank fuel, QuickJsLayout layout) {
    this.api = api;
    this.machine = machine;
    this.memory = memory;
    this.layout = layout;
    this.context = layout.context();
    this.hostSlot = layout.hostSlot();
    this.scratch = layout.scratch();
    this.area = new Scratch(this, fuel, scratch);
    this.arguments = layout.arguments();
    this.arrayBufferClass = layout.arrayBufferClass();
  }

  long invoke(int function, long... args) {
    long[] result = machine.call(function, args);
    return result == null || result.length == 0 ? 0 : result[0];
  }

  int context() {
    return context;
  }

  /// @throws JsException where the guest is out of memory
  int malloc(int bytes) {
    int pointer = (int) invoke(api.malloc, bytes);
    if (pointer == 0) {
      throw outOfMemory();
    }
    return pointer;
  }

  void free(int pointer) {
    invoke(api.free, pointer);
  }

  private static JsException outOfMemory() {
    return new JsException(new GuestError("InternalError", "out of memory", ""));
  }

  /// Passes a value on, or throws the pending exception that it stands for.
  long check(long value) {
    if (value == JsValue.EXCEPTION) {
      throw takeException();
    }
    return value;
  }

  void freeValue(long value) {
    if (JsValue.tag(value) < 0) {
      invoke(api.freeValue, context, value);
    }
  }

  long dup(long value) {
    return invoke(api.dupValue, context, value);
  }

  /// Remembers a value to free once the call it is an argument of has returned.
  long freeLater(long value) {
    borrowed.add(value);
    return value;
  }

  void freeBorrowed() {
    for (long value : borrowed) {
      freeValue(value);
    }
    borrowed.clear();
  }

  /// Takes the value out of one of quickjs-wasi's heap boxes and frees the box.
  long takeBox(int box) {
    long value = dup(memory.readLong(box));
    invoke(api.freeBox, box);
    return value;
  }

  // Strings and bytes

  /// A new JavaScript string; lone surrogates are kept.
  long string(String text) {
    if (!isAscii(text)) {
      return utf16String(text);
    }
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    Scratch.Loan buffer = area.lend(bytes);
    long value = invoke(api.newStringLen, context, buffer.pointer(), bytes.length);
    area.giveBack(buffer);
    return check(value);
  }

  private long utf16String(String text) {
    byte[] bytes = new byte[2 * text.length()];
    for (int i = 0; i < text.length(); i++) {
      bytes[2 * i] = (byte) text.charAt(i);
      bytes[2 * i + 1] = (byte) (text.charAt(i) >> 8);
    }
    Scratch.Loan buffer = area.lend(bytes);
    long value = invoke(api.newStringUtf16, context, buffer.pointer(), text.length());
    area.giveBack(buffer);
    return check(value);
  }

  /// A new JavaScript string from UTF-8; what is not UTF-8 becomes U+FFFD.
  long stringFromUtf8(byte[] bytes) {
    return string(new String(bytes, StandardCharsets.UTF_8));
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  /// `String(value)` decoded from UTF-8; lone surrogates become U+FFFD.
  String text(long value) {
    int pointer = (int) invoke(api.toCStringLen, context, scratch, value, 0);
    if (pointer == 0) {
      throw takeException();
    }
    int length = memory.readInt(scratch);
    area.charge(length);
    String text = memory.readUtf8(pointer, length);
    invoke(api.freeCString, context, pointer);
    return text;
  }

  /// `String(value)` in UTF-8.
  byte[] utf8(long value) {
    return text(value).getBytes(StandardCharsets.UTF_8);
  }

  /// `String(value)`, UTF-16 unit by unit.
  String exactText(long value) {
    int pointer = (int) invoke(api.toCStringLenUtf16, context, scratch, value);
    if (pointer == 0) {
      throw takeException();
    }
    int units = memory.readInt(scratch);
    area.charge(2 * units);
    char[] chars = new char[units];
    for (int i = 0; i < units; i++) {
      chars[i] = (char) memory.readShort(pointer + 2 * i);
    }
    invoke(api.freeCStringUtf16, context, pointer);
    return new String(chars);
  }

  /// A new ArrayBuffer. A large one is made empty and filled in place, so that guest memory never
  /// holds it twice.
  long arrayBuffer(byte[] bytes) {
    if (bytes.length >= Scratch.BYTES) {
      area.charge(bytes.length);
      memory.writeLong(arguments, JsValue.of(bytes.length));
      long value = check(invoke(api.callConstructor, context, arrayBufferClass, 1, arguments));
      int pointer = (int) invoke(api.getArrayBuffer, context, scratch, value);
      memory.write(pointer, bytes, 0, bytes.length);
      return value;
    }
    Scratch.Loan buffer = area.lend(bytes);
    long value = invoke(api.newArrayBufferCopy, context, buffer.pointer(), bytes.length);
    area.giveBack(buffer);
    return check(value);
  }

  /// The text in an ArrayBuffer of UTF-8; what is not UTF-8 becomes U+FFFD.
  long textOf(long arrayBuffer) {
    int pointer = (int) invoke(api.getArrayBuffer, context, scratch, arrayBuffer);
    int length = pointer == 0 ? 0 : memory.readInt(scratch);
    if (pointer != 0 && memory.isAscii(pointer, length)) {
      return check(invoke(api.newStringLen, context, pointer, length));
    }
    return stringFromUtf8(arrayBufferBytes(arrayBuffer));
  }

  boolean isArrayBuffer(long value) {
    return JsValue.isObject(value) && (int) invoke(api.isArrayBuffer, value) != 0;
  }

  boolean isTypedArray(long value) {
    return JsValue.isObject(value) && (int) invoke(api.typedArrayType, value) >= 0;
  }

  /// A copy of an ArrayBuffer's bytes.
  byte[] arrayBufferBytes(long value) {
    int pointer = (int) invoke(api.getArrayBuffer, context, scratch, value);
    if (pointer == 0) {
      freeValue(invoke(api.getException, context)); // detached, or empty without a block
      return new byte[0];
    }
    int length = memory.readInt(scratch);
    area.charge(length);
    return memory.readBytes(pointer, length);
  }

  /// A copy of the bytes a typed array shows.
  byte[] typedArrayBytes(long value) {
    long buffer =
        check(
            invoke(api.typedArrayBuffer, context, value, scratch + 8, scratch + 12, scratch + 16));
    int offset = memory.readInt(scratch + 8);
    int length = memory.readInt(scratch + 12);
    area.charge(length);
    int pointer = (int) invoke(api.getArrayBuffer, context, scratch, buffer);
    byte[] bytes = pointer == 0 ? new byte[0] : memory.readBytes(pointer + offset, length);
    freeValue(buffer);
    return bytes;
  }

  // Objects

  long newObject() {
    return check(invoke(api.newObject, context));
  }

  long global() {
    return invoke(api.globalObject, context);
  }

  long get(long object, String name) {
    Scratch.Loan buffer = area.lend(name.getBytes(StandardCharsets.UTF_8));
    return check(invoke(api.getPropertyStr, context, object, buffer.pointer()));
  }

  long get(long object, int index) {
    return check(invoke(api.getPropertyUint32, context, object, index));
  }

  /// Sets a property; takes ownership of the value.
  void set(long object, String name, long value) {
    Scratch.Loan buffer = area.lend(name.getBytes(StandardCharsets.UTF_8));
    if ((int) invoke(api.setPropertyStr, context, object, buffer.pointer(), value) < 0) {
      throw takeException();
    }
  }

  /// Defines a property past any setter, as the language's own are: not enumerable. Takes ownership
  /// of the value.
  void define(long object, String name, long value) {
    Scratch.Loan buffer = area.lend(name.getBytes(StandardCharsets.UTF_8));
    if ((int) invoke(api.definePropertyStr, context, object, buffer.pointer(), value, HIDDEN) < 0) {
      throw takeException();
    }
  }

  int length(long array) {
    long value = get(array, "length");
    return JsValue.tag(value) == JsValue.TAG_INT ? (int) value : 0;
  }

  int atom(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    Scratch.Loan buffer = area.lend(bytes);
    int atom = (int) invoke(api.newAtomLen, context, buffer.pointer(), bytes.length);
    area.giveBack(buffer);
    if (atom == 0) {
      throw takeException();
    }
    return atom;
  }

  /// A new array of the first values; takes ownership of them.
  long newArray(long[] values, int count) {
    int pointer = count * 8 <= Scratch.BYTES ? scratch : malloc(count * 8);
    for (int i = 0; i < count; i++) {
      memory.writeLong(pointer + 8 * i, values[i]);
    }
    long array = invoke(api.newArrayFrom, context, count, pointer);
    if (pointer != scratch) {
      free(pointer);
    }
    return check(array);
  }

  /// A function that calls the host with this number.
  long hostFunction(String name, int arguments, int number) {
    Scratch.Loan buffer = area.lend(name.getBytes(StandardCharsets.UTF_8));
    return check(
        invoke(
            api.newCFunction,
            context,
            hostSlot,
            buffer.pointer(),
            arguments,
            C_FUNCTION_WITH_MAGIC,
            number));
  }

  // Calls, modules, jobs

  /// Calls a function with at most sixteen arguments, which stay the caller's.
  long call(long function, long self, long... args) {
    for (int i = 0; i < args.length; i++) {
      memory.writeLong(arguments + 8 * i, args[i]);
    }
    return check(invoke(api.call, context, function, self, args.length, arguments));
  }

  int cString(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int pointer = malloc(bytes.length + 1);
    memory.write(pointer, bytes, 0, bytes.length);
    memory.writeByte(pointer + bytes.length, (byte) 0);
    return pointer;
  }

  /// Sets how deep calls go, in bytes of the engine's own stack.
  void limitStack(int bytes) {
    invoke(api.setMaxStackSize, bytes);
  }

  /// Runs promise jobs until none is left. An endless chain is the watchdog's business.
  void drainJobs() {
    while (invoke(api.jobPending) != 0) {
      if ((int) invoke(api.executeJob) < 0) {
        throw takeException();
      }
    }
  }

  // Exceptions

  /// Makes a host function throw.
  long raise(HostCallException exception) {
    return errors.raise(exception);
  }

  JsException takeException() {
    return errors.take();
  }

  /// Describes any thrown value, whatever its own getters do.
  GuestError describe(long value) {
    return errors.describe(value);
  }
}
