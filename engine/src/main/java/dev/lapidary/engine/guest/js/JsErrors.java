package dev.lapidary.engine.guest.js;

import dev.lapidary.abi.GuestError;

/// Exceptions on their way between JavaScript and the host. Not thread-safe: part of a [QuickJs].
final class JsErrors {
  private static final int MAX_CHARS = 16 * 1024;

  private final QuickJs js;

  JsErrors(QuickJs js) {
    this.js = js;
  }

  /// Makes a host function throw: what it answers to QuickJS.
  long raise(HostCallException exception) {
    return switch (exception.kind()) {
      case ERROR -> raiseError(exception.getMessage());
      case TYPE_ERROR -> raiseFormatted(js.api.throwTypeError, exception.getMessage());
      case RANGE_ERROR -> raiseFormatted(js.api.throwRangeError, exception.getMessage());
    };
  }

  private long raiseError(String message) {
    long error = js.invoke(js.api.newError, js.context());
    if (error != JsValue.EXCEPTION) {
      js.define(error, "message", js.string(message));
      js.invoke(js.api.throwValue, js.context(), error);
    }
    return JsValue.EXCEPTION;
  }

  /// These two take a C format and its arguments; the message is only ever an argument.
  private long raiseFormatted(int function, String message) {
    int format = js.cString("%s");
    int text = js.cString(message);
    int arguments = js.malloc(4);
    js.memory.writeI32(arguments, text);
    js.invoke(function, js.context(), format, arguments);
    js.free(arguments);
    js.free(text);
    js.free(format);
    return JsValue.EXCEPTION;
  }

  /// Takes the pending exception.
  JsException take() {
    long value = js.invoke(js.api.getException, js.context());
    GuestError error = describe(value);
    js.freeValue(value);
    return new JsException(error);
  }

  /// Describes any thrown value, whatever its own getters do.
  GuestError describe(long value) {
    if (!JsValue.isObject(value)) {
      return new GuestError("Error", safeText(value), "");
    }
    String name = property(value, "name", "Error");
    return new GuestError(
        name.isEmpty() ? "Error" : name,
        property(value, "message", ""),
        property(value, "stack", ""));
  }

  private String property(long object, String name, String otherwise) {
    try {
      long value = js.get(object, name);
      try {
        return JsValue.isString(value) ? shorten(js.text(value)) : otherwise;
      } finally {
        js.freeValue(value);
      }
    } catch (JsException e) {
      return otherwise;
    }
  }

  private String safeText(long value) {
    try {
      return shorten(js.text(value));
    } catch (JsException e) {
      return "(a value that cannot be shown)";
    }
  }

  private static String shorten(String text) {
    return text.length() <= MAX_CHARS ? text : text.substring(0, MAX_CHARS) + "…";
  }
}
