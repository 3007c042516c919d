package dev.lapidary.engine.guest.js;

import dev.lapidary.abi.Event;
import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.Header;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.abi.rpc.Answer;
import dev.lapidary.abi.rpc.Payload;
import dev.lapidary.abi.rpc.RpcCall;
import dev.lapidary.abi.rpc.WebSocket;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Events as calls of the platform's dispatcher.
final class JsEvents {
  private final QuickJs js;
  private final Payloads payloads;
  private final Dispatcher dispatcher;

  /// Calls one of the dispatcher's functions and drains the jobs that leads to.
  interface Dispatcher {
    void call(String function, long... args);
  }

  JsEvents(QuickJs js, Payloads payloads, Dispatcher dispatcher) {
    this.js = js;
    this.payloads = payloads;
    this.dispatcher = dispatcher;
  }

  void deliver(Event event) {
    switch (event) {
      case Event.Fetch fetch -> fetch(fetch);
      case Event.Call call -> call(call);
      case Event.Answered answered -> answered(answered.id(), answered.answer());
      case Event.StartFacet start ->
          dispatcher.call(
              "startFacet",
              JsValue.of(start.id()),
              JsValue.of(start.callback()),
              text(start.name()));
      case Event.LoadCode load ->
          dispatcher.call("loadCode", JsValue.of(load.id()), JsValue.of(load.callback()));
      case Event.Released released ->
          dispatcher.call("released", JsValue.of(released.export()), JsValue.of(released.count()));
      case Event.OfSocket socket -> socket(socket);
      case Event.ClientGone gone -> dispatcher.call("clientGone", JsValue.of(gone.id()));
      case Event.OfStream stream -> stream(stream);
      case Event.TimerFired timer -> dispatcher.call("timer", JsValue.of(timer.id()));
      case Event.Alarm alarm ->
          dispatcher.call(
              "alarm",
              JsValue.of(alarm.id()),
              JsValue.of(alarm.scheduledMillis()),
              JsValue.of(alarm.retryCount()));
    }
  }

  private void socket(Event.OfSocket event) {
    switch (event) {
      case Event.OfSocket.Received received ->
          dispatcher.call(
              "socketMessage", JsValue.of(received.socket()), message(received.message()));
      case Event.OfSocket.Closed closed ->
          dispatcher.call(
              "socketClosed",
              JsValue.of(closed.socket()),
              JsValue.of(closed.code()),
              text(closed.reason()),
              JsValue.of(closed.clean()));
      case Event.OfSocket.Failed failed ->
          dispatcher.call("socketFailed", JsValue.of(failed.socket()), text(failed.reason()));
    }
  }

  private long message(WebSocket.Message message) {
    return switch (message) {
      case WebSocket.Message.Text text -> text(text.text());
      case WebSocket.Message.Binary binary -> js.freeLater(js.arrayBuffer(binary.bytes()));
    };
  }

  private void stream(Event.OfStream event) {
    switch (event) {
      case Event.OfStream.Chunk chunk ->
          dispatcher.call(
              "chunk", JsValue.of(chunk.stream()), js.freeLater(js.arrayBuffer(chunk.bytes())));
      case Event.OfStream.Ended ended -> dispatcher.call("ended", JsValue.of(ended.stream()));
      case Event.OfStream.Failed failed ->
          dispatcher.call(
              "errored",
              JsValue.of(failed.stream()),
              text(failed.error().name()),
              text(failed.error().message()));
      case Event.OfStream.Wanted wanted -> dispatcher.call("pulled", JsValue.of(wanted.export()));
      case Event.OfStream.Cancelled cancelled ->
          dispatcher.call("cancelled", JsValue.of(cancelled.export()), text(cancelled.reason()));
    }
  }

  private long text(String text) {
    return js.freeLater(js.string(text));
  }

  private void fetch(Event.Fetch fetch) {
    Request request = fetch.request();
    dispatcher.call(
        "fetch",
        JsValue.of(fetch.id()),
        payloads.recipient(fetch.recipient()),
        text(request.method()),
        text(request.url()),
        headers(request.headers()),
        payloads.body(request.body()));
  }

  private long headers(List<Header> headers) {
    long[] flat = new long[2 * headers.size()];
    int at = 0;
    for (Header header : headers) {
      flat[at++] = js.string(header.name().toLowerCase(Locale.ROOT));
      flat[at++] = js.string(header.value());
    }
    return js.freeLater(js.newArray(flat, at));
  }

  private void call(Event.Call event) {
    RpcCall call = event.call();
    long[] path = new long[call.path().size()];
    for (int i = 0; i < path.length; i++) {
      path[i] = js.string(call.path().get(i));
    }
    Payload args = call.args();
    dispatcher.call(
        "call",
        JsValue.of(event.id()),
        payloads.recipient(event.recipient()),
        js.freeLater(js.newArray(path, path.length)),
        args == null ? JsValue.UNDEFINED : payloads.bytes(args),
        args == null ? JsValue.UNDEFINED : payloads.numbers(args));
  }

  private void answered(long id, Answer answer) {
    switch (answer) {
      case Answer.Value value ->
          dispatcher.call(
              "answered",
              JsValue.of(id),
              payloads.bytes(value.payload()),
              payloads.numbers(value.payload()));
      case Answer.Replied replied -> replied(id, replied.response());
      case Answer.Failed failed -> failed(id, failed.failure().error());
    }
  }

  private void replied(long id, Response response) {
    dispatcher.call(
        "replied",
        JsValue.of(id),
        JsValue.of(response.status()),
        text(response.statusText()),
        headers(response.headers()),
        payloads.body(response.body()),
        JsValue.of(held(response.webSocket())),
        payloads.textOrUndefined(response.redirectedTo()));
  }

  /// The number of an end that came with a response; 0 where none did, or the guest has too many.
  private int held(@Nullable WebSocket end) {
    if (end == null) {
      return 0;
    }
    try {
      return payloads.outside().sockets().hold(end);
    } catch (IllegalArgumentException e) {
      end.abort();
      return 0;
    }
  }

  private void failed(long id, GuestError error) {
    String objectId = error.details().objectId();
    dispatcher.call(
        "failed",
        JsValue.of(id),
        text(error.name()),
        text(error.message()),
        text(error.stack()),
        payloads.properties(error),
        Payloads.marks(error),
        payloads.textOrUndefined(objectId.isEmpty() ? null : objectId));
  }
}
