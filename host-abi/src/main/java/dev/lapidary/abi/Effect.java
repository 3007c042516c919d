package dev.lapidary.abi;

import dev.lapidary.abi.rpc.ActorClass;
import dev.lapidary.abi.rpc.ByteStream;
import dev.lapidary.abi.rpc.Capability;
import dev.lapidary.abi.rpc.Payload;
import dev.lapidary.abi.rpc.RpcCall;
import dev.lapidary.abi.rpc.Stub;
import dev.lapidary.abi.rpc.WebSocket;
import dev.lapidary.abi.rpc.WorkerCode;
import org.jspecify.annotations.Nullable;

/// What a guest wants done outside. A turn's effects leave once its writes are durable; a turn that
/// fails has none but its logs.
public sealed interface Effect {

  /// Gives up what the effect holds, where it will never leave.
  default void discard() {
    switch (this) {
      case Reply reply -> reply.response().discard();
      case Answer answer -> answer.value().release();
      case Code code -> code.code().release();
      case Call call -> call.call().release();
      case Subrequest request -> request.request().body().discard("never sent");
      case Drop drop -> drop.capability().release();
      case OfStream.Cancel cancel -> cancel.source().cancel(cancel.reason());
      default -> {}
    }
  }

  /// Answers the [Event.Fetch] of the same id.
  record Reply(long id, Response response) implements Effect {}

  /// Answers the [Event.Call] of the same id.
  record Answer(long id, Payload value) implements Effect {}

  /// Answers the [Event.StartFacet] of the same id.
  ///
  /// @param id names the event
  /// @param actorClass what the facet runs
  /// @param facetId what the facet sees as its id; null for its parent's
  record FacetStarted(long id, ActorClass actorClass, @Nullable String facetId) implements Effect {}

  /// Answers the [Event.LoadCode] of the same id.
  record Code(long id, WorkerCode code) implements Effect {}

  /// Calls a method, or reads a property, of something the guest holds. Leads to an
  /// [Event.Answered] of the same id.
  record Call(long id, Stub target, RpcCall call) implements Effect {}

  /// Sends a request to something the guest holds. Leads to an [Event.Answered] of the same id.
  ///
  /// @param passedOn the [Event.Fetch] whose client waits for the answer; 0 where none does
  record Subrequest(long id, Stub target, Request request, long passedOn) implements Effect {
    public Subrequest(long id, Stub target, Request request) {
      this(id, target, request, 0);
    }
  }

  /// Nobody waits for the answer any more, and who was asked learns that; unknown ids are ignored.
  record CancelCall(long id) implements Effect {}

  /// Gives up a reference that the guest held.
  record Drop(Capability capability) implements Effect {}

  /// Something about a stream of bytes.
  sealed interface OfStream extends Effect {
    /// Asks for the next bytes of a stream that the guest holds. Leads to an
    /// [Event.OfStream.Chunk], [Event.OfStream.Ended] or [Event.OfStream.Failed].
    ///
    /// @param stream what the guest calls it
    record Pull(int stream, ByteStream source) implements OfStream {}

    /// Gives up the rest of a stream that the guest held.
    record Cancel(ByteStream source, String reason) implements OfStream {}

    /// The next bytes of a stream that the guest handed out.
    @SuppressWarnings("ArrayRecordComponent") // moved, never compared
    record Chunk(int export, byte[] bytes) implements OfStream {}

    /// A stream that the guest handed out has no more bytes.
    record End(int export) implements OfStream {}

    /// A stream that the guest handed out broke off.
    record Fail(int export, GuestError error) implements OfStream {}
  }

  /// Asks about the facets below this one: [Event.Answered] with JSON, the names of all there are,
  /// or what is known of one.
  ///
  /// @param name null asks for the names
  record AskFacets(long id, @Nullable String name) implements Effect {}

  /// Does something to a facet below this one.
  record ChangeFacet(FacetChange change) implements Effect {}

  /// What a guest can do to the facets below it.
  sealed interface FacetChange {
    /// Ends the facet's life; what waits for it, and its stubs, fail with the reason.
    record Abort(String name, GuestError reason) implements FacetChange {}

    /// Ends the facet's life and deletes what it stored, with all facets below it.
    record Delete(String name) implements FacetChange {}

    /// Deletes all facets below this one.
    record DeleteAll() implements FacetChange {}

    /// Replaces a facet's storage, and that of all below it, with a copy of another's.
    record Clone(String source, String target) implements FacetChange {}
  }

  /// Answers the [Event.Alarm] of the same id: its handler ended well, so the alarm is over.
  record Done(long id) implements Effect {}

  /// Answers the event of the same id, of any kind that wants an answer, with what was thrown.
  ///
  /// @param outcome why: an exception of the app's own, or a limit that surfaced as one
  /// @param error the thrown value
  record Failure(long id, Outcome outcome, GuestError error) implements Effect {}

  /// Something that a WebSocket end of the guest's does.
  sealed interface OfSocket extends Effect {
    /// It sends a message.
    record Send(int socket, WebSocket.Message message) implements OfSocket {}

    /// It closes.
    ///
    /// @param code [WebSocket#ABNORMAL] cuts the connection
    record Close(int socket, int code, String reason) implements OfSocket {}
  }

  /// A line for the log.
  record Log(Level level, String message) implements Effect {}

  /// Asks for an [Event.TimerFired] of this id.
  ///
  /// @param delayMillis from the turn's end, 0 or more
  record StartTimer(long id, long delayMillis) implements Effect {}

  /// Takes a timer back; unknown ids are ignored.
  record CancelTimer(long id) implements Effect {}

  /// How important a log line is; the console's own five words.
  enum Level {
    DEBUG,
    LOG,
    INFO,
    WARN,
    ERROR
  }
}
